import type { Accumulate, Partition } from './histogram.ts';
import { accumulate, channels, partition } from './histogram.ts';
import type { WasmMemory, WasmModule } from './web-assembly.ts';
import { webAssembly } from './web-assembly.ts';

/** The inner loops of boosting. */
export interface Kernels {
  readonly accumulate: Accumulate;
  readonly partition: Partition;
}

/**
 * `accumulate` and `partition` in WebAssembly, put together from their instructions below. They do the same additions
 * and moves in the same order, so their results are the same to the last bit; they are two to four times as fast,
 * because both statistics of a row are added or moved by one instruction and no index is checked: the caller's indices
 * must be right.
 */
export function treeKernels(memory: WasmMemory | undefined): Kernels {
  if (memory === undefined) return { accumulate, partition };
  const { Module, Instance } = webAssembly();
  compiled ??= new Module(moduleBytes());
  const { exports } = new Instance(compiled, { host: { memory } });
  const sum = exports['accumulate'] as (
    histogram: number,
    codes: number,
    row: number,
    pair: number,
    lastRow: number,
  ) => void;
  const part = exports['partition'] as (
    table: number,
    codes: number,
    row: number,
    pair: number,
    lastRow: number,
    spareRow: number,
    sparePair: number,
  ) => number;
  return {
    accumulate(histogram, at, codes, column, { rows, pairs }, start, end) {
      sum(
        histogram.byteOffset + at * 8,
        codes.byteOffset + column,
        rows.byteOffset + start * 4,
        pairs.byteOffset + start * 16,
        rows.byteOffset + end * 4,
      );
    },
    partition({ rows, pairs, spareRows, sparePairs }, start, end, codes, column, goesLeft, table) {
      const first = rows.byteOffset + start * 4;
      const middle = part(
        goesLeft.byteOffset + table,
        codes.byteOffset + column,
        first,
        pairs.byteOffset + start * 16,
        rows.byteOffset + end * 4,
        spareRows.byteOffset + start * 4,
        sparePairs.byteOffset + start * 16,
      );
      // Addresses above 2 GiB come back as negative numbers.
      return start + ((middle - first) >>> 0) / 4;
    },
  };
}

let compiled: WasmModule | undefined;

/** Unsigned and signed LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

const i32 = 0x7f;
const v128 = 0x7b;
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
/** Constants of -64 to 63. */
const constant = (value: number) => [0x41, value & 127];
const add = [0x6a];
const subtract = [0x6b];
const multiply = [0x6c];
const less = [0x49];
const loadWord = [0x28, 2, 0];
const storeWord = [0x36, 2, 0];
const loadByte = [0x2d, 0, 0];
const loadPair = [0xfd, 0, 3, 0];
const storePair = [0xfd, 11, 3, 0];
const addPairs = [0xfd, ...unsigned(0xf0)];
const loadDouble = (offset: number) => [0x2b, 3, offset];
const storeDouble = (offset: number) => [0x39, 3, offset];
const one = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
const addDoubles = [0xa0];
const copyBytes = [0xfc, 10, 0, 0];
const end = [0x0b];

/** Bytes of a row's number and of its two statistics. */
const rowBytes = 4;
const pairBytes = 16;

/** Parameters that both functions have: where 256 bytes or bins begin, codes, and the rows of a node. */
const [base, codes, row, pair, lastRow] = [0, 1, 2, 3, 4] as const;

const advance = (local: number, bytes: number) => [...get(local), ...constant(bytes), ...add, ...set(local)];

/** if (row < lastRow) do step, the next row, while (row < lastRow) */
const forEachRow = (step: readonly number[]) => [
  ...[...get(row), ...get(lastRow), ...less, 0x04, 0x40],
  ...[0x03, 0x40, ...step, ...advance(pair, pairBytes)],
  ...[...get(row), ...constant(rowBytes), ...add, ...tee(row), ...get(lastRow), ...less],
  ...[0x0d, 0, ...end],
  ...end,
];

