import { setImmediate } from 'node:timers/promises';
import type { Random } from '../../base/index.ts';
import { seededRandom } from '../../base/index.ts';
import { stepsApart } from '../learning.ts';
import type { BinnedMatrix } from './binning.ts';
import type { GrowthLimits } from './boost-grower.ts';
import { BoostGrower } from './boost-grower.ts';
import { boostLoss, startScores } from './boost-loss.ts';
import type { BoostLoss, BoostMemory } from './boost-memory.ts';
import { boostMemory, scopeColumns, scopeOutput, scopeOutside, scopeSample } from './boost-memory.ts';
import { BoostTeam } from './boost-team.ts';
import { chunkRows, phases } from './boost-work.ts';
import type { SplitRules } from './split.ts';
import type { TreeEnsemble } from './tree.ts';
import { joinTrees } from './tree.ts';

export interface BoostingRun {
  readonly binned: BinnedMatrix;
  readonly loss: BoostLoss;
  readonly outputs: number;
  readonly targets: Float64Array;
  /** With a mean of 1. */
  readonly weights: Float64Array | undefined;
  readonly rounds: number;
  readonly limits: GrowthLimits;
  readonly rules: SplitRules;
  readonly subsample: number;
  readonly columnsShare: number;
  /** Rounds without a better validation loss after which training stops; 0: never, and no rows are kept. */
  readonly patience: number;
  readonly validationShare: number;
  readonly seed: number;
  /** Bytes that histograms may take; those that do not fit are summed up again. */
  readonly histogramBudget?: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onRound: (done: number) => void;
}

export interface Boosted {
  /** Trees of round 0 for each output, then round 1, ... */
  readonly trees: TreeEnsemble;
  /** What the trees are added to, for each output. */
  readonly start: Float64Array;
  readonly rounds: number;
  readonly grown: number;
  readonly validationLoss?: number;
  /** By round, from 0: of rows that were learned from (some thousand of many), and of those kept for validation. */
  readonly losses: {
    readonly training: readonly (readonly [round: number, loss: number])[];
    readonly validation: readonly (readonly [round: number, loss: number])[];
  };
}

/** Below so many values in all rounds together, starting threads takes longer than training. */
const worthThreads = 5_000_000;

/** A curve is drawn from so many of the rows that are learned from: looking at all would slow down training. */
const watchedRows = 20_000;

/** Gradient boosting (Friedman 2001) with second-order leaves (Chen and Guestrin 2016); undefined when cancelled. */
export async function boost(run: BoostingRun): Promise<Boosted | undefined> {
  const { binned, limits, outputs } = run;
  const size = binned.rows * binned.columns.length * run.rounds * outputs;
  const threads = size < worthThreads ? 1 : run.threads;
  const memory = boostMemory({ ...run, ...limits, threads });
  const team = new BoostTeam(memory, threads);
  try {
    return await runRounds(run, memory, team);
  } finally {
    await team.close();
  }
}

