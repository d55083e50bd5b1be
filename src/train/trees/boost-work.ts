import { sigmoid } from '../links.ts';
import type { BoostMemory } from './boost-memory.ts';
import {
  cutWidth,
  foundWidth,
  scopeColumns,
  scopeOutput,
  scopeOutside,
  scopeSample,
  spanWidth,
} from './boost-memory.ts';
import { channels, subtract } from './histogram.ts';
import type { Kernels } from './kernel.ts';
import { treeKernels } from './kernel.ts';
import type { CategorySearch, NodeSums } from './split.ts';
import { categorySearch, presentBins, Split, searchCategory, searchNumber } from './split.ts';

/**
 * The phases of a round. Each is a number of tasks that may be done by any thread in any order: no two tasks write to
 * the same place, and sums run over rows in one order, so that the result does not depend on the threads.
 */
export const phases = {
  /** Probabilities of a chunk of rows (`softmax`). */
  probabilities: 1,
  /** Gradients and curvatures of a chunk of the sample. */
  gradients: 2,
  /** Histograms and best splits of a few columns of one node and its sibling. */
  histograms: 3,
  /** Rows of one node parted. */
  cuts: 4,
  /** Scores of the rows of one leaf. */
  leaves: 5,
  /** Scores of a chunk of the rows outside the sample. */
  outside: 6,
} as const;

export type Phase = (typeof phases)[keyof typeof phases];

export const chunkRows = 8_192;
export const columnsPerTask = 4;

/** Memory of one thread. */
export interface BoostScratch {
  readonly present: Uint8Array;
  readonly category: CategorySearch;
  readonly split: Split;
  readonly sums: NodeSums;
  readonly kernels: Kernels;
}

export function boostScratch(memory: BoostMemory): BoostScratch {
  return {
    present: new Uint8Array(256),
    category: categorySearch(),
    split: new Split(),
    sums: { first: 0, second: 0, rows: 0 },
    kernels: treeKernels(memory.wasm),
  };
}

export function doTask(memory: BoostMemory, scratch: BoostScratch, phase: Phase, task: number): void {
  switch (phase) {
    case phases.probabilities:
      fillProbabilities(memory, task);
      break;
    case phases.gradients:
      fillGradients(memory, task);
      break;
    case phases.histograms:
      fillHistograms(memory, scratch, task);
      break;
    case phases.cuts:
      cut(memory, scratch, task);
      break;
    case phases.leaves:
      addLeaf(memory, task);
      break;
    case phases.outside:
      addOutside(memory, task);
      break;
  }
}

function fillProbabilities(memory: BoostMemory, task: number): void {
  const { scores, probabilities, outputs } = memory;
  const { rows } = memory.binned;
  const end = Math.min(rows, (task + 1) * chunkRows);
  for (let row = task * chunkRows; row < end; row++) {
    let highest = -Infinity;
    for (let k = 0; k < outputs; k++) highest = Math.max(highest, scores[k * rows + row]!);
    let total = 0;
    for (let k = 0; k < outputs; k++) {
      const e = Math.exp(scores[k * rows + row]! - highest);
      probabilities[k * rows + row] = e;
      total += e;
    }
    for (let k = 0; k < outputs; k++) {
      probabilities[k * rows + row] = probabilities[k * rows + row]! / total;
    }
  }
}

function fillGradients(memory: BoostMemory, task: number): void {
  const { loss, order, sample, scores, probabilities, targets, weights, scope } = memory;
  const output = scope[scopeOutput]!;
  const base = output * memory.binned.rows;
  const end = Math.min(scope[scopeSample]!, (task + 1) * chunkRows);
  const weighted = weights.length > 0;
  for (let i = task * chunkRows; i < end; i++) {
    const row = sample[i]!;
    const weight = weighted ? weights[row]! : 1;
    const target = targets[row]!;
    order.rows[i] = row;
    if (loss === 'squared') {
      order.pairs[2 * i] = weight * (scores[row]! - target);
      order.pairs[2 * i + 1] = weight;
    } else {
      const p = loss === 'logistic' ? sigmoid(scores[row]!) : probabilities[base + row]!;
      const hit = loss === 'logistic' ? target : target === output ? 1 : 0;
      order.pairs[2 * i] = weight * (p - hit);
      order.pairs[2 * i + 1] = weight * Math.max(p * (1 - p), 1e-16);
    }
  }
}

