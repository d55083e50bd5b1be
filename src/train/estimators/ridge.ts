import { setImmediate } from 'node:timers/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { cancelled, diverged } from '../failures.ts';
import { cholesky, solveCholesky } from '../linear/cholesky.ts';
import type { LinearScores } from '../linear/linear-model.ts';
import { linearInGraph, linearScores } from '../linear/linear-model.ts';
import type { StandardRows } from '../linear/standard.ts';
import { standardize } from '../linear/standard.ts';
import { ridgeOptions } from '../option-lists.ts';
import type { Problem } from '../problem.ts';
import { readProblem } from '../problem.ts';

/** Least squares with an L2 penalty (Hoerl and Kennard 1970), in closed form. */
export const ridge: Estimator = {
  name: 'ridge',
  tasks: ['regression'],
  options: ridgeOptions,
  async train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const read = readProblem(ridge, request, { finite: true, contrast: true });
    if (!read.ok) return read;
    await setImmediate();
    if (request.signal.aborted) return failed(cancelled());
    const model = solve(read.value);
    if (!model.coefficients.every(Number.isFinite) || !model.intercepts.every(Number.isFinite)) {
      return failed(diverged('the coefficients are not finite', 'Raise `l2`, or scale features and target.'));
    }
    request.onProgress(1, 'solved');
    return success({
      predict: (features) => linearScores(model, features),
      toOnnx: (graph, input) => linearInGraph(graph, input, model),
      facts: { coefficients: model.coefficients.filter((value) => value !== 0).length },
    });
  },
};

function solve({ matrix, goal, weights, totalWeight, options }: Problem): LinearScores {
  if (goal.task !== 'regression') throw new TypeError('checked before');
  const rows = standardize(matrix, weights, totalWeight);
  const { width, deviations } = rows;
  const mean = goal.values.reduce((total, value, i) => total + value * (weights?.[i] ?? 1), 0) / totalWeight;
  const targets = goal.values.map((value) => value - mean);
  const penalties = deviations.map((deviation) =>
    deviation === 0 ? 0 : options.number('l2') / totalWeight / (deviation * deviation),
  );
  const { equations, right } = normalEquations(rows, targets, weights, totalWeight);
  for (let j = 0; j < width; j++) equations[j * width + j] = equations[j * width + j]! + penalties[j]!;
  const factor = cholesky(equations, width);
  const answer = solveCholesky(factor, right);
  // Iterative refinement: the residual is computed from the rows, not from the squared equations.
  for (let pass = 0; pass < 2; pass++) {
    const residuals = targets.map((target, i) => target - rowDot(rows, i, answer));
    const rest = correlations(rows, residuals, weights, totalWeight).map(
      (value, j) => value - penalties[j]! * answer[j]!,
    );
    const correction = solveCholesky(factor, rest);
    for (let j = 0; j < width; j++) answer[j] = answer[j]! + correction[j]!;
  }
  return {
    means: rows.means,
    coefficients: answer.map((value, j) => (deviations[j] === 0 ? 0 : value / deviations[j]!)),
    intercepts: Float64Array.of(mean),
  };
}

function rowDot({ values, width }: StandardRows, row: number, coefficients: Float64Array): number {
  let total = 0;
  for (let j = 0; j < width; j++) total += values[row * width + j]! * coefficients[j]!;
  return total;
}

/** Weighted means of column times target. */
function correlations(
  { values, width, rows }: StandardRows,
  targets: Float64Array,
  weights: Float64Array | undefined,
  totalWeight: number,
): Float64Array {
  const sums = new Float64Array(width);
  for (let i = 0; i < rows; i++) {
    const scaled = targets[i]! * (weights === undefined ? 1 : weights[i]!);
    for (let j = 0; j < width; j++) sums[j] = sums[j]! + values[i * width + j]! * scaled;
  }
  return sums.map((sum) => sum / totalWeight);
}

function normalEquations(
  rows: StandardRows,
  targets: Float64Array,
  weights: Float64Array | undefined,
  totalWeight: number,
): { equations: Float64Array; right: Float64Array } {
  const { values, width } = rows;
  const equations = new Float64Array(width * width);
  for (let i = 0; i < rows.rows; i++) {
    const at = i * width;
    const weight = weights === undefined ? 1 : weights[i]!;
    for (let j = 0; j < width; j++) {
      const scaled = weight * values[at + j]!;
      for (let k = 0; k <= j; k++) {
        equations[j * width + k] = equations[j * width + k]! + scaled * values[at + k]!;
      }
    }
  }
  for (let j = 0; j < width; j++) {
    for (let k = 0; k <= j; k++) {
      const value = equations[j * width + k]! / totalWeight;
      equations[j * width + k] = value;
      equations[k * width + j] = value;
    }
  }
  return { equations, right: correlations(rows, targets, weights, totalWeight) };
}