function accumulateCode(): number[] {
  const [bin, statistics] = [5, 6] as const;
  const step = [
    // bin = histogram + codes[row] * bytes of a bin
    ...[...get(base), ...get(codes), ...get(row), ...loadWord, ...add, ...loadByte],
    ...[...constant(channels * 8), ...multiply, ...add, ...set(bin)],
    // The two statistics.
    ...[...get(pair), ...loadPair, ...set(statistics)],
    ...[...get(bin), ...get(bin), ...loadPair, ...get(statistics), ...addPairs, ...storePair],
    // The number of rows.
    ...[...get(bin), ...get(bin), ...loadDouble(16), ...one, ...addDoubles, ...storeDouble(16)],
  ];
  return [...locals(1, 1), ...forEachRow(step), ...end];
}

function partitionCode(): number[] {
  const [spareRow, sparePair] = [5, 6] as const;
  const [leftRow, leftPair, rightRow, rightPair, number, left, statistics] = [
    7, 8, 9, 10, 11, 12, 13,
  ] as const;
  const copy = (from: number, to: number) => [...get(from), ...set(to)];
  const store = (toRow: number, toPair: number) => [
    ...[...get(toRow), ...get(number), ...storeWord],
    ...[...get(toPair), ...get(statistics), ...storePair],
  ];
  // place += bytes, or not: `left` is 1 or 0.
  const advanceLeft = (place: number, bytes: number) => [
    ...[...get(place), ...get(left), ...constant(bytes), ...multiply, ...add, ...set(place)],
  ];
  const advanceRight = (place: number, bytes: number) => [
    ...[...get(place), ...constant(1), ...get(left), ...subtract, ...constant(bytes), ...multiply],
    ...[...add, ...set(place)],
  ];
  const step = [
    ...[...get(row), ...loadWord, ...set(number), ...get(pair), ...loadPair, ...set(statistics)],
    // left = table[codes[row]]
    ...[...get(base), ...get(codes), ...get(number), ...add, ...loadByte, ...add, ...loadByte, ...set(left)],
    // To both sides, of which one goes on: no branch to guess.
    ...[...store(leftRow, leftPair), ...store(rightRow, rightPair)],
    ...[...advanceLeft(leftRow, rowBytes), ...advanceLeft(leftPair, pairBytes)],
    ...[...advanceRight(rightRow, rowBytes), ...advanceRight(rightPair, pairBytes)],
  ];
  const moveBack = (to: number, from: number, last: number) => [
    ...[...get(to), ...get(from), ...get(last), ...get(from), ...subtract, ...copyBytes],
  ];
  return [
    ...locals(6, 1),
    ...[...copy(row, leftRow), ...copy(pair, leftPair), ...copy(spareRow, rightRow)],
    ...copy(sparePair, rightPair),
    ...forEachRow(step),
    ...[...moveBack(leftRow, spareRow, rightRow), ...moveBack(leftPair, sparePair, rightPair)],
    ...[...get(leftRow), ...end],
  ];
}

/** Locals of a function: so many integers, then so many pairs. */
function locals(integers: number, pairs: number): number[] {
  return [2, integers, i32, pairs, v128];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const name = (text: string) => [text.length, ...Buffer.from(text)];
  const sized = (code: readonly number[]) => [...unsigned(code.length), ...code];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // Two types of functions: five addresses and no result; seven, and one address.
    ...section(1, [2, 0x60, 5, i32, i32, i32, i32, i32, 0, 0x60, 7, ...new Array(7).fill(i32), 1, i32]),
    // The memory, shared, of any size.
    ...section(2, [1, ...name('host'), ...name('memory'), 2, 3, 0, ...unsigned(65_536)]),
    ...section(3, [2, 0, 1]),
    ...section(7, [2, ...name('accumulate'), 0, 0, ...name('partition'), 0, 1]),
    ...section(10, [2, ...sized(accumulateCode()), ...sized(partitionCode())]),
  ]);
}
