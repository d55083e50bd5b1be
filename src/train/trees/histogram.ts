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
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly spareRows: Uint32Array;
  readonly spareFirst: Float64Array;
  readonly spareSecond: Float64Array;
}

export function rowOrder(count: number): RowOrder {
  const doubles = () => new Float64Array(new SharedArrayBuffer(count * 8));
  const integers = () => new Uint32Array(new SharedArrayBuffer(count * 4));
  return {
    rows: integers(),
    first: doubles(),
    second: doubles(),
    spareRows: integers(),
    spareFirst: doubles(),
    spareSecond: doubles(),
  };
}

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
  const { rows, first, second } = order;
  for (let i = start; i < end; i++) {
    const bin = at + codes[column + rows[i]!]! * channels;
    histogram[bin] = histogram[bin]! + first[i]!;
    histogram[bin + 1] = histogram[bin + 1]! + second[i]!;
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
  const { rows, first, second, spareRows, spareFirst, spareSecond } = order;
  let left = start;
  let right = start;
  for (let i = start; i < end; i++) {
    const row = rows[i]!;
    const a = first[i]!;
    const b = second[i]!;
    const goes = goesLeft[table + codes[column + row]!]!;
    rows[left] = row;
    first[left] = a;
    second[left] = b;
    spareRows[right] = row;
    spareFirst[right] = a;
    spareSecond[right] = b;
    left += goes;
    right += 1 - goes;
  }
  const moved = right - start;
  rows.set(spareRows.subarray(start, right), left);
  first.set(spareFirst.subarray(start, right), left);
  second.set(spareSecond.subarray(start, right), left);
  return end - moved;
}
