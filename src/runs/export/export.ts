import type { Failure, Result } from '../../base/index.ts';
import type { RunRecord } from '../record.ts';

export type ExportFormat = 'csv' | 'parquet' | 'mlflow' | 'dvc';

export interface ExportOptions {
  /** Absolute: a file, or for `mlflow` and `dvc` a folder. */
  readonly output: string;
  /** Replace what an earlier export wrote there. */
  readonly force: boolean;
  /** Of CSV: put an apostrophe before texts that a spreadsheet would run. */
  readonly escapeFormulas: boolean;
  readonly read: ReadRecords;
  readonly signal: AbortSignal;
}

/** Hands the records over one after the other, newest first, so that only a few are in memory. */
export type ReadRecords = (
  each: (record: RunRecord) => Promise<void>,
) => Promise<Result<void, readonly Failure[]>>;

export interface Exported {
  readonly to: ExportFormat;
  readonly output: string;
  readonly runs: number;
  /** Of CSV: columns with texts that a spreadsheet would take for formulas, as they stand in the file. */
  readonly formulas: readonly string[];
}
