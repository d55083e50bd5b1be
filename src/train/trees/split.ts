import { channels } from './histogram.ts';

/** What a split must respect. */
export interface SplitRules {
  readonly l2: number;
  readonly minRows: number;
  /** Least sum of second statistics on a side: keeps values of leaves finite. */
  readonly minSecond: number;
  /** Categories are ordered by first / (second + smoothing). */
  readonly smoothing: number;
  /** Categories with fewer rows in the node are not asked for. */
  readonly support: number;
}

/** The sums over the rows of a node. */
export interface NodeSums {
  first: number;
  second: number;
  rows: number;
}

/**
 * The best way to ask about one column, reused between searches. `gain` is 0 when there is none. Sums are those of the
 * left side. Codes that go left are written by `writeTable`.
 */
export class Split {
  gain = 0;
  /** Numbers: the highest code with rows that goes left, and the lowest that goes right (-1: only missing ones do). */
  bin = 0;
  nextBin = -1;
  missingLeft = 0;
  first = 0;
  second = 0;
  rows = 0;
  /** Categories: how many of `order` go left; 0 for numbers. */
  members = 0;
  /** Categories: codes, in the order of the last search that was better than those before it. */
  readonly order: Uint8Array = new Uint8Array(256);

  clear(): void {
    this.gain = 0;
    this.members = 0;
  }
}

/** Gains below this share of the score are rounding. */
const noise = 1e-12;

/** Fills `present` with the bins that have rows, ascending, and returns their number. */
export function presentBins(histogram: Float64Array, at: number, bins: number, present: Uint8Array): number {
  let count = 0;
  for (let bin = 0; bin < bins; bin++) {
    present[count] = bin;
    if (histogram[at + bin * channels + 2]! > 0) count++;
  }
  return count;
}

/**
 * Searches the thresholds between neighbouring bins that have rows; missing rows are tried on both sides.
 * `present` lists the `count` bins with rows (without the missing one, which is bin `bins`).
 */
export function searchNumber(
  histogram: Float64Array,
  at: number,
  bins: number,
  present: Uint8Array,
  count: number,
  node: NodeSums,
  rules: SplitRules,
  best: Split,
): void {
  const missing = at + bins * channels;
  const missingRows = histogram[missing + 2]!;
  scanNumber(histogram, at, present, count, node, rules, best, 0, 0, 0, 0);
  if (missingRows > 0) {
    const missingFirst = histogram[missing]!;
    const missingSecond = histogram[missing + 1]!;
    scanNumber(histogram, at, present, count, node, rules, best, missingFirst, missingSecond, missingRows, 1);
  }
}

function scanNumber(
  histogram: Float64Array,
  at: number,
  present: Uint8Array,
  count: number,
  node: NodeSums,
  rules: SplitRules,
  best: Split,
  startFirst: number,
  startSecond: number,
  startRows: number,
  missingLeft: number,
): void {
  const { l2, minRows, minSecond } = rules;
  const { first: allFirst, second: allSecond, rows: allRows } = node;
  const base = (allFirst * allFirst) / (allSecond + l2);
  let first = startFirst;
  let second = startSecond;
  let rows = startRows;
  let bestGain = best.gain;
  let at0 = -1;
  let bestFirst = 0;
  let bestSecond = 0;
  let bestRows = 0;
  for (let k = 0; k < count; k++) {
    const bin = at + present[k]! * channels;
    first += histogram[bin]!;
    second += histogram[bin + 1]!;
    rows += histogram[bin + 2]!;
    if (rows < minRows || second < minSecond) continue;
    const otherSecond = allSecond - second;
    if (allRows - rows < minRows || otherSecond < minSecond) break;
    const otherFirst = allFirst - first;
    const score = (first * first) / (second + l2) + (otherFirst * otherFirst) / (otherSecond + l2);
    const gain = score - base;
    if (gain > bestGain && gain > score * noise) {
      bestGain = gain;
      at0 = k;
      bestFirst = first;
      bestSecond = second;
      bestRows = rows;
    }
  }
  if (at0 < 0) return;
  best.gain = bestGain;
  best.bin = present[at0]!;
  best.nextBin = at0 + 1 < count ? present[at0 + 1]! : -1;
  best.members = 0;
  best.missingLeft = missingLeft;
  best.first = bestFirst;
  best.second = bestSecond;
  best.rows = bestRows;
}

/** Memory of `searchCategory`, one a thread. */
export interface CategorySearch {
  readonly codes: Uint8Array;
  readonly keys: Float64Array;
}

export function categorySearch(): CategorySearch {
  return { codes: new Uint8Array(256), keys: new Float64Array(256) };
}

/**
 * Orders the categories by their mean statistic and searches the prefixes: for one target the best of all subsets is
 * among them (Fisher 1958; Breiman et al. 1984, 4.2.2). Missing is one category more, with the code `bins`.
 */
export function searchCategory(
  histogram: Float64Array,
  at: number,
  bins: number,
  present: Uint8Array,
  count: number,
  node: NodeSums,
  rules: SplitRules,
  best: Split,
  memory: CategorySearch,
): void {
  const { l2, minRows, minSecond, smoothing, support } = rules;
  const { codes, keys } = memory;
  let members = 0;
  for (let k = 0; k <= count; k++) {
    const code = k < count ? present[k]! : bins;
    const bin = at + code * channels;
    const rows = histogram[bin + 2]!;
    if (rows === 0 || rows < support) continue;
    const key = histogram[bin]! / (histogram[bin + 1]! + smoothing);
    let slot = members++;
    while (slot > 0 && keys[slot - 1]! > key) {
      keys[slot] = keys[slot - 1]!;
      codes[slot] = codes[slot - 1]!;
      slot--;
    }
    keys[slot] = key;
    codes[slot] = code;
  }
  const base = (node.first * node.first) / (node.second + l2);
  let first = 0;
  let second = 0;
  let rows = 0;
  let chosen = 0;
  for (let k = 0; k < members; k++) {
    const bin = at + codes[k]! * channels;
    first += histogram[bin]!;
    second += histogram[bin + 1]!;
    rows += histogram[bin + 2]!;
    if (rows < minRows || second < minSecond) continue;
    const otherSecond = node.second - second;
    if (node.rows - rows < minRows || otherSecond < minSecond) break;
    const otherFirst = node.first - first;
    const score = (first * first) / (second + l2) + (otherFirst * otherFirst) / (otherSecond + l2);
    const gain = score - base;
    if (!(gain > best.gain && gain > score * noise)) continue;
    best.gain = gain;
    chosen = k + 1;
    best.first = first;
    best.second = second;
    best.rows = rows;
  }
  if (chosen === 0) return;
  best.members = chosen;
  best.order.set(codes);
  best.missingLeft = 0;
  for (let k = 0; k < chosen; k++) if (codes[k] === bins) best.missingLeft = 1;
}
