import { setImmediate } from 'node:timers/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { cancelled, diverged } from '../failures.ts';
import { learningSeries } from '../learning.ts';
import { minimize } from '../linear/lbfgs.ts';
import type { LinearScores } from '../linear/linear-model.ts';
import { linearInGraph, linearScores } from '../linear/linear-model.ts';
import { logisticObjective } from '../linear/logistic-loss.ts';
import { standardize } from '../linear/standard.ts';
import { probabilitiesInGraph, probabilitiesOfScores, scoreCount } from '../links.ts';
import { logisticRegressionOptions } from '../option-lists.ts';
import { readProblem } from '../problem.ts';

/** No part of the gradient of the mean loss is larger than this at the answer. */
const tolerance = 1e-9;

/** Logistic regression for two classes, multinomial (softmax) for more, with an L2 penalty. */
export const logisticRegression: Estimator = {
  name: 'logistic-regression',
  tasks: ['classification'],
  options: logisticRegressionOptions,
  async train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const read = readProblem(logisticRegression, request, { finite: true, contrast: true });
    if (!read.ok) return read;
    const { matrix, goal, weights, totalWeight, options } = read.value;
    if (goal.task !== 'classification') throw new TypeError('checked before');
    const rows = standardize(matrix, weights, totalWeight);
    const scores = scoreCount(goal.classes);
    const maxIterations = options.number('max-iterations');
    const objective = logisticObjective({
      rows,
      labels: goal.labels,
      weights,
      totalWeight,
      scores,
      l2: options.number('l2'),
    });
    const minimum = await minimize(objective, {
      start: new Float64Array((rows.width + 1) * scores),
      maxIterations,
      tolerance,
      async stopped(iteration) {
        if (iteration % 10 === 0) {
          request.onProgress(iteration / maxIterations, `iteration ${iteration} of at most ${maxIterations}`);
          await setImmediate();
        }
        return request.signal.aborted;
      },
    });
    if (minimum === undefined) return failed(cancelled());
    const { x, iterations, converged, values } = minimum;
    if (!x.every(Number.isFinite)) {
      return failed(diverged('the coefficients are not finite', 'Raise `l2`, or scale the features.'));
    }
    request.onProgress(1, `${iterations} iterations`);
    const model: LinearScores = {
      means: rows.means,
      coefficients: x
        .slice(0, rows.width * scores)
        .map((value, at) =>
          rows.deviations[Math.floor(at / scores)]! === 0
            ? 0
            : value / rows.deviations[Math.floor(at / scores)]!,
        ),
      intercepts: x.slice(rows.width * scores),
    };
    return success({
      predict: (features) =>
        probabilitiesOfScores(linearScores(model, features), features.rows, goal.classes),
      toOnnx: (graph, input) => probabilitiesInGraph(graph, linearInGraph(graph, input, model), goal.classes),
      facts: { iterations, converged },
      learning: { unit: 'iteration', series: [learningSeries('training log_loss with penalty', values)] },
    });
  },
};
