import type { Random } from '../../base/index.ts';
import { seededRandom } from '../../base/index.ts';
import type { FeatureMatrix } from '../../features/index.ts';

/** How the values of one column become codes: 0 to `count` - 1 for values, `count` for a missing one. */
export interface ColumnBins {
  readonly kind: 'number' | 'category';
  /** Number of codes for values, 1 to 255. */
  readonly count: number;
  /** Numbers: `count` - 1 ascending thresholds; a value has the code of the first threshold that it does not exceed. */
  readonly thresholds: Float64Array;
  /** Categories: the category of each code; the last code is shared by all others when there are too many. */
  readonly categories: Int32Array;
  /** Categories: whether the last code stands for all others. */
  readonly others: boolean;
}

/** A feature matrix as one byte a value, column by column, in memory that threads share. */
export interface BinnedMatrix {
  readonly rows: number;
  readonly columns: readonly ColumnBins[];
  readonly codes: Uint8Array;
}

/** Bins are learned from at most so many values of a column. */
const sampleSize = 50_000;

export function binMatrix(matrix: FeatureMatrix, options: { maxBins: number; seed: number }): BinnedMatrix {
  const { rows } = matrix;
  const codes = new Uint8Array(new SharedArrayBuffer(rows * matrix.columns.length));
  const sample = rows > sampleSize ? sampleRows(rows, seededRandom(options.seed ^ 0xb125)) : undefined;
  const columns = matrix.columns.map((values, j) => {
    const isCategory = matrix.categories[j]! > 0;
    const bins = isCategory
      ? categoryBins(values, rows, options.maxBins)
      : numberBins(values, rows, options.maxBins, sample);
    encode(values, rows, bins, codes.subarray(j * rows, (j + 1) * rows));
    return bins;
  });
  return { rows, columns, codes };
}

/** `sampleSize` of the rows without repetition, ascending (selection sampling, Knuth's algorithm S). */
function sampleRows(rows: number, random: Random): Int32Array {
  const chosen = new Int32Array(sampleSize);
  for (let row = 0, taken = 0; taken < sampleSize; row++) {
    if (random() * (rows - row) < sampleSize - taken) chosen[taken++] = row;
  }
  return chosen;
}

function numberBins(
  values: Float64Array,
  rows: number,
  maxBins: number,
  sample: Int32Array | undefined,
): ColumnBins {
  const size = sample?.length ?? rows;
  const sorted = new Float64Array(size);
  let known = 0;
  for (let i = 0; i < size; i++) {
    const value = values[sample === undefined ? i : sample[i]!]!;
    if (!Number.isNaN(value)) sorted[known++] = value;
  }
  const ordered = sorted.subarray(0, known).sort();
  const thresholds = distinctThresholds(ordered, maxBins) ?? quantileThresholds(ordered, maxBins);
  return {
    kind: 'number',
    count: thresholds.length + 1,
    thresholds: Float64Array.from(thresholds),
    categories: new Int32Array(0),
    others: false,
  };
}

/** A threshold between any two neighbouring values, or nothing when there are too many of them. */
function distinctThresholds(ordered: Float64Array, maxBins: number): number[] | undefined {
  const thresholds: number[] = [];
  for (let i = 1; i < ordered.length; i++) {
    if (ordered[i]! === ordered[i - 1]!) continue;
    if (thresholds.length + 2 > maxBins) return undefined;
    thresholds.push(between(ordered[i - 1]!, ordered[i]!));
  }
  return thresholds;
}

/** Bins of about equal size; a value that is frequent enough to fill a bin does not drag others into it. */
function quantileThresholds(ordered: Float64Array, maxBins: number): number[] {
  const thresholds: number[] = [];
  let start = 0;
  while (thresholds.length + 1 < maxBins) {
    const size = (ordered.length - start) / (maxBins - thresholds.length);
    let end = start + Math.max(1, Math.round(size));
    if (end >= ordered.length) break;
    if (ordered[end - 1]! === ordered[end]!) {
      const first = lowerBound(ordered, ordered[end]!, start);
      end = first > start ? first : upperBound(ordered, ordered[end]!, end);
    }
    if (end >= ordered.length) break;
    thresholds.push(between(ordered[end - 1]!, ordered[end]!));
    start = end;
  }
  return thresholds;
}

function lowerBound(ordered: Float64Array, value: number, from: number): number {
  let low = from;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordered[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(ordered: Float64Array, value: number, from: number): number {
  let low = from;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordered[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number t with low <= t < high, in the middle where there is room; infinities allowed. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

/** The most frequent categories have codes of their own, ascending by category; the rest share the last code. */
function categoryBins(values: Float64Array, rows: number, maxBins: number): ColumnBins {
  const counts = new Map<number, number>();
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([category]) => category);
  const others = frequent.length > maxBins;
  const kept = (others ? frequent.slice(0, maxBins - 1) : frequent).sort((a, b) => a - b);
  return {
    kind: 'category',
    count: Math.max(1, others ? kept.length + 1 : kept.length),
    thresholds: new Float64Array(0),
    categories: Int32Array.from(kept),
    others,
  };
}

function encode(values: Float64Array, rows: number, bins: ColumnBins, codes: Uint8Array): void {
  if (bins.kind === 'number') encodeNumbers(values, rows, bins, codes);
  else encodeCategories(values, rows, bins, codes);
}

function encodeNumbers(values: Float64Array, rows: number, bins: ColumnBins, codes: Uint8Array): void {
  const padded = new Float64Array(256).fill(Infinity);
  padded.set(bins.thresholds);
  const missing = bins.count;
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    // A binary search over 255 thresholds without branches, which no processor could foresee: four times as fast.
    let at = Number(padded[127]! < value) << 7;
    at += Number(padded[at + 63]! < value) << 6;
    at += Number(padded[at + 31]! < value) << 5;
    at += Number(padded[at + 15]! < value) << 4;
    at += Number(padded[at + 7]! < value) << 3;
    at += Number(padded[at + 3]! < value) << 2;
    at += Number(padded[at + 1]! < value) << 1;
    at += Number(padded[at]! < value);
    codes[i] = Number.isNaN(value) ? missing : at;
  }
}

function encodeCategories(values: Float64Array, rows: number, bins: ColumnBins, codes: Uint8Array): void {
  const codeOf = new Map<number, number>();
  bins.categories.forEach((category, code) => {
    codeOf.set(category, code);
  });
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    codes[i] = Number.isNaN(value) ? bins.count : (codeOf.get(value) ?? bins.count - 1);
  }
}
