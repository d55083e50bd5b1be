/** A first look at every column of a dataset. Columns of personal data have counts only. */
export interface DataProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  /** Absent for personal data. */
  readonly distinct?: number;
  readonly personal?: true;
  readonly numbers?: NumberProfile;
  /** The most frequent values, at most 20, most frequent first, then by value. */
  readonly top?: readonly { readonly value: string; readonly count: number }[];
}

export interface NumberProfile {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** At 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  readonly quantiles: readonly number[];
  /** Equal-width bins from minimum to maximum; `counts[i]` is of [edges[i], edges[i + 1]), the last one closed. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}
