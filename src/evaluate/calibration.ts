/** Bins of equal width on [0, 1]. */
export const calibrationBins = 10;

/**
 * Upper edges of all bins but the last, computed as NumPy's `linspace` does (multiples of 0.1, not tenths: the third
 * is 0.30000000000000004), so that a probability on an edge falls where scikit-learn puts it.
 */
const edges = Float64Array.from({ length: calibrationBins - 1 }, (_, i) => (i + 1) * (1 / calibrationBins));

/** The bin of a probability: bin b holds (edges[b - 1], edges[b]], the first one 0 too. */
export function binOf(probability: number): number {
  let bin = Math.min(calibrationBins - 1, Math.floor(probability * calibrationBins));
  while (bin > 0 && probability <= edges[bin - 1]!) bin--;
  while (bin < calibrationBins - 1 && probability > edges[bin]!) bin++;
  return bin;
}
