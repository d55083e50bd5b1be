import type { GraphBuilder } from '../onnx/index.ts';
import type { PresentClasses } from './problem.ts';

/** The logistic function. Above about 37 the answer is exactly 1, so the complement is exactly 0. */
export function sigmoid(score: number): number {
  if (score >= 0) return 1 / (1 + Math.exp(-score));
  const e = Math.exp(score);
  return e / (1 + e);
}

/** Turns `count` scores at `at` into probabilities, in place; no overflow, whatever the scores are. */
export function softmax(scores: Float64Array, at: number, count: number): void {
  let highest = -Infinity;
  for (let k = 0; k < count; k++) if (scores[at + k]! > highest) highest = scores[at + k]!;
  let total = 0;
  for (let k = 0; k < count; k++) {
    const e = Math.exp(scores[at + k]! - highest);
    scores[at + k] = e;
    total += e;
  }
  for (let k = 0; k < count; k++) scores[at + k] = scores[at + k]! / total;
}

/** How many scores a model has for classes that are present: one (of the second class) for two, else one each. */
export function scoreCount(classes: PresentClasses): number {
  return classes.present.length === 2 ? 1 : classes.present.length;
}

/**
 * Spreads probabilities of the present classes over the declared ones. For two present classes, `given` holds only
 * the second one's, row by row; the first one's is the exact complement. A class that had no training rows gets 0.
 */
export function spreadProbabilities(
  given: Float64Array,
  rows: number,
  classes: PresentClasses,
): Float64Array {
  const { present, declared } = classes;
  const result = new Float64Array(rows * declared);
  const count = scoreCount(classes);
  for (let i = 0; i < rows; i++) {
    if (count === 1) {
      const second = given[i]!;
      result[i * declared + present[0]!] = 1 - second;
      result[i * declared + present[1]!] = second;
    } else {
      for (let k = 0; k < count; k++) result[i * declared + present[k]!] = given[i * count + k]!;
    }
  }
  return result;
}

/** Scores to probabilities of the declared classes: `sigmoid` and its complement for two, `softmax` for more. */
export function probabilitiesOfScores(
  scores: Float64Array,
  rows: number,
  classes: PresentClasses,
): Float64Array {
  const count = scoreCount(classes);
  const given = scores.slice();
  if (count === 1) for (let i = 0; i < rows; i++) given[i] = sigmoid(given[i]!);
  else for (let i = 0; i < rows; i++) softmax(given, i * count, count);
  return spreadProbabilities(given, rows, classes);
}

/** The same as `spreadProbabilities`, as operators on a double tensor [rows, scores]. */
export function spreadInGraph(graph: GraphBuilder, given: string, classes: PresentClasses): string {
  const { present, declared } = classes;
  let probabilities = given;
  if (present.length === 2) {
    const one = graph.constant('one', { type: 'double', dims: [1], values: Float64Array.of(1) });
    const first = graph.node('Sub', [one, given])[0]!;
    probabilities = graph.node('Concat', [first, given], {
      attributes: { axis: { kind: 'int', value: 1 } },
    })[0]!;
  }
  if (present.length === declared) return probabilities;
  const zero = graph.constant('zero', { type: 'double', dims: [1], values: new Float64Array(1) });
  const columns = Array.from({ length: declared }, (_, k) => present.indexOf(k));
  const padded = graph.node(
    'Concat',
    [probabilities, graph.node('Mul', [sliceFirst(graph, probabilities), zero])[0]!],
    {
      attributes: { axis: { kind: 'int', value: 1 } },
    },
  )[0]!;
  const order = graph.constant('class_order', {
    type: 'int64',
    dims: [declared],
    values: columns.map((column) => (column < 0 ? present.length : column)),
  });
  return graph.node('Gather', [padded, order], { attributes: { axis: { kind: 'int', value: 1 } } })[0]!;
}

function sliceFirst(graph: GraphBuilder, matrix: string): string {
  const first = graph.constant('first', { type: 'int64', dims: [1], values: [0] });
  return graph.node('Gather', [matrix, first], { attributes: { axis: { kind: 'int', value: 1 } } })[0]!;
}

/** The same as `probabilitiesOfScores`, as operators. */
export function probabilitiesInGraph(graph: GraphBuilder, scores: string, classes: PresentClasses): string {
  const given =
    scoreCount(classes) === 1
      ? graph.node('Sigmoid', [scores])[0]!
      : graph.node('Softmax', [scores], { attributes: { axis: { kind: 'int', value: 1 } } })[0]!;
  return spreadInGraph(graph, given, classes);
}
