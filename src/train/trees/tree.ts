import type { FeatureMatrix } from '../../features/index.ts';
import type { ColumnBins } from './binning.ts';
import type { Split } from './split.ts';

/**
 * Trees as parallel arrays. A child is a node when it is 0 or more, else the leaf `~child`. A node asks `value <=
 * threshold`, or, when `setStart` is not -1, whether the value is an integer whose bit is set in `setWords`. Yes goes
 * left; a missing value goes where `missingLeft` says.
 */
export interface TreeEnsemble {
  /** The first node (or `~leaf`) of each tree. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly setStart: Int32Array;
  readonly setLength: Int32Array;
  readonly setWords: Uint32Array;
  /** Leaves x outputs. */
  readonly leaves: Float64Array;
  readonly outputs: number;
}

/** Puts one tree together, node by node. */
export class TreeSketch {
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #setStart: number[] = [];
  readonly #setLength: number[] = [];
  readonly #setWords: number[] = [];
  readonly #leaves: number[] = [];
  readonly #outputs: number;
  #root = -1;

  constructor(outputs: number) {
    this.#outputs = outputs;
  }

  get nodes(): number {
    return this.#feature.length;
  }

  /** Adds a node for a split and returns its number; its children are set by `link`. */
  node(feature: number, bins: ColumnBins, split: Split): number {
    const set = split.members > 0 ? membersOf(bins, split) : [];
    this.#feature.push(feature);
    this.#threshold.push(split.members > 0 ? 0 : thresholdOf(bins, thresholdBin(bins, split)));
    this.#left.push(0);
    this.#right.push(0);
    this.#missingLeft.push(split.missingLeft);
    this.#setStart.push(split.members > 0 ? this.#setWords.length : -1);
    this.#setLength.push(set.length);
    for (const word of set) this.#setWords.push(word);
    return this.#feature.length - 1;
  }

