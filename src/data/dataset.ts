import type { Digest, JsonScalar } from '../base/index.ts';
import type { LogicalType } from '../contract/index.ts';

/** A named source of rows, as a pipeline declares it, with every path resolved and every default filled in. */
export interface DatasetSpec {
  readonly name: string;
  /** Absolute glob of CSV or Parquet files. */
  readonly path: string;
  readonly format: 'csv' | 'parquet';
  readonly delimiter: string;
  /** Absolute path of the ODCS file. */
  readonly contract?: string;
  /** Columns that together identify a row for ever. */
  readonly key: readonly string[];
  readonly target?: string;
  /** For two classes: the one that metrics such as recall speak of. Default: the last in sorted order. */
  readonly positive?: JsonScalar;
  readonly split: SplitSpec;
}

export interface SplitSpec {
  /** Share of rows that no training command sees, 0 <= test < 1. */
  readonly test: number;
  /** Column whose values must all be on both sides; the achieved share of each is reported. */
  readonly stratify?: string;
  /** Changes which rows are held out. */
  readonly salt: string;
}

/** What a dataset was when it was read. */
export interface DatasetFacts {
  /** Of the files' digests in order of their relative paths, the columns and their types, and the row count. */
  readonly fingerprint: Digest;
  readonly files: readonly DataFile[];
  readonly columns: readonly DataColumn[];
  /** Columns of the files that the contract does not list: they are in no prepared file. */
  readonly leftOut: readonly string[];
  readonly rows: { readonly total: number; readonly train: number; readonly heldOut: number };
  /** Keys that several rows have, and those rows; rows of one key are always on one side. */
  readonly duplicates: { readonly keys: number; readonly rows: number };
  readonly strata: readonly StratumFacts[];
}

export interface DataFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
}

/** A column of the prepared Parquet files, in their order. */
export interface DataColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** Who said the type: the contract, the Parquet file, or a rule over all values (see `inferType`). */
  readonly typedBy: 'contract' | 'file' | 'values';
}

export interface StratumFacts {
  readonly value: JsonScalar;
  readonly train: number;
  readonly heldOut: number;
}
