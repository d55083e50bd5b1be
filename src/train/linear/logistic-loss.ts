import { softmax } from '../links.ts';
import type { Objective } from './lbfgs.ts';
import type { StandardRows } from './standard.ts';

export interface LogisticTask {
  readonly rows: StandardRows;
  readonly labels: Int32Array;
  readonly weights: Float64Array | undefined;
  readonly totalWeight: number;
  /** 1 for two classes, else the number of classes. */
  readonly scores: number;
  readonly l2: number;
}

/**
 * The penalized log loss divided by the total weight, as a function of coefficients (columns x scores) and then
 * intercepts, both of standardized columns. The penalty is on the coefficients of the original columns.
 */
export function logisticObjective(task: LogisticTask): Objective {
  return task.scores === 1 ? binaryObjective(task) : multinomialObjective(task);
}

function binaryObjective(task: LogisticTask): Objective {
  const { rows, labels, weights, totalWeight } = task;
  const { width, values } = rows;
  return (x, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < rows.rows; i++) {
      const at = i * width;
      let score = x[width]!;
      for (let j = 0; j < width; j++) score += values[at + j]! * x[j]!;
      const weight = weights === undefined ? 1 : weights[i]!;
      const e = Math.exp(-Math.abs(score));
      const p = (score >= 0 ? 1 : e) / (1 + e);
      const hit = labels[i] === 1;
      const margin = hit ? score : -score;
      loss += weight * (Math.log1p(e) + (margin < 0 ? -margin : 0));
      // 1 - p without cancellation, for rows that are almost certain.
      const q = (score >= 0 ? e : 1) / (1 + e);
      const residual = weight * (hit ? -q : p);
      for (let j = 0; j < width; j++) gradient[j] = gradient[j]! + residual * values[at + j]!;
      gradient[width] = gradient[width]! + residual;
    }
    return finish(task, loss, x, gradient, totalWeight);
  };
}

function multinomialObjective(task: LogisticTask): Objective {
  const { rows, labels, weights, totalWeight, scores: count } = task;
  const { width, values } = rows;
  const scores = new Float64Array(count);
  return (x, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < rows.rows; i++) {
      const at = i * width;
      for (let k = 0; k < count; k++) scores[k] = x[width * count + k]!;
      for (let j = 0; j < width; j++) {
        const value = values[at + j]!;
        for (let k = 0; k < count; k++) scores[k] = scores[k]! + value * x[j * count + k]!;
      }
      const weight = weights === undefined ? 1 : weights[i]!;
      const label = labels[i]!;
      const own = scores[label]!;
      let highest = -Infinity;
      for (let k = 0; k < count; k++) highest = Math.max(highest, scores[k]!);
      let total = 0;
      for (let k = 0; k < count; k++) total += Math.exp(scores[k]! - highest);
      loss += weight * (Math.log(total) + highest - own);
      softmax(scores, 0, count);
      let others = 0;
      for (let k = 0; k < count; k++) if (k !== label) others += scores[k]!;
      for (let k = 0; k < count; k++) scores[k] = weight * (k === label ? -others : scores[k]!);
      for (let j = 0; j < width; j++) {
        const value = values[at + j]!;
        for (let k = 0; k < count; k++) {
          gradient[j * count + k] = gradient[j * count + k]! + value * scores[k]!;
        }
      }
      for (let k = 0; k < count; k++) gradient[width * count + k] = gradient[width * count + k]! + scores[k]!;
    }
    return finish(task, loss, x, gradient, totalWeight);
  };
}

/** Adds the penalty and divides by the weight. */
function finish(
  { rows, scores, l2 }: LogisticTask,
  loss: number,
  x: Float64Array,
  gradient: Float64Array,
  totalWeight: number,
): number {
  let penalty = 0;
  for (let j = 0; j < rows.width; j++) {
    const deviation = rows.deviations[j]!;
    if (deviation === 0) continue;
    for (let k = 0; k < scores; k++) {
      const at = j * scores + k;
      const coefficient = x[at]! / deviation;
      penalty += coefficient * coefficient;
      gradient[at] = gradient[at]! + (l2 * coefficient) / deviation;
    }
  }
  for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / totalWeight;
  return (loss + (l2 * penalty) / 2) / totalWeight;
}
