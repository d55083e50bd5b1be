import type { RowOrder } from './histogram.ts';
import type { CategorySearch, Split, SplitRules } from './split.ts';

/**
 * Histograms and splits for three and more classes: a bin holds the weight of each class, then the number of rows.
 * In the row order, the first statistic is the label and the second the weight. The gain is the decrease of weighted Gini impurity.
 */
export function accumulateClasses(
  histogram: Float64Array,
  classes: number,
  codes: Uint8Array,
  column: number,
  order: RowOrder,
  start: number,
  end: number,
): void {
  const { rows, pairs } = order;
  const width = classes + 1;
  for (let i = start; i < end; i++) {
    const bin = codes[column + rows[i]!]! * width;
    const slot = bin + pairs[2 * i]!;
    histogram[slot] = histogram[slot]! + pairs[2 * i + 1]!;
    histogram[bin + classes] = histogram[bin + classes]! + 1;
  }
}

export interface ClassNode {
  /** Weight of each class. */
  readonly weights: Float64Array;
  rows: number;
}

/** Memory of a search, one a thread. */
export interface ClassSearch extends CategorySearch {
  readonly left: Float64Array;
}

export function classSearch(classes: number): ClassSearch {
  return { codes: new Uint8Array(256), keys: new Float64Array(256), left: new Float64Array(classes) };
}

function score(left: Float64Array, all: Float64Array): number {
  let leftSquares = 0;
  let leftWeight = 0;
  let rightSquares = 0;
  let rightWeight = 0;
  for (let k = 0; k < all.length; k++) {
    const a = left[k]!;
    const b = all[k]! - a;
    leftSquares += a * a;
    leftWeight += a;
    rightSquares += b * b;
    rightWeight += b;
  }
  return (leftWeight > 0 ? leftSquares / leftWeight : 0) + (rightWeight > 0 ? rightSquares / rightWeight : 0);
}

const noise = 1e-12;

export interface ClassColumn {
  readonly histogram: Float64Array;
  /** Code of the missing value. */
  readonly bins: number;
  /** Codes with rows, ascending, without the missing one. */
  readonly present: Uint8Array;
  readonly count: number;
}

/** As `searchNumber`, for classes. */
export function searchClassNumber(
  column: ClassColumn,
  node: ClassNode,
  rules: SplitRules,
  best: Split,
  memory: ClassSearch,
): void {
  const { histogram, bins, present, count } = column;
  const { left } = memory;
  const all = node.weights;
  const classes = all.length;
  const width = classes + 1;
  const missing = bins * width;
  const base = score(all, all);
  for (let missingLeft = 0; missingLeft <= (histogram[missing + classes]! > 0 ? 1 : 0); missingLeft++) {
    let rows = missingLeft === 1 ? histogram[missing + classes]! : 0;
    for (let k = 0; k < classes; k++) left[k] = missingLeft === 1 ? histogram[missing + k]! : 0;
    for (let at = 0; at < count; at++) {
      const bin = present[at]! * width;
      for (let k = 0; k < classes; k++) left[k] = left[k]! + histogram[bin + k]!;
      rows += histogram[bin + classes]!;
      if (rows < rules.minRows) continue;
      if (node.rows - rows < rules.minRows || node.rows === rows) break;
      const value = score(left, all);
      const gain = value - base;
      if (!(gain > best.gain && gain > value * noise)) continue;
      best.gain = gain;
      best.members = 0;
      best.bin = present[at]!;
      best.nextBin = at + 1 < count ? present[at + 1]! : -1;
      best.missingLeft = missingLeft;
      best.rows = rows;
    }
  }
}

/**
 * As `searchCategory`: categories are ordered by the share of one class against the rest, for each class in turn, and
 * the best prefix of all orders is taken.
 */
export function searchClassCategory(
  column: ClassColumn,
  node: ClassNode,
  rules: SplitRules,
  best: Split,
  memory: ClassSearch,
): void {
  const { histogram, bins, present, count } = column;
  const { codes, keys, left } = memory;
  const all = node.weights;
  const classes = all.length;
  const width = classes + 1;
  const base = score(all, all);
  for (let target = 0; target < classes; target++) {
    let members = 0;
    for (let k = 0; k <= count; k++) {
      const code = k < count ? present[k]! : bins;
      const bin = code * width;
      if (histogram[bin + classes] === 0) continue;
      let weight = 0;
      for (let c = 0; c < classes; c++) weight += histogram[bin + c]!;
      const key = histogram[bin + target]! / weight;
      let slot = members++;
      while (slot > 0 && keys[slot - 1]! > key) {
        keys[slot] = keys[slot - 1]!;
        codes[slot] = codes[slot - 1]!;
        slot--;
      }
      keys[slot] = key;
      codes[slot] = code;
    }
    left.fill(0);
    let rows = 0;
    let chosen = 0;
    for (let k = 0; k < members; k++) {
      const bin = codes[k]! * width;
      for (let c = 0; c < classes; c++) left[c] = left[c]! + histogram[bin + c]!;
      rows += histogram[bin + classes]!;
      if (rows < rules.minRows) continue;
      if (node.rows - rows < rules.minRows || node.rows === rows) break;
      const value = score(left, all);
      const gain = value - base;
      if (!(gain > best.gain && gain > value * noise)) continue;
      best.gain = gain;
      best.rows = rows;
      chosen = k + 1;
    }
    if (chosen === 0) continue;
    best.members = chosen;
    best.order.set(codes);
    best.missingLeft = codes.subarray(0, chosen).includes(bins) ? 1 : 0;
  }
}
