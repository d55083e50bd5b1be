/** Columns of equal length, in memory: how rows travel between the engines. */
export interface Table {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Numbers, with NaN for missing; booleans are 0 and 1, dates and times milliseconds since 1970 in UTC. Or texts. */
export type Column = NumberColumn | TextColumn;

export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array;
}

export interface TextColumn {
  readonly kind: 'text';
  /** `null` for missing. */
  readonly values: readonly (string | null)[];
}
