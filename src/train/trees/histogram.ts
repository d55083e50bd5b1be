import type { Arena } from './shared-memory.ts';

/**
 * Histograms of one column over the rows of one node. A bin holds three numbers: the sum of first, the sum of second
 * statistics, and the number of rows. For boosting they are gradients and curvatures (Friedman 2001; Chen and Guestrin
 * 2016); for forests weight times target, and weight, for which the same gain is the weighted decrease of variance
 * (of Gini impurity for targets 0 and 1).
 */
export const channels = 3;

/** The rows of nodes, kept together: node rows are a range of positions. */
export interface RowOrder {
  readonly rows: Uint32Array;
  /** First and second statistic of each position. */
  readonly pairs: Float64Array;
  readonly spareRows: Uint32Array;
  readonly sparePairs: Float64Array;
}

export function rowOrder(count: number, arena: Arena): RowOrder {
  return {
    rows: arena.words(count),
    pairs: arena.doubles(2 * count),
    spareRows: arena.words(count),
    sparePairs: arena.doubles(2 * count),
  };
}

export type Accumulate = typeof accumulate;

/** Adds the rows at positions `start` to `end` to the histogram at `at`; `column` is where the column's codes begin. */
export function accumulate(
  histogram: Float64Array,
  at: number,
  codes: Uint8Array,
  column: number,
  order: RowOrder,
  start: number,
  end: number,
): void {
  const { rows, pairs } = order;
  for (let i = start; i < end; i++) {
    const bin = at + codes[column + rows[i]!]! * channels;
    histogram[bin] = histogram[bin]! + pairs[2 * i]!;
    histogram[bin + 1] = histogram[bin + 1]! + pairs[2 * i + 1]!;
    histogram[bin + 2] = histogram[bin + 2]! + 1;
  }
}

/** Takes a child away from its parent, which becomes the other child. Empty bins become exactly 0. */
export function subtract(histogram: Float64Array, parent: number, child: number, length: number): void {
  for (let i = 0; i < length; i += channels) {
    const rows = histogram[parent + i + 2]! - histogram[child + i + 2]!;
    histogram[parent + i + 2] = rows;
    histogram[parent + i] = rows === 0 ? 0 : histogram[parent + i]! - histogram[child + i]!;
    histogram[parent + i + 1] = rows === 0 ? 0 : histogram[parent + i + 1]! - histogram[child + i + 1]!;
  }
}

export type Partition = typeof partition;

/**
 * Moves the rows whose code `goesLeft` (256 bytes from `table`, 1 or 0) to the front of their range, keeping the order
 * on both sides, and returns where the right side begins.
 */
export function partition(
  order: RowOrder,
  start: number,
  end: number,
  codes: Uint8Array,
  column: number,
  goesLeft: Uint8Array,
  table: number,
): number {
  const { rows, pairs, spareRows, sparePairs } = order;
  let left = start;
  let right = start;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    const a = pairs[2 * i]!;
    const b = pairs[2 * i + 1]!;
    const goes = goesLeft[table + codes[column + row]!]!;
    rows[left] = row;
    pairs[2 * left] = a;
    pairs[2 * left + 1] = b;
    spareRows[right] = row;
    sparePairs[2 * right] = a;
    sparePairs[2 * right + 1] = b;
    left += goes;
    right += 1 - goes;
  }
  const moved = right - start;
  rows.set(spareRows.subarray(start, right), left);
  pairs.set(sparePairs.subarray(2 * start, 2 * right), 2 * left);
  return end - moved;
}
