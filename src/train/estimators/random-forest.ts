import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GraphBuilder } from '../../onnx/index.ts';
import type { Estimator, TrainedModel, TrainingRequest } from '../estimator.ts';
import type { TrainFailure } from '../failures.ts';
import { cancelled } from '../failures.ts';

import { learningSeries } from '../learning.ts';
import { spreadInGraph, spreadProbabilities } from '../links.ts';
import { randomForestOptions } from '../option-lists.ts';
import type { Goal, Problem } from '../problem.ts';
import { readProblem } from '../problem.ts';
import { binMatrix } from '../trees/binning.ts';
import { growForest } from '../trees/forest.ts';
import type { ForestJob } from '../trees/forest-grower.ts';
import { outOfBagError } from '../trees/out-of-bag.ts';
import type { TreeEnsemble } from '../trees/tree.ts';
import { visitLeaves } from '../trees/tree.ts';
import { treesInGraph } from '../trees/tree-onnx.ts';

/** Random forest (Breiman 2001); a class's probability is the mean of its shares in the leaves. */
export const randomForest: Estimator = {
  name: 'random-forest',
  tasks: ['classification', 'regression'],
  options: randomForestOptions,
  async train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>> {
    const read = readProblem(randomForest, request, { finite: false, contrast: true });
    if (!read.ok) return read;
    const problem = read.value;
    const trees = problem.options.number('trees');
    const center =
      problem.goal.task === 'regression' ? weightedMean(problem.goal.values, problem.weights) : 0;
    const job = planJob(problem, center, request.seed);
    const grown = await growForest({
      job,
      trees,
      threads: request.threads,
      signal: request.signal,
      onTree: (done) => request.onProgress(done / trees, `tree ${done} of ${trees}`),
    });
    if (grown === undefined) return failed(cancelled());
    const errors = outOfBagError(job, grown, problem.matrix, problem.goal.task);
    return success({
      ...forestModel(grown, problem.goal, center),
      learning: {
        unit: 'tree',
        series: errors === undefined ? [] : [learningSeries('out-of-bag error', errors)],
      },
    });
  },
};

function planJob(problem: Problem, center: number, seed: number): ForestJob {
  const { goal, options, matrix, weights, totalWeight } = problem;
  const columns = matrix.columns.length;
  const rule = options.text('max-features');
  const chosen = rule === 'auto' ? (goal.task === 'classification' ? 'sqrt' : 'third') : rule;
  const tries =
    chosen === 'all' ? columns : chosen === 'sqrt' ? Math.floor(Math.sqrt(columns)) : Math.ceil(columns / 3);
  const several = goal.task === 'classification' && goal.classes.present.length > 2;
  return {
    binned: binMatrix(matrix, { maxBins: options.number('max-bins'), seed }),
    targets: shared(
      goal.task === 'regression'
        ? goal.values.map((value) => value - center)
        : Float64Array.from(goal.labels),
    ),
    weights: weights && shared(weights.map((weight) => (weight * matrix.rows) / totalWeight)),
    classes: several ? goal.classes.present.length : 0,
    maxDepth: options.numberOrNull('max-depth') ?? Infinity,
    minSamplesLeaf: options.number('min-samples-leaf'),
    tries: Math.max(1, tries),
    bootstrap: options.flag('bootstrap'),
    seed,
  };
}

function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  let total = 0;
  let weightSum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    total += weight * values[i]!;
    weightSum += weight;
  }
  return total / weightSum;
}

/** A copy that threads share. */
function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.length * 8));
  copy.set(values);
  return copy;
}

function forestModel(trees: TreeEnsemble, goal: Goal, center: number): TrainedModel {
  const count = trees.roots.length;
  const { outputs, leaves } = trees;
  return {
    predict(matrix) {
      const means = new Float64Array(matrix.rows * outputs);
      visitLeaves(trees, matrix, (row, _, leaf) => {
        for (let k = 0; k < outputs; k++) {
          means[row * outputs + k] = means[row * outputs + k]! + leaves[leaf * outputs + k]!;
        }
      });
      for (let i = 0; i < means.length; i++) means[i] = means[i]! / count + center;
      return goal.task === 'regression' ? means : spreadProbabilities(means, matrix.rows, goal.classes);
    },
    toOnnx(graph, input) {
      const means = outputs === 1 ? singleMean(graph, input, trees, center) : classMeans(graph, input, trees);
      return goal.task === 'regression' ? means : spreadInGraph(graph, means, goal.classes);
    },
    facts: { trees: count, leaves: leaves.length / outputs, nodes: trees.feature.length },
  };
}

function singleMean(graph: GraphBuilder, input: string, trees: TreeEnsemble, center: number): string {
  const sum = treesInGraph(graph, input, trees, {
    targets: 1,
    target: () => 0,
    value: (leaf) => trees.leaves[leaf]!,
  });
  const mean = graph.node('Div', [sum, scalar(graph, 'trees', trees.roots.length)])[0]!;
  return center === 0 ? mean : graph.node('Add', [mean, scalar(graph, 'center', center)])[0]!;
}

/**
 * A leaf of `TreeEnsemble` adds to one column only. So for several classes each tree has a column, in which it puts
 * the number of its leaf, and the class shares are looked up by that number.
 */
function classMeans(graph: GraphBuilder, input: string, trees: TreeEnsemble): string {
  const { outputs, leaves, roots } = trees;
  const numbers = treesInGraph(graph, input, trees, {
    targets: roots.length,
    target: (tree) => tree,
    value: (leaf) => leaf,
  });
  const leafNumbers = graph.node('Cast', [numbers], { attributes: { to: { kind: 'int', value: 7 } } })[0]!;
  const table = graph.constant('leaf_shares', {
    type: 'double',
    dims: [leaves.length / outputs, outputs],
    values: leaves,
  });
  const shares = graph.node('Gather', [table, leafNumbers], {
    attributes: { axis: { kind: 'int', value: 0 } },
  })[0]!;
  const axis = graph.constant('tree_axis', { type: 'int64', dims: [1], values: [1] });
  const sums = graph.node('ReduceSum', [shares, axis], {
    attributes: { keepdims: { kind: 'int', value: 0 } },
  })[0]!;
  return graph.node('Div', [sums, scalar(graph, 'trees', roots.length)])[0]!;
}

function scalar(graph: GraphBuilder, name: string, value: number): string {
  return graph.constant(name, { type: 'double', dims: [1], values: Float64Array.of(value) });
}
