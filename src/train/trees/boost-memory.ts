import type { BinnedMatrix } from './binning.ts';
import type { RowOrder } from './histogram.ts';
import { channels, rowOrder } from './histogram.ts';
import type { Arena } from './shared-memory.ts';
import { inOneMemory } from './shared-memory.ts';
import type { SplitRules } from './split.ts';
import type { WasmMemory } from './web-assembly.ts';

/** `squared` learns values, `logistic` one score for two classes, `softmax` a score for each of several. */
export type BoostLoss = 'squared' | 'logistic' | 'softmax';

/** Nodes that are split in one go. */
export const batchSize = 32;

/** Numbers that describe one found split. */
export const foundWidth = 8;

/** Numbers that describe one histogram task: start, end, slot, slot of the other child or -1, search it, search the other. */
export const spanWidth = 6;

/** Numbers that describe one partition task: start, end, column, node; the answer is put into the fifth. */
export const cutWidth = 5;

/** All that the threads of one training share: constants, and arrays over shared memory. */
export interface BoostMemory {
  readonly binned: BinnedMatrix;
  readonly loss: BoostLoss;
  readonly outputs: number;
  readonly rules: SplitRules;
  /** Numbers, or labels. */
  readonly targets: Float64Array;
  /** Empty when all rows weigh 1. */
  readonly weights: Float64Array;
  /** Scores so far, output by output; and probabilities of the round, for `softmax`. */
  readonly scores: Float64Array;
  readonly probabilities: Float64Array;
  readonly order: RowOrder;
  /** Rows that the round learns from, ascending, and all others. */
  readonly sample: Uint32Array;
  readonly outside: Uint32Array;
  /** Where each column's histogram is in a slot, and the size of a slot. */
  readonly histogramAt: Int32Array;
  readonly slotSize: number;
  readonly slots: number;
  readonly histograms: Float64Array;
  /** Columns that the tree may ask about. */
  readonly columns: Int32Array;
  readonly spans: Int32Array;
  /** First, second, rows of the child and of the other child of each span. */
  readonly spanSums: Float64Array;
  /** For each span, child and column: gain, bin, next bin, missing left, first, second, rows, members. */
  readonly found: Float64Array;
  readonly foundOrder: Uint8Array;
  readonly cuts: Int32Array;
  /** The tree that is growing: for each node 256 bytes that say which codes go left, and its children. */
  readonly tables: Uint8Array;
  readonly nodeColumn: Int32Array;
  readonly nodeLeft: Int32Array;
  readonly nodeRight: Int32Array;
  readonly leafStart: Int32Array;
  readonly leafEnd: Int32Array;
  readonly leafValue: Float64Array;
  /** Numbers of the phase: output, rows in the sample, rows outside, columns of the tree. */
  readonly scope: Int32Array;
  readonly control: Int32Array;
  /** The memory that all arrays lie in, when there is one. */
  readonly wasm: WasmMemory | undefined;
}

export const scopeOutput = 0;
export const scopeSample = 1;
export const scopeOutside = 2;
export const scopeColumns = 3;

export interface MemoryPlan {
  readonly binned: BinnedMatrix;
  readonly loss: BoostLoss;
  readonly outputs: number;
  readonly rules: SplitRules;
  readonly targets: Float64Array;
  readonly weights: Float64Array | undefined;
  readonly maxDepth: number;
  readonly maxLeaves: number;
  readonly threads: number;
  /** Bytes that histograms may take. */
  readonly histogramBudget?: number;
}

const histogramBudget = 512 * 2 ** 20;

export function boostMemory(plan: MemoryPlan): BoostMemory {
  const { value, memory } = inOneMemory((arena) => layOut(plan, arena));
  return { ...value, wasm: memory };
}

function layOut(plan: MemoryPlan, arena: Arena): Omit<BoostMemory, 'wasm'> {
  const { binned, outputs, rules } = plan;
  const { rows } = binned;
  const width = binned.columns.length;
  const histogramAt = new Int32Array(width);
  let slotSize = 0;
  binned.columns.forEach((bins, j) => {
    histogramAt[j] = slotSize;
    slotSize += (bins.count + 1) * channels;
  });
  const leaves = leafLimit(plan);
  const wanted = Math.min(leaves, batchSize * Math.min(plan.maxDepth, 16)) + 2;
  const slots = Math.max(
    4,
    Math.min(wanted, Math.floor((plan.histogramBudget ?? histogramBudget) / (slotSize * 8))),
  );
  const results = batchSize * 2 * 2 * width;
  const hasCategories = binned.columns.some((bins) => bins.kind === 'category');
  return {
    binned: { ...binned, codes: filled(arena.bytes(binned.codes.length), binned.codes) },
    loss: plan.loss,
    outputs,
    rules,
    targets: filled(arena.doubles(rows), plan.targets),
    weights: filled(arena.doubles(plan.weights?.length ?? 0), plan.weights ?? []),
    scores: arena.doubles(outputs * rows),
    probabilities: arena.doubles(plan.loss === 'softmax' ? outputs * rows : 0),
    order: rowOrder(rows, arena),
    sample: arena.words(rows),
    outside: arena.words(rows),
    histogramAt,
    slotSize,
    slots,
    histograms: arena.doubles(slots * slotSize),
    columns: arena.integers(width),
    spans: arena.integers(batchSize * 2 * spanWidth),
    spanSums: arena.doubles(batchSize * 2 * 2 * 3),
    found: arena.doubles(results * foundWidth),
    foundOrder: arena.bytes(hasCategories ? results * 256 : 0),
    cuts: arena.integers(batchSize * cutWidth),
    tables: arena.bytes(leaves * 256),
    nodeColumn: arena.integers(leaves),
    nodeLeft: arena.integers(leaves),
    nodeRight: arena.integers(leaves),
    leafStart: arena.integers(leaves),
    leafEnd: arena.integers(leaves),
    leafValue: arena.doubles(leaves),
    scope: arena.integers(4),
    control: arena.integers(8 + 2 * plan.threads),
  };
}

/** Fills an array of the arena; the one that only measures gives empty arrays. */
function filled<T extends Float64Array | Uint8Array>(array: T, values: ArrayLike<number>): T {
  if (array.length > 0) array.set(values);
  return array;
}

/** The most leaves that a tree can have. */
function leafLimit(plan: Pick<MemoryPlan, 'maxDepth' | 'maxLeaves' | 'binned' | 'rules'>): number {
  const byDepth = 2 ** Math.min(plan.maxDepth, 30);
  const byRows = Math.max(1, Math.floor(plan.binned.rows / plan.rules.minRows));
  return Math.min(byDepth, byRows, plan.maxLeaves);
}
