import type { Random } from '../../base/index.ts';
import { seededRandom } from '../../base/index.ts';
import type { BinnedMatrix } from './binning.ts';
import type { ClassNode } from './class-split.ts';
import { accumulateClasses, classSearch, searchClassCategory, searchClassNumber } from './class-split.ts';
import { accumulate, channels, partition, rowOrder } from './histogram.ts';
import { separateArrays } from './shared-memory.ts';
import type { NodeSums, SplitRules } from './split.ts';
import { categorySearch, presentBins, Split, searchCategory, searchNumber } from './split.ts';
import type { TreeEnsemble } from './tree.ts';
import { TreeSketch, writeTable } from './tree.ts';

/** Everything that growing a tree needs: plain data, handed to every thread as it is. */
export interface ForestJob {
  readonly binned: BinnedMatrix;
  /** Numbers, the labels 0 and 1, or labels 0 to `classes` - 1. */
  readonly targets: Float64Array;
  readonly weights: Float64Array | undefined;
  /** Classes when there are three or more; else 0, and leaves hold the mean target. */
  readonly classes: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  /** Columns looked at for each split. */
  readonly tries: number;
  readonly bootstrap: boolean;
  readonly seed: number;
}

/** Counts how often each row is drawn. It is the first that a tree's numbers are used for. */
function drawBag(random: Random, counts: Uint16Array): void {
  const rows = counts.length;
  counts.fill(0);
  for (let i = 0; i < rows; i++) {
    const row = Math.floor(random() * rows);
    counts[row] = counts[row]! + 1;
  }
}

/** How often a tree's bootstrap drew each row, once more. */
export function bagOf(job: ForestJob, tree: number, counts: Uint16Array): void {
  drawBag(seededRandom(mixSeed(job.seed, tree)), counts);
}

/** Nodes with fewer rows than this find their bins by a bit map instead of looking at all. */
const sparseRows = 96;