async function runRounds(
  run: BoostingRun,
  memory: BoostMemory,
  team: BoostTeam,
): Promise<Boosted | undefined> {
  const { outputs, signal, patience } = run;
  const { rows } = run.binned;
  const random = seededRandom(run.seed);
  const isLearning = splitValidation(run, random);
  const learning = rowsWhere(rows, (row) => isLearning[row] === 1);
  const validation = rowsWhere(rows, (row) => isLearning[row] === 0);
  const start = startScores(run, learning);
  for (let k = 0; k < outputs; k++) memory.scores.fill(start[k]!, k * rows, (k + 1) * rows);
  const grower = new BoostGrower(memory, team, run.limits);
  const useful = run.binned.columns.flatMap((bins, j) =>
    bins.count > 1 || hasMissing(run.binned, j) ? [j] : [],
  );
  const trees: TreeEnsemble[] = [];
  let best = { rounds: 0, loss: patience > 0 ? boostLoss(memory, validation) : Infinity };
  const watched = learning.filter((_, i) => i % Math.ceil(learning.length / watchedRows) === 0);
  const apart = stepsApart(run.rounds);
  const losses = {
    training: [[0, boostLoss(memory, watched)]] as [number, number][],
    validation: (patience > 0 ? [[0, best.loss]] : []) as [number, number][],
  };
  let round = 0;
  for (; round < run.rounds; round++) {
    if (signal.aborted) return undefined;
    if (run.subsample < 1 || round === 0) drawSample(memory, learning, run.subsample, random);
    if (run.loss === 'softmax') team.run(phases.probabilities, chunks(rows), rows * outputs * 20);
    for (let output = 0; output < outputs; output++) {
      drawColumns(memory, useful, run.columnsShare, random);
      memory.scope[scopeOutput] = output;
      trees.push(growTree(memory, team, grower));
    }
    if ((round + 1) % apart === 0 || round + 1 === run.rounds)
      losses.training.push([round + 1, boostLoss(memory, watched)]);
    run.onRound(round + 1);
    await setImmediate();
    if (patience === 0) continue;
    const loss = boostLoss(memory, validation);
    losses.validation.push([round + 1, loss]);
    if (loss < best.loss) best = { rounds: round + 1, loss };
    if (round + 1 - best.rounds >= patience) {
      round++;
      break;
    }
  }
  const rounds = patience > 0 ? best.rounds : round;
  return {
    trees: joinTrees(trees.slice(0, rounds * outputs), 1),
    start,
    rounds,
    grown: round,
    losses,
    ...(patience > 0 ? { validationLoss: best.loss } : {}),
  };
}

function growTree(memory: BoostMemory, team: BoostTeam, grower: BoostGrower): TreeEnsemble {
  const sampled = memory.scope[scopeSample]!;
  const outside = memory.scope[scopeOutside]!;
  team.run(phases.gradients, chunks(sampled), sampled * 10);
  const { tree, leaves } = grower.grow(sampled);
  team.run(phases.leaves, leaves, sampled * 2);
  if (outside > 0) team.run(phases.outside, chunks(outside), outside * 10);
  return tree;
}

function chunks(rows: number): number {
  return Math.ceil(rows / chunkRows);
}

function rowsWhere(rows: number, holds: (row: number) => boolean): Int32Array {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) if (holds(row)) found.push(row);
  return Int32Array.from(found);
}

/** 1 for rows to learn from, 0 for validation rows: `validationShare` of all, at least one of each. */
function splitValidation({ binned, patience, validationShare }: BoostingRun, random: Random): Uint8Array {
  const { rows } = binned;
  const isLearning = new Uint8Array(rows).fill(1);
  if (patience === 0) return isLearning;
  let wanted = Math.max(1, Math.min(rows - 1, Math.round(rows * validationShare)));
  for (let row = 0; row < rows; row++) {
    if (random() * (rows - row) >= wanted) continue;
    isLearning[row] = 0;
    wanted--;
  }
  return isLearning;
}

/** Draws the rows of a round without repetition. */
function drawSample(memory: BoostMemory, learning: Int32Array, share: number, random: Random): void {
  const { sample, outside, scope, binned } = memory;
  let wanted = share < 1 ? Math.max(1, Math.round(learning.length * share)) : learning.length;
  let inside = 0;
  let out = 0;
  let next = 0;
  for (let k = 0; k < learning.length; k++) {
    const row = learning[k]!;
    while (next < row) outside[out++] = next++;
    next = row + 1;
    if (share === 1 || random() * (learning.length - k) < wanted) {
      sample[inside++] = row;
      wanted--;
    } else outside[out++] = row;
  }
  while (next < binned.rows) outside[out++] = next++;
  scope[scopeSample] = inside;
  scope[scopeOutside] = out;
}

/** Draws the columns of a tree without repetition, ascending. */
function drawColumns(memory: BoostMemory, useful: readonly number[], share: number, random: Random): void {
  let wanted = share < 1 ? Math.max(1, Math.round(useful.length * share)) : useful.length;
  wanted = Math.min(wanted, useful.length);
  memory.scope[scopeColumns] = wanted;
  let taken = 0;
  useful.forEach((column, k) => {
    if (share < 1 && random() * (useful.length - k) >= wanted) return;
    memory.columns[taken++] = column;
    wanted--;
  });
}

function hasMissing({ rows, columns, codes }: BinnedMatrix, column: number): boolean {
  return codes.subarray(column * rows, (column + 1) * rows).includes(columns[column]!.count);
}