  /** Adds a leaf and returns what stands for it as a child. */
  leaf(values: ArrayLike<number>): number {
    for (let k = 0; k < this.#outputs; k++) this.#leaves.push(values[k]!);
    return ~(this.#leaves.length / this.#outputs - 1);
  }

  /** Makes `child` the root (`parent` -1), or the left or right child of a node. */
  link(parent: number, side: 'left' | 'right', child: number): void {
    if (parent < 0) this.#root = child;
    else if (side === 'left') this.#left[parent] = child;
    else this.#right[parent] = child;
  }

  finish(): TreeEnsemble {
    return {
      roots: Int32Array.of(this.#root),
      feature: Int32Array.from(this.#feature),
      threshold: Float64Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      missingLeft: Uint8Array.from(this.#missingLeft),
      setStart: Int32Array.from(this.#setStart),
      setLength: Int32Array.from(this.#setLength),
      setWords: Uint32Array.from(this.#setWords),
      leaves: Float64Array.from(this.#leaves),
      outputs: this.#outputs,
    };
  }
}

/** Among the thresholds that part the rows in the same way, the one in the middle. */
function thresholdBin(bins: ColumnBins, split: Split): number {
  if (split.nextBin < 0) return bins.count - 1;
  const { thresholds } = bins;
  const middle = thresholds[split.bin]! / 2 + thresholds[split.nextBin - 1]! / 2;
  let bin = split.bin;
  while (bin + 1 < split.nextBin && thresholds[bin]! < middle) {
    if (middle - thresholds[bin]! <= thresholds[bin + 1]! - middle) break;
    bin++;
  }
  return bin;
}

function thresholdOf(bins: ColumnBins, bin: number): number {
  return bin < bins.thresholds.length ? bins.thresholds[bin]! : Infinity;
}

/** A set as 32-bit words; the bit of category c is bit c % 32 of word c / 32. */
function membersOf(bins: ColumnBins, split: Split): number[] {
  const words: number[] = [0];
  for (let k = 0; k < split.members; k++) {
    const code = split.order[k]!;
    if (code >= bins.categories.length) continue;
    const category = bins.categories[code]!;
    while (words.length <= category >>> 5) words.push(0);
    words[category >>> 5] = (words[category >>> 5]! | (1 << (category & 31))) >>> 0;
  }
  return words;
}

/** Writes for each code whether it goes left (1) or right (0): 256 bytes at `at`. The last code is the missing value. */
export function writeTable(bins: ColumnBins, split: Split, table: Uint8Array, at: number): void {
  table.fill(0, at, at + 256);
  if (split.members > 0) for (let k = 0; k < split.members; k++) table[at + split.order[k]!] = 1;
  else table.fill(1, at, at + thresholdBin(bins, split) + 1);
  table[at + bins.count] = split.missingLeft;
}

/** One ensemble of many trees, in order. */
export function joinTrees(trees: readonly TreeEnsemble[], outputs: number): TreeEnsemble {
  const count = (of: (tree: TreeEnsemble) => number) => trees.reduce((total, tree) => total + of(tree), 0);
  const nodes = count((tree) => tree.feature.length);
  const joined: TreeEnsemble = {
    roots: new Int32Array(count((tree) => tree.roots.length)),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    setStart: new Int32Array(nodes),
    setLength: new Int32Array(nodes),
    setWords: new Uint32Array(count((tree) => tree.setWords.length)),
    leaves: new Float64Array(count((tree) => tree.leaves.length)),
    outputs,
  };
  let node = 0;
  let leaf = 0;
  let word = 0;
  let root = 0;
  for (const tree of trees) {
    const moved = (child: number) => (child >= 0 ? child + node : ~(~child + leaf));
    joined.roots.set(tree.roots.map(moved), root);
    joined.feature.set(tree.feature, node);
    joined.threshold.set(tree.threshold, node);
    joined.left.set(tree.left.map(moved), node);
    joined.right.set(tree.right.map(moved), node);
    joined.missingLeft.set(tree.missingLeft, node);
    joined.setStart.set(
      tree.setStart.map((start) => (start < 0 ? -1 : start + word)),
      node,
    );
    joined.setLength.set(tree.setLength, node);
    joined.setWords.set(tree.setWords, word);
    joined.leaves.set(tree.leaves, leaf * outputs);
    root += tree.roots.length;
    node += tree.feature.length;
    leaf += tree.leaves.length / outputs;
    word += tree.setWords.length;
  }
  return joined;
}

/** The leaf of a row (`values` from `at`, by feature) in the tree that starts at `root`. */
function leafOf(trees: TreeEnsemble, root: number, values: Float64Array, at: number): number {
  const { feature, threshold, left, right, missingLeft, setStart } = trees;
  let node = root;
  while (node >= 0) {
    const value = values[at + feature[node]!]!;
    let goesLeft: boolean;
    if (Number.isNaN(value)) goesLeft = missingLeft[node] === 1;
    else if (setStart[node]! < 0) goesLeft = value <= threshold[node]!;
    else goesLeft = isMember(trees, node, value);
    node = goesLeft ? left[node]! : right[node]!;
  }
  return ~node;
}

function isMember(trees: TreeEnsemble, node: number, value: number): boolean {
  if (!(value >= 0 && value < trees.setLength[node]! * 32 && Number.isInteger(value))) return false;
  return ((trees.setWords[trees.setStart[node]! + (value >>> 5)]! >>> (value & 31)) & 1) === 1;
}

const block = 1024;

/** Calls `visit(row, tree, leaf)` for every row and tree; a row's trees come in order. */
export function visitLeaves(
  trees: TreeEnsemble,
  matrix: FeatureMatrix,
  visit: (row: number, tree: number, leaf: number) => void,
): void {
  const width = matrix.columns.length;
  const values = new Float64Array(block * width);
  for (let from = 0; from < matrix.rows; from += block) {
    const rows = Math.min(block, matrix.rows - from);
    for (let j = 0; j < width; j++) {
      const column = matrix.columns[j]!;
      for (let i = 0; i < rows; i++) values[i * width + j] = column[from + i]!;
    }
    for (let tree = 0; tree < trees.roots.length; tree++) {
      const root = trees.roots[tree]!;
      for (let i = 0; i < rows; i++) visit(from + i, tree, leafOf(trees, root, values, i * width));
    }
  }
}
