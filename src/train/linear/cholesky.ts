/**
 * Cholesky factor (lower, row by row) of a symmetric positive semidefinite matrix with a diagonal near 1. A column
 * that depends on those before it has pivot 0, and its unknown will be 0.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) value -= factor[i * size + k]! * factor[j * size + k]!;
      if (i === j) factor[i * size + i] = value > 1e-11 * matrix[i * size + i]! ? Math.sqrt(value) : 0;
      else factor[i * size + j] = factor[j * size + j] === 0 ? 0 : value / factor[j * size + j]!;
    }
  }
  return factor;
}

/** Solves `factor x factor' x answer = right` by two substitutions. */
export function solveCholesky(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const answer = right.slice();
  for (let i = 0; i < size; i++) {
    let value = answer[i]!;
    for (let k = 0; k < i; k++) value -= factor[i * size + k]! * answer[k]!;
    answer[i] = factor[i * size + i] === 0 ? 0 : value / factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let value = answer[i]!;
    for (let k = i + 1; k < size; k++) value -= factor[k * size + i]! * answer[k]!;
    answer[i] = factor[i * size + i] === 0 ? 0 : value / factor[i * size + i]!;
  }
  return answer;
}
