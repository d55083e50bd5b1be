/** All metrics of one sample, prepared so that measuring it again with other counts is fast. */
export interface Measurer {
  /** Names of the metrics, in the order of `metricDefinitions`. */
  readonly names: readonly string[];
  /**
   * Writes the metrics into `out`, in the order of `names`, when row i counts `counts[i]` times; NaN for a metric
   * that is not defined.
   */
  measure(counts: Uint32Array, out: Float64Array): void;
  /** Why a metric is not defined on these rows. */
  reason(name: string): string;
}
