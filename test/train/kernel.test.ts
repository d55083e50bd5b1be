import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { accumulate, channels, partition, rowOrder } from '../../src/train/trees/histogram.ts';
import { treeKernels } from '../../src/train/trees/kernel.ts';
import { inOneMemory, separateArrays } from '../../src/train/trees/shared-memory.ts';

test('histograms summed in WebAssembly are those summed in JavaScript, to the last bit', () => {
  const random = seededRandom(3);
  const rows = 5_000;
  const { value, memory } = inOneMemory((arena) => ({
    codes: arena.bytes(2 * rows),
    odd: arena.bytes(3),
    order: rowOrder(rows, arena),
    histogram: arena.doubles(2 * 256 * channels),
  }));
  expect(memory).toBeDefined();
  const { codes, order, histogram } = value;
  for (let i = 0; i < codes.length; i++) codes[i] = Math.floor(random() * 256);
  for (let i = 0; i < rows; i++) {
    order.rows[i] = Math.floor(random() * rows);
    order.pairs[2 * i] = random() - 0.5;
    order.pairs[2 * i + 1] = random();
  }
  const kernels = treeKernels(memory);
  for (const [start, end, column, at] of [
    [0, rows, 0, 0],
    [17, 18, rows, 0],
    [40, 40, rows, 0],
    [1_234, 4_321, rows, 256 * channels],
  ] as const) {
    const expected = histogram.slice();
    accumulate(expected, at, codes, column, order, start, end);
    kernels.accumulate(histogram, at, codes, column, order, start, end);
    expect(Buffer.from(histogram.slice().buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  }
});

test('rows parted in WebAssembly lie as those parted in JavaScript, and nothing beside them is touched', () => {
  const random = seededRandom(4);
  const rows = 5_000;
  const { value, memory } = inOneMemory((arena) => ({
    odd: arena.bytes(3),
    codes: arena.bytes(2 * rows),
    tables: arena.bytes(4 * 256),
    order: rowOrder(rows, arena),
  }));
  const { codes, tables, order } = value;
  for (let i = 0; i < codes.length; i++) codes[i] = Math.floor(random() * 256);
  // Table 0 sends all to the right, 1 all to the left, 2 and 3 some.
  for (let i = 0; i < tables.length; i++) tables[i] = i < 256 ? 0 : i < 512 ? 1 : random() < 0.3 ? 1 : 0;
  for (let i = 0; i < rows; i++) {
    order.rows[i] = (i * 7) % rows;
    order.pairs[2 * i] = random() - 0.5;
    order.pairs[2 * i + 1] = random();
  }
  const kernels = treeKernels(memory);
  for (const [start, end, column, table] of [
    [0, rows, 0, 2 * 256],
    [0, rows, rows, 3 * 256],
    [17, 18, rows, 2 * 256],
    [40, 40, rows, 2 * 256],
    [1_234, 4_321, rows, 2 * 256],
    [100, 200, 0, 0],
    [100, 200, 0, 256],
  ] as const) {
    const copy = {
      rows: order.rows.slice(),
      pairs: order.pairs.slice(),
      spareRows: order.spareRows.slice(),
      sparePairs: order.sparePairs.slice(),
    };
    const middle = partition(copy, start, end, codes, column, tables, table);
    expect(kernels.partition(order, start, end, codes, column, tables, table)).toBe(middle);
    for (const part of ['rows', 'pairs'] as const)
      expect(bytesOf(order[part]).equals(bytesOf(copy[part]))).toBe(true);
  }
});

function bytesOf(array: Float64Array | Uint32Array): Buffer {
  return Buffer.from(array.slice().buffer);
}

test('what is too large for one memory gets arrays of its own, and the sums in JavaScript', () => {
  let calls = 0;
  const { value, memory } = inOneMemory((arena) => {
    calls++;
    // Asks for 5 GiB the first time, when it is only measured.
    return calls === 1 ? arena.bytes(5 * 2 ** 30) : separateArrays.bytes(10);
  });
  expect(memory).toBeUndefined();
  expect(value).toHaveLength(10);
  expect(treeKernels(memory)).toEqual({ accumulate, partition });
});