/** Grows single trees; its memory is reused. Tree `t` is the same in whichever thread and order it is grown. */
export function forestGrower(job: ForestJob): (tree: number) => TreeEnsemble {
  const { binned, targets, weights, classes, minSamplesLeaf } = job;
  const { rows, columns, codes } = binned;
  const width = classes > 0 ? classes + 1 : channels;
  const order = rowOrder(rows, separateArrays);
  const counts = new Uint16Array(rows);
  const histogram = new Float64Array(256 * width);
  const present = new Uint8Array(256);
  const marks = new Int32Array(8);
  const table = new Uint8Array(256);
  const chosen = new Uint32Array(columns.length);
  const best = new Split();
  const search = categorySearch();
  const searchOfClasses = classSearch(Math.max(1, classes));
  const sums: NodeSums = { first: 0, second: 0, rows: 0 };
  const classNode: ClassNode = { weights: new Float64Array(Math.max(1, classes)), rows: 0 };
  const leafValues = new Float64Array(Math.max(1, classes));
  const rules: SplitRules = {
    l2: 0,
    minRows: minSamplesLeaf,
    minSecond: Number.MIN_VALUE,
    smoothing: 0,
    support: 1,
  };

  /** Puts the tree's rows in order and returns their number; a row that was drawn twice weighs twice. */
  function drawRows(random: Random): number {
    if (job.bootstrap) drawBag(random, counts);
    else counts.fill(1);
    let used = 0;
    for (let row = 0; row < rows; row++) {
      if (counts[row] === 0) continue;
      const weight = counts[row]! * (weights === undefined ? 1 : weights[row]!);
      order.rows[used] = row;
      order.pairs[2 * used] = classes > 0 ? targets[row]! : weight * targets[row]!;
      order.pairs[2 * used + 1] = weight;
      used++;
    }
    return used;
  }

  /** Sums up a node; true when all its targets are equal. */
  function measure(start: number, end: number): boolean {
    const { pairs } = order;
    if (classes > 0) {
      classNode.rows = end - start;
      classNode.weights.fill(0);
      for (let i = start; i < end; i++) {
        const label = pairs[2 * i]!;
        classNode.weights[label] = classNode.weights[label]! + pairs[2 * i + 1]!;
      }
      let seen = 0;
      for (let k = 0; k < classes; k++) if (classNode.weights[k]! > 0) seen++;
      return seen <= 1;
    }
    let total = 0;
    let weight = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const value = pairs[2 * i]!;
      total += value;
      weight += pairs[2 * i + 1]!;
      squares += (value * value) / pairs[2 * i + 1]!;
    }
    sums.first = total;
    sums.second = weight;
    sums.rows = end - start;
    return squares - (total * total) / weight <= 1e-12 * squares;
  }

  function leaf(sketch: TreeSketch): number {
    if (classes === 0) {
      leafValues[0] = sums.first / sums.second;
      return sketch.leaf(leafValues);
    }
    let total = 0;
    for (let k = 0; k < classes; k++) total += classNode.weights[k]!;
    for (let k = 0; k < classes; k++) leafValues[k] = classNode.weights[k]! / total;
    return sketch.leaf(leafValues);
  }

  /** Fills the histogram of a column and `present`; returns the number of its bins with rows. */
  function fill(feature: number, start: number, end: number): number {
    const base = feature * rows;
    const bins = columns[feature]!.count;
    if (end - start >= sparseRows) {
      histogram.fill(0, 0, (bins + 1) * width);
      if (classes > 0) accumulateClasses(histogram, classes, codes, base, order, start, end);
      else accumulate(histogram, 0, codes, base, order, start, end);
      if (classes === 0) return presentBins(histogram, 0, bins, present);
      let count = 0;
      for (let bin = 0; bin < bins; bin++) {
        if (histogram[bin * width + classes]! > 0) present[count++] = bin;
      }
      return count;
    }
    marks.fill(0);
    for (let i = start; i < end; i++) {
      const code = codes[base + order.rows[i]!]!;
      marks[code >>> 5] = marks[code >>> 5]! | (1 << (code & 31));
    }
    let count = 0;
    for (let word = 0; word < 8; word++) {
      for (let bits = marks[word]!; bits !== 0; bits &= bits - 1) {
        const code = (word << 5) + 31 - Math.clz32(bits & -bits);
        histogram.fill(0, code * width, (code + 1) * width);
        if (code < bins) present[count++] = code;
      }
    }
    histogram.fill(0, bins * width, (bins + 1) * width);
    if (classes > 0) accumulateClasses(histogram, classes, codes, base, order, start, end);
    else accumulate(histogram, 0, codes, base, order, start, end);
    return count;
  }

  /** Looks at columns in random order until enough were seen and one has a split; returns the best one, or -1. */
  function bestColumn(random: Random, start: number, end: number): number {
    let found = -1;
    best.clear();
    for (let seen = 0; seen < columns.length && (seen < job.tries || found < 0); seen++) {
      const at = seen + Math.floor(random() * (columns.length - seen));
      const feature = chosen[at]!;
      chosen[at] = chosen[seen]!;
      chosen[seen] = feature;
      const bins = columns[feature]!;
      let count = fill(feature, start, end);
      const before = best.gain;
      if (bins.others && count > 0 && present[count - 1] === bins.count - 1) count--;
      if (classes > 0) {
        const column = { histogram, bins: bins.count, present, count };
        if (bins.kind === 'category') searchClassCategory(column, classNode, rules, best, searchOfClasses);
        else searchClassNumber(column, classNode, rules, best, searchOfClasses);
      } else if (bins.kind === 'category') {
        searchCategory(histogram, 0, bins.count, present, count, sums, rules, best, search);
      } else {
        searchNumber(histogram, 0, bins.count, present, count, sums, rules, best);
      }
      if (best.gain > before) {
        found = feature;
        const missingRows = histogram[bins.count * width + width - 1]!;
        if (missingRows === 0) best.missingLeft = best.rows * 2 > end - start ? 1 : 0;
      }
    }
    return found;
  }

  return (tree) => {
    const random = seededRandom(mixSeed(job.seed, tree));
    const sketch = new TreeSketch(Math.max(1, classes));
    for (let j = 0; j < columns.length; j++) chosen[j] = j;
    const open = [
      { start: 0, end: drawRows(random), depth: 0, parent: -1, side: 'left' as 'left' | 'right' },
    ];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const { start, end, depth, parent, side } = node;
      const pure = measure(start, end);
      const splittable = !pure && depth < job.maxDepth && end - start >= 2 * minSamplesLeaf;
      const feature = splittable ? bestColumn(random, start, end) : -1;
      if (feature < 0) {
        sketch.link(parent, side, leaf(sketch));
        continue;
      }
      const id = sketch.node(feature, columns[feature]!, best);
      sketch.link(parent, side, id);
      writeTable(columns[feature]!, best, table, 0);
      const middle = partition(order, start, end, codes, feature * rows, table, 0);
      open.push({ start: middle, end, depth: depth + 1, parent: id, side: 'right' });
      open.push({ start, end: middle, depth: depth + 1, parent: id, side: 'left' });
    }
    return sketch.finish();
  };
}

/** A seed for one of many generators of one seed (the finalizer of MurmurHash3 over both). */
function mixSeed(seed: number, index: number): number {
  let z = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
