import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { FeatureMatrix } from '../../features/index.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { cancelled, diverged } from '../failures.ts';
import { learningSeries } from '../learning.ts';
import type { LinearScores } from '../linear/linear-model.ts';
import { linearInGraph, linearScores } from '../linear/linear-model.ts';
import type { SgdTask } from '../linear/sgd.ts';
import { descend } from '../linear/sgd.ts';
import { sgdOptions } from '../option-lists.ts';
import { readProblem } from '../problem.ts';

/** Linear regression by stochastic gradient descent. Features should be scaled. */
export const sgd: Estimator = {
  name: 'sgd',
  tasks: ['regression'],
  options: sgdOptions,
  async train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const read = readProblem(sgd, request, { finite: true, contrast: true });
    if (!read.ok) return read;
    const { matrix, goal, weights, totalWeight, options } = read.value;
    if (goal.task !== 'regression') throw new TypeError('checked before');
    const epochs = options.number('epochs');
    const width = matrix.columns.length;
    const answer = await descend({
      rows: matrix.rows,
      width,
      values: rowByRow(matrix),
      targets: goal.values,
      weights: weights?.map((weight) => (weight * matrix.rows) / totalWeight),
      loss: options.text('loss') as SgdTask['loss'],
      huberWidth: options.number('huber-width'),
      l2: options.number('l2'),
      learningRate: options.number('learning-rate'),
      schedule: options.text('schedule') as SgdTask['schedule'],
      power: options.number('power'),
      epochs,
      tolerance: options.numberOrNull('tolerance'),
      patience: options.number('patience'),
      validationShare: options.number('validation-share'),
      average: options.flag('average'),
      seed: request.seed,
      stopped(epoch) {
        request.onProgress(epoch / epochs, `epoch ${epoch} of at most ${epochs}`);
        return request.signal.aborted;
      },
    });
    if (answer === undefined) return failed(cancelled());
    if (!Number.isFinite(answer.loss) || !answer.x.every(Number.isFinite)) {
      return failed(
        diverged(
          `the coefficients grew without end in epoch ${answer.epochs + 1}`,
          'Add `scale: standard` to the feature declarations, or make `learning-rate` smaller.',
        ),
      );
    }
    const model: LinearScores = {
      means: new Float64Array(width),
      coefficients: answer.x.slice(0, width),
      intercepts: answer.x.slice(width),
    };
    return success({
      predict: (features) => linearScores(model, features),
      toOnnx: (graph, input) => linearInGraph(graph, input, model),
      facts: {
        epochs: answer.epochs,
        steps: answer.steps,
        loss: answer.loss,
        'stopped-early': answer.stoppedEarly,
      },
      learning: {
        unit: 'epoch',
        series: [
          learningSeries(`training ${options.text('loss')} loss`, answer.losses.training),
          ...(answer.losses.validation.length === 0
            ? []
            : [learningSeries(`validation ${options.text('loss')} loss`, answer.losses.validation)]),
        ],
      },
    });
  },
};

function rowByRow(matrix: FeatureMatrix): Float64Array {
  const width = matrix.columns.length;
  const values = new Float64Array(matrix.rows * width);
  matrix.columns.forEach((column, j) => {
    for (let i = 0; i < matrix.rows; i++) values[i * width + j] = column[i]!;
  });
  return values;
}
