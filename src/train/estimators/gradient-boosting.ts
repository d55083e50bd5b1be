import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { FeatureMatrix } from '../../features/index.ts';
import { repeatRow } from '../constant-graph.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { cancelled, conflictingOptions, diverged } from '../failures.ts';
import type { Learning } from '../learning.ts';
import { learningSeries } from '../learning.ts';
import { probabilitiesInGraph, probabilitiesOfScores, scoreCount } from '../links.ts';
import { gradientBoostingOptions } from '../option-lists.ts';
import type { Goal, Problem } from '../problem.ts';
import { readProblem } from '../problem.ts';
import { binMatrix } from '../trees/binning.ts';
import type { Boosted, BoostingRun } from '../trees/boosting.ts';
import { boost } from '../trees/boosting.ts';
import { visitLeaves } from '../trees/tree.ts';
import { treesInGraph } from '../trees/tree-onnx.ts';

/** The most leaves of a tree, whatever its depth. */
const leavesAtMost = 65_536;

/** Gradient boosting on histograms: numbers, classes, missing values, categories, weights. */
export const gradientBoosting: Estimator = {
  name: 'gradient-boosting',
  tasks: ['classification', 'regression'],
  options: gradientBoostingOptions,
  async train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const problem = readProblem(gradientBoosting, request, { finite: false, contrast: true });
    if (!problem.ok) return problem;
    const run = planRun(problem.value, request);
    if (!run.ok) return run;
    const boosted = await boost(run.value);
    if (boosted === undefined) return failed(cancelled());
    if (!boosted.trees.leaves.every(Number.isFinite)) {
      return failed(
        diverged('a tree has values that are not finite', 'Scale the target to a moderate size.'),
      );
    }
    return success(boostedModel(boosted, problem.value.goal, run.value.patience > 0));
  },
};

function planRun(problem: Problem, request: TrainingRequest): Result<BoostingRun, TrainFailure> {
  const { options, goal, matrix } = problem;
  const maxDepth = options.numberOrNull('max-depth');
  const maxLeaves = options.numberOrNull('max-leaves');
  if (maxDepth === null && maxLeaves === null) {
    return failed(
      conflictingOptions(
        '`max-depth` and `max-leaves` are both null',
        'Give one of them a number, such as `max-leaves: 31`.',
      ),
    );
  }
  const patience = options.number('early-stopping');
  if (patience > 0 && matrix.rows < 2) {
    return failed(
      conflictingOptions(
        '`early-stopping` needs a second row to validate on',
        'Leave `early-stopping` out, or bring more rows.',
      ),
    );
  }
  const minRows = options.number('min-samples-leaf');
  const rounds = options.number('trees');
  const { seed, threads, signal } = request;
  return success({
    binned: binMatrix(matrix, { maxBins: options.number('max-bins'), seed }),
    loss: lossOf(goal),
    outputs: goal.task === 'regression' ? 1 : scoreCount(goal.classes),
    targets: goal.task === 'regression' ? goal.values : Float64Array.from(goal.labels),
    weights: problem.weights?.map((weight) => (weight * matrix.rows) / problem.totalWeight),
    rounds,
    limits: {
      maxDepth: maxDepth ?? Infinity,
      maxLeaves: maxLeaves ?? leavesAtMost,
      learningRate: options.number('learning-rate'),
    },
    rules: {
      l2: options.number('l2'),
      minRows,
      minSecond: goal.task === 'regression' ? Number.MIN_VALUE : 1e-3,
      smoothing: 10,
      support: Math.min(10, minRows),
    },
    subsample: options.number('subsample'),
    columnsShare: options.number('columns-share'),
    patience,
    validationShare: options.number('validation-share'),
    seed,
    threads,
    signal,
    onRound: (done) => request.onProgress(done / rounds, `tree ${done} of ${rounds}`),
  });
}

function lossOf(goal: Goal): BoostingRun['loss'] {
  if (goal.task === 'regression') return 'squared';
  return scoreCount(goal.classes) === 1 ? 'logistic' : 'softmax';
}

function boostedModel(boosted: Boosted, goal: Goal, early: boolean): TrainedModel {
  const { trees, start } = boosted;
  const outputs = start.length;
  const scores = (matrix: FeatureMatrix): Float64Array => {
    const sums = new Float64Array(matrix.rows * outputs);
    visitLeaves(trees, matrix, (row, tree, leaf) => {
      const at = row * outputs + (tree % outputs);
      sums[at] = sums[at]! + trees.leaves[leaf]!;
    });
    return sums.map((sum, i) => sum + start[i % outputs]!);
  };
  return {
    predict: (matrix) =>
      goal.task === 'regression'
        ? scores(matrix)
        : probabilitiesOfScores(scores(matrix), matrix.rows, goal.classes),
    toOnnx(graph, input) {
      const base = graph.constant('start', { type: 'double', dims: [1, outputs], values: start });
      let score: string;
      if (trees.roots.length === 0) {
        score = repeatRow(graph, input, base, outputs);
      } else {
        const sums = treesInGraph(graph, input, trees, {
          targets: outputs,
          target: (tree) => tree % outputs,
          value: (leaf) => trees.leaves[leaf]!,
        });
        score = graph.node('Add', [sums, base])[0]!;
      }
      return goal.task === 'regression' ? score : probabilitiesInGraph(graph, score, goal.classes);
    },
    facts: {
      trees: trees.roots.length,
      rounds: boosted.rounds,
      'rounds-grown': boosted.grown,
      'stopped-early': early && boosted.grown > boosted.rounds,
      leaves: trees.leaves.length,
      ...(boosted.validationLoss === undefined ? {} : { 'validation-loss': boosted.validationLoss }),
    },
    learning: learningOf(boosted, goal),
  };
}

/** The loss that was made small: of numbers half the mean squared error. */
function learningOf({ losses }: Boosted, goal: Goal): Learning {
  const name = goal.task === 'regression' ? 'squared loss' : 'log_loss';
  return {
    unit: 'round',
    series: [
      learningSeries(`training ${name}`, losses.training),
      ...(losses.validation.length === 0 ? [] : [learningSeries(`validation ${name}`, losses.validation)]),
    ],
  };
}
