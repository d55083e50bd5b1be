import { setImmediate } from 'node:timers/promises';
import type { Random } from '../../base/index.ts';
import { seededRandom } from '../../base/index.ts';

export interface SgdTask {
  readonly rows: number;
  readonly width: number;
  /** Row by row. */
  readonly values: Float64Array;
  readonly targets: Float64Array;
  /** With a mean of 1. */
  readonly weights: Float64Array | undefined;
  readonly loss: 'squared' | 'huber';
  readonly huberWidth: number;
  readonly l2: number;
  readonly learningRate: number;
  readonly schedule: 'inverse-scaling' | 'constant' | 'adaptive';
  readonly power: number;
  readonly epochs: number;
  readonly tolerance: number | null;
  readonly patience: number;
  readonly validationShare: number;
  readonly average: boolean;
  readonly seed: number;
  readonly stopped: (epoch: number) => boolean;
}

export interface SgdAnswer {
  /** Coefficients, then the intercept. */
  readonly x: Float64Array;
  readonly epochs: number;
  readonly steps: number;
  readonly loss: number;
  readonly stoppedEarly: boolean;
  /** Mean loss by epoch: while its rows were learned from, and of rows kept for validation, where there are any. */
  readonly losses: {
    readonly training: readonly (readonly [epoch: number, loss: number])[];
    readonly validation: readonly (readonly [epoch: number, loss: number])[];
  };
}

/** Steps smaller than this end the schedule `adaptive`. */
const leastRate = 1e-6;

/** Stochastic gradient descent, one row a step, with Polyak-Ruppert averaging; undefined when it was stopped. */
export async function descend(task: SgdTask): Promise<SgdAnswer | undefined> {
  const { rows, width } = task;
  const random = seededRandom(task.seed);
  const order = shuffled(rows, random);
  const held =
    task.validationShare > 0 && rows > 1
      ? Math.min(rows - 1, Math.max(1, Math.round(rows * task.validationShare)))
      : 0;
  const validation = order.slice(0, held);
  const learning = order.slice(held);
  const x = new Float64Array(width + 1);
  const mean = new Float64Array(width + 1);
  let steps = 0;
  let averaged = 0;
  let rate = task.learningRate;
  let best = Infinity;
  let idle = 0;
  let epoch = 0;
  let loss = Infinity;
  const losses = { training: [] as [number, number][], validation: [] as [number, number][] };
  for (; epoch < task.epochs; epoch++) {
    if (task.stopped(epoch)) return undefined;
    shuffle(learning, random);
    let total = 0;
    let weights = 0;
    for (const row of learning) {
      if (task.schedule === 'inverse-scaling') rate = task.learningRate / (steps + 1) ** task.power;
      steps++;
      total += stepOn(task, row, x, rate);
      weights += task.weights?.[row] ?? 1;
      if (!task.average || epoch === 0) continue;
      averaged++;
      for (let j = 0; j <= width; j++) mean[j] = mean[j]! + (x[j]! - mean[j]!) / averaged;
    }
    const answer = averaged > 0 ? mean : x;
    loss = held > 0 ? meanLoss(task, validation, answer) : total / weights;
    if (!Number.isFinite(loss)) break;
    losses.training.push([epoch + 1, total / weights]);
    if (held > 0) losses.validation.push([epoch + 1, loss]);
    await setImmediate();
    if (task.tolerance === null) continue;
    if (loss < best - task.tolerance * Math.abs(best) || best === Infinity) idle = 0;
    else idle++;
    best = Math.min(best, loss);
    if (idle < task.patience) continue;
    if (task.schedule !== 'adaptive' || rate / 5 < leastRate) {
      epoch++;
      return { x: answer.slice(), epochs: epoch, steps, loss, stoppedEarly: true, losses };
    }
    rate /= 5;
    idle = 0;
  }
  return { x: (averaged > 0 ? mean : x).slice(), epochs: epoch, steps, loss, stoppedEarly: false, losses };
}

/** One step against the gradient of a row; returns the row's weighted loss before the step. */
function stepOn(task: SgdTask, row: number, x: Float64Array, rate: number): number {
  const { width, values, l2, huberWidth } = task;
  const at = row * width;
  const weight = task.weights === undefined ? 1 : task.weights[row]!;
  const error = errorOf(task, row, x);
  const pull = task.loss === 'huber' ? Math.max(-huberWidth, Math.min(huberWidth, error)) : error;
  const move = rate * weight * pull;
  // The penalty is applied implicitly (divided by), which cannot overshoot however large it is.
  const shrink = 1 / (1 + rate * l2);
  for (let j = 0; j < width; j++) x[j] = (x[j]! - move * values[at + j]!) * shrink;
  x[width] = x[width]! - move;
  return weight * lossOf(task, error);
}

function errorOf({ width, values, targets }: SgdTask, row: number, x: Float64Array): number {
  let score = x[width]!;
  for (let j = 0; j < width; j++) score += values[row * width + j]! * x[j]!;
  return score - targets[row]!;
}

function lossOf({ loss, huberWidth }: SgdTask, error: number): number {
  const size = Math.abs(error);
  return loss === 'squared' || size <= huberWidth
    ? (error * error) / 2
    : huberWidth * (size - huberWidth / 2);
}

function meanLoss(task: SgdTask, rows: Int32Array, x: Float64Array): number {
  let total = 0;
  let weights = 0;
  for (const row of rows) {
    const weight = task.weights?.[row] ?? 1;
    total += weight * lossOf(task, errorOf(task, row, x));
    weights += weight;
  }
  return total / weights;
}

function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(order, random);
  return order;
}

/** Fisher and Yates. */
function shuffle(order: Int32Array, random: Random): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}
