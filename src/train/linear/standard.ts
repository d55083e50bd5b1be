import type { FeatureMatrix } from '../../features/index.ts';

/** Columns less their weighted means, divided by their weighted standard deviations; row by row. */
export interface StandardRows {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
  readonly means: Float64Array;
  /** 0 for a constant column, whose values are all 0 here. */
  readonly deviations: Float64Array;
}

/**
 * Linear estimators compute on standardized columns, so that no unit of measurement makes the search slow or the
 * equations ill-conditioned; the penalty still is on the coefficients of the original columns.
 */
export function standardize(
  matrix: FeatureMatrix,
  weights: Float64Array | undefined,
  totalWeight: number,
): StandardRows {
  const { rows } = matrix;
  const width = matrix.columns.length;
  const values = new Float64Array(rows * width);
  const means = new Float64Array(width);
  const deviations = new Float64Array(width);
  matrix.columns.forEach((column, j) => {
    const mean = centerOf(column, rows, weights, totalWeight);
    let squares = 0;
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      const difference = column[i]! - mean;
      squares += (weights === undefined ? 1 : weights[i]!) * difference * difference;
      largest = Math.max(largest, Math.abs(column[i]!));
    }
    const deviation = Math.sqrt(squares / totalWeight);
    means[j] = mean;
    // What is left of a constant column after rounding is not a signal.
    if (!(deviation > largest * 1e-14)) return;
    deviations[j] = deviation;
    for (let i = 0; i < rows; i++) values[i * width + j] = (column[i]! - mean) / deviation;
  });
  return { rows, width, values, means, deviations };
}

/** The weighted mean, computed twice: the second pass takes away the rounding of the first. */
function centerOf(
  column: Float64Array,
  rows: number,
  weights: Float64Array | undefined,
  totalWeight: number,
): number {
  let mean = 0;
  for (let pass = 0; pass < 2; pass++) {
    let total = 0;
    for (let i = 0; i < rows; i++) total += (weights === undefined ? 1 : weights[i]!) * (column[i]! - mean);
    mean += total / totalWeight;
  }
  return mean;
}
