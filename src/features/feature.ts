/** One entry of `features:` in a pipeline file: what is made of some columns. */
export interface FeatureDeclaration {
  readonly columns: readonly string[];
  /**
   * What stands in for a missing value, learned from the training rows; a number or text is used as it is. Of values
   * that are equally frequent, the smallest (of texts, the first by code points) is the most frequent one.
   */
  readonly impute?: 'mean' | 'median' | 'most-frequent' | number | string;
  /**
   * `standard`: (x - mean) / standard deviation (population); `min-max`: to [0, 1]; of the training rows, after
   * missing values were imputed. A column with one value only is moved to 0 and not stretched.
   */
  readonly scale?: 'standard' | 'min-max';
  /**
   * `one-hot`: a column of 0 and 1 for each category, in the order of the contract's enum, all 0 for an unknown or
   * missing value. `ordinal`: the index of the category, from 0; unknown and missing are missing. Without an enum the
   * categories are the values of the training rows, sorted (numbers by size, texts by code points).
   */
  readonly encode?: 'one-hot' | 'ordinal';
  /** A column that is 1 where the value was missing. */
  readonly indicator?: boolean;
}

/** Features with everything that was learned from the training rows: plain data, from which SQL and ONNX are made. */
export interface FittedFeatures {
  readonly columns: readonly FittedColumn[];
}

/** A source column and what becomes of it: missing values are imputed, then encoded or scaled. */
export interface FittedColumn {
  readonly source: string;
  /** `number`: integers, numbers and booleans (0 and 1); `text`: the empty text is missing, as in CSV. */
  readonly sourceKind: 'number' | 'text';
  readonly impute?: number | string;
  /** (x - offset) * factor. */
  readonly scale?: { readonly offset: number; readonly factor: number };
  readonly encode?: {
    readonly kind: 'one-hot' | 'ordinal';
    readonly categories: readonly (string | number)[];
  };
  readonly indicator: boolean;
  /** Names of the feature columns that it gives, in order: `age`, `cp=2`, `thal is missing`. */
  readonly outputs: readonly string[];
}