function fillHistograms(memory: BoostMemory, scratch: BoostScratch, task: number): void {
  const { binned, columns, spans, histograms, histogramAt, slotSize, order, scope } = memory;
  const count = scope[scopeColumns]!;
  const tasksPerSpan = Math.ceil(count / columnsPerTask);
  const span = Math.floor(task / tasksPerSpan);
  const from = (task % tasksPerSpan) * columnsPerTask;
  const at = span * spanWidth;
  const start = spans[at]!;
  const end = spans[at + 1]!;
  const slot = spans[at + 2]! * slotSize;
  const otherSlot = spans[at + 3]! * slotSize;
  for (let c = from; c < Math.min(count, from + columnsPerTask); c++) {
    const column = columns[c]!;
    const child = slot + histogramAt[column]!;
    const length = (binned.columns[column]!.count + 1) * channels;
    histograms.fill(0, child, child + length);
    scratch.kernels.accumulate(histograms, child, binned.codes, column * binned.rows, order, start, end);
    if (spans[at + 4] === 1) search(memory, scratch, 2 * span, c, child);
    if (otherSlot < 0) continue;
    const other = otherSlot + histogramAt[column]!;
    subtract(histograms, other, child, length);
    if (spans[at + 5] === 1) search(memory, scratch, 2 * span + 1, c, other);
  }
}

function search(memory: BoostMemory, scratch: BoostScratch, side: number, c: number, at: number): void {
  const { binned, columns, histograms, spanSums, rules, found, foundOrder } = memory;
  const { split, sums, present } = scratch;
  const bins = binned.columns[columns[c]!]!;
  sums.first = spanSums[side * 3]!;
  sums.second = spanSums[side * 3 + 1]!;
  sums.rows = spanSums[side * 3 + 2]!;
  split.clear();
  let count = presentBins(histograms, at, bins.count, present);
  if (bins.kind === 'category') {
    if (bins.others && count > 0 && present[count - 1] === bins.count - 1) count--;
    searchCategory(histograms, at, bins.count, present, count, sums, rules, split, scratch.category);
  } else {
    searchNumber(histograms, at, bins.count, present, count, sums, rules, split);
  }
  const slot = side * binned.columns.length + c;
  const to = slot * foundWidth;
  found[to] = split.gain;
  if (split.gain === 0) return;
  const missingRows = histograms[at + bins.count * channels + 2]!;
  found[to + 1] = split.bin;
  found[to + 2] = split.nextBin;
  // Where no row was missing, a missing value goes with the majority.
  found[to + 3] = missingRows > 0 ? split.missingLeft : split.rows * 2 > sums.rows ? 1 : 0;
  found[to + 4] = split.first;
  found[to + 5] = split.second;
  found[to + 6] = split.rows;
  found[to + 7] = split.members;
  if (split.members > 0) foundOrder.set(split.order, slot * 256);
}

function cut(memory: BoostMemory, { kernels }: BoostScratch, task: number): void {
  const { binned, cuts, order, tables } = memory;
  const at = task * cutWidth;
  const column = cuts[at + 2]! * binned.rows;
  const table = cuts[at + 3]! * 256;
  cuts[at + 4] = kernels.partition(order, cuts[at]!, cuts[at + 1]!, binned.codes, column, tables, table);
}

function addLeaf(memory: BoostMemory, leaf: number): void {
  const { order, scores, leafStart, leafEnd, leafValue, scope } = memory;
  const base = scope[scopeOutput]! * memory.binned.rows;
  const value = leafValue[leaf]!;
  const { rows } = order;
  for (let i = leafStart[leaf]!; i < leafEnd[leaf]!; i++) {
    const at = base + rows[i]!;
    scores[at] = scores[at]! + value;
  }
}

function addOutside(memory: BoostMemory, task: number): void {
  const { binned, outside, scores, tables, nodeColumn, nodeLeft, nodeRight, leafValue, scope } = memory;
  const { rows, codes } = binned;
  const base = scope[scopeOutput]! * rows;
  const end = Math.min(scope[scopeOutside]!, (task + 1) * chunkRows);
  for (let i = task * chunkRows; i < end; i++) {
    const row = outside[i]!;
    let node = 0;
    while (node >= 0) {
      const goesLeft = tables[node * 256 + codes[nodeColumn[node]! * rows + row]!]!;
      node = goesLeft === 1 ? nodeLeft[node]! : nodeRight[node]!;
    }
    scores[base + row] = scores[base + row]! + leafValue[~node]!;
  }
}
