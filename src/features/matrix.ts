/** Feature columns of equal length, column by column; NaN is missing. What estimators learn from. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  /** For each column the number of its categories (values are 0 to n - 1), or 0 when it is a quantity. */
  readonly categories: readonly number[];
}
