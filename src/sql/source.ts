import type { NamedFile } from './csv-file.ts';

/** The rows of some files of one format and the same columns, in the order of the files. */
export interface RowSource {
  readonly format: 'csv' | 'parquet';
  readonly files: readonly SourceFile[];
  /** In the order of the first file. All `VARCHAR` for CSV, where an empty field, quoted or not, is `NULL`. */
  readonly columns: readonly SourceColumn[];
  readonly rows: number;
  /** For `FROM`: the columns. */
  readonly scan: string;
  /** For `FROM`: the columns and `position`, the number of the row over all files, from 0. Slower. */
  readonly numberedScan: string;
  /** For `FROM`: the columns of the rows from one position up to another, which is left out. Parquet is not read up to there. */
  slice(from: number, to: number): string;
  /** Where rows are in the files. */
  locate(positions: readonly number[]): Promise<RowPlace[]>;
}

export interface SourceFile extends NamedFile {
  readonly rows: number;
}

export interface SourceColumn {
  readonly name: string;
  /** DuckDB's name of the type. */
  readonly type: string;
}

export interface RowPlace {
  /** As shown. */
  readonly file: string;
  /** In the file, from 1, the header not counted. */
  readonly row: number;
  /** Where the row starts, from 1; absent for Parquet. */
  readonly line?: number;
}
