import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { accumulate, channels, rowOrder } from '../../src/train/trees/histogram.ts';
import { histogramKernel } from '../../src/train/trees/kernel.ts';
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
  const run = histogramKernel(memory);
  for (const [start, end, column, at] of [
    [0, rows, 0, 0],
    [17, 18, rows, 0],
    [40, 40, rows, 0],
    [1_234, 4_321, rows, 256 * channels],
  ] as const) {
    const expected = histogram.slice();
    accumulate(expected, at, codes, column, order, start, end);
    run(histogram, at, codes, column, order, start, end);
    expect(Buffer.from(histogram.slice().buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  }
});

test('what is too large for one memory gets arrays of its own, and the sums in JavaScript', () => {
  let calls = 0;
  const { value, memory } = inOneMemory((arena) => {
    calls++;
    // Asks for 5 GiB the first time, when it is only measured.
    return calls === 1 ? arena.bytes(5 * 2 ** 30) : separateArrays.bytes(10);
  });
  expect(memory).toBeUndefined();
  expect(value).toHaveLength(10);
  expect(histogramKernel(memory)).toBe(accumulate);
});
