/**
 * A first look at every column of a dataset, the same whatever the order of the rows and the number of threads.
 * Missing is NULL, NaN, and empty text. Columns of personal data have counts only.
 */
export interface DataProfile {
  readonly rows: number;
  /**
   * Present above 1,048,576 rows. Quantiles are then those of a fixed sample of about that many rows (their rank is
   * off by less than 0.002), and `distinct` of columns with more than 50,000 values is an estimate within some 20 %.
   */
  readonly approximate?: true;
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  /** Different values that are not missing. Absent for personal data. */
  readonly distinct?: number;
  readonly personal?: true;
  /** Of columns of numbers that have a finite value. */
  readonly numbers?: NumberProfile;
  /** Values that are plus or minus infinity; absent when there are none. `numbers` leaves them out. */
  readonly infinite?: number;
  /** Of dates and timestamps, as ISO 8601. */
  readonly range?: { readonly minimum: string; readonly maximum: string };
  /**
   * The most frequent values, at most 20, most frequent first, then by value. Of text, booleans, dates and timestamps,
   * and of integers with at most 20 values; absent when no value comes twice. Long texts are cut after 100 characters.
   */
  readonly top?: readonly { readonly value: string; readonly count: number }[];
}

export interface NumberProfile {
  readonly mean: number;
  /** Of a sample: divided by n - 1, as pandas and SQL's `stddev` do; 0 for a single value. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** At 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, interpolated linearly between neighbours as NumPy and pandas do. */
  readonly quantiles: readonly number[];
  /**
   * 20 bins of equal width from minimum to maximum, as `numpy.histogram`; `counts[i]` is of [edges[i], edges[i + 1]),
   * the last one closed. One bin when all values are equal.
   */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}
