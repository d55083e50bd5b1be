import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import { repeatRow } from '../constant-graph.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { baselineOptions } from '../option-lists.ts';
import type { Problem } from '../problem.ts';
import { readProblem } from '../problem.ts';

/** Knows the target only: class frequencies as probabilities, or the mean. What every other model has to beat. */
export const baseline: Estimator = {
  name: 'baseline',
  tasks: ['classification', 'regression'],
  options: baselineOptions,
  train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const problem = readProblem(baseline, request, { finite: false, contrast: false });
    return Promise.resolve(problem.ok ? success(constantModel(answerOf(problem.value))) : problem);
  },
};

function answerOf({ goal, weights, totalWeight }: Problem): Float64Array {
  if (goal.task === 'regression') {
    let total = 0;
    goal.values.forEach((value, i) => {
      total += value * (weights?.[i] ?? 1);
    });
    return Float64Array.of(total / totalWeight);
  }
  const { present, declared } = goal.classes;
  const shares = new Float64Array(declared);
  goal.labels.forEach((label, i) => {
    shares[present[label]!] = shares[present[label]!]! + (weights?.[i] ?? 1);
  });
  for (let k = 0; k < declared; k++) shares[k] = shares[k]! / totalWeight;
  // Two shares are exact complements, as those of all other estimators.
  if (declared === 2) shares[0] = 1 - shares[1]!;
  return shares;
}

function constantModel(answer: Float64Array): TrainedModel {
  return {
    predict: (matrix) =>
      Float64Array.from({ length: matrix.rows * answer.length }, (_, i) => answer[i % answer.length]!),
    toOnnx(graph, input) {
      const row = graph.constant('answer', { type: 'double', dims: [1, answer.length], values: answer });
      return repeatRow(graph, input, row, answer.length);
    },
    facts: {},
  };
}
