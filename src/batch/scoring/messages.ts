/** What a thread that asks the model is started with. */
export interface ScoringWork {
  /** `model.onnx`, whose digest was checked. */
  readonly model: string;
}

/** Some rows, columns first. Their memory goes along, and comes back with the answer. */
export interface RowsToScore {
  readonly id: number;
  readonly rows: number;
  readonly columns: readonly ColumnToScore[];
}

export type ColumnToScore =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  /** Texts by number; a number for each row. */
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly codes: Uint8Array | Uint32Array;
      readonly texts: readonly string[];
    };

export type FromScorer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly because: string }
  | ScoredRows;

export interface ScoredRows {
  readonly kind: 'scored';
  readonly id: number;
  /** Index of the class; 0 for a regression; -1 for a row that the model cannot answer. */
  readonly chosen: Int32Array;
  /** For each class its probabilities; or the values. */
  readonly answers: readonly Float64Array[];
  readonly unanswerable: readonly { readonly row: number; readonly because: string }[];
  /** Those of the question, to be used again. */
  readonly columns: readonly ColumnToScore[];
}
