import type { FeatureMatrix } from '../../features/index.ts';
import type { GraphBuilder } from '../../onnx/index.ts';

/** Scores of a row: `(row - means) x coefficients + intercepts`. */
export interface LinearScores {
  /** Taken away first, so that large offsets (years, identifiers of time) do not swallow digits. */
  readonly means: Float64Array;
  /** Columns x scores, row by row. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
}

export function linearScores(model: LinearScores, matrix: FeatureMatrix): Float64Array {
  const { means, coefficients, intercepts } = model;
  const count = intercepts.length;
  const scores = new Float64Array(matrix.rows * count);
  for (let j = 0; j < means.length; j++) {
    const column = matrix.columns[j]!;
    for (let k = 0; k < count; k++) {
      const coefficient = coefficients[j * count + k]!;
      for (let i = 0; i < matrix.rows; i++) {
        const at = i * count + k;
        scores[at] = scores[at]! + (column[i]! - means[j]!) * coefficient;
      }
    }
  }
  for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! + intercepts[i % count]!;
  return scores;
}

export function linearInGraph(graph: GraphBuilder, input: string, model: LinearScores): string {
  const { means, coefficients, intercepts } = model;
  const width = means.length;
  const count = intercepts.length;
  const center = graph.constant('means', { type: 'double', dims: [1, width], values: means });
  const factors = graph.constant('coefficients', {
    type: 'double',
    dims: [width, count],
    values: coefficients,
  });
  const offset = graph.constant('intercepts', { type: 'double', dims: [1, count], values: intercepts });
  const centered = graph.node('Sub', [input, center])[0]!;
  const product = graph.node('MatMul', [centered, factors])[0]!;
  return graph.node('Add', [product, offset])[0]!;
}
