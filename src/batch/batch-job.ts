import type { Digest, Verdict } from '../base/index.ts';
import type { CheckRule } from '../contract/index.ts';
import type { NamedFile } from '../sql/index.ts';

/** What is to be scored, how, and where the answers go: a plain value. Paths are absolute. */
export interface BatchJob {
  /** Folder of the servable. */
  readonly servable: string;
  /** In the order of the output. */
  readonly files: readonly NamedFile[];
  readonly format: TableFormat;
  /** Of CSV input. Default: a comma. */
  readonly delimiter?: string;
  readonly output: string;
  readonly outputFormat: TableFormat;
  readonly rejects: string;
  readonly rejectsFormat: 'jsonl' | 'parquet';
  /** Columns of the input that the output has, before the answers. */
  readonly columns: KeptColumns;
  /** Goes before the names of the answers. */
  readonly prefix: string;
  /** Share of the rows that may be rejected, from 0 to 1. */
  readonly maxRejects: number;
  /** Threads that ask the model; DuckDB gets as many. */
  readonly threads: number;
  /** Folder for the parts, made and removed by the job. */
  readonly work: string;
  /** Rows of a part. Default: 245,760, two row groups of DuckDB's. */
  readonly partRows?: number;
  /** Of the SQL engine, as DuckDB writes it. Default: `1GB`. */
  readonly memoryLimit?: string;
}

export type TableFormat = 'csv' | 'parquet';

export type KeptColumns = 'all' | 'key' | 'none' | readonly string[];

export interface BatchWorld {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface BatchProgress {
  /** Of all rows, those whose answers are computed, now or before an interruption. */
  readonly rows: number;
  readonly total: number;
  /** Of `rows`, those that an earlier start computed. */
  readonly resumed: number;
}

/** What is known before anything is scored. */
export interface BatchPlan {
  readonly model: string;
  readonly modelVersion: string;
  readonly digest: Digest;
  readonly rows: number;
  readonly files: readonly { readonly file: string; readonly rows: number }[];
  /** Columns of the output, in order. */
  readonly columns: readonly string[];
  /** Columns of the input that no rule speaks of: nothing of them is checked. */
  readonly unchecked: readonly string[];
}

export interface BatchReport extends BatchPlan {
  readonly verdict: Verdict;
  readonly because: string;
  readonly scored: number;
  readonly rejected: number;
  /** Broken rules, the most frequent first; a row can break several. */
  readonly broken: readonly BrokenRuleCount[];
  readonly output: string;
  /** Only when there are some. */
  readonly rejects?: string;
  /** Rows whose answers an earlier start had computed. */
  readonly resumed: number;
  /** Why the parts of an earlier start were of no use. */
  readonly startedAnew?: string;
}

export interface BrokenRuleCount {
  readonly rule: RejectRule;
  readonly column?: string;
  readonly expected: string;
  readonly rows: number;
}

/** Of the contract; or the model itself, which cannot answer the row. */
export type RejectRule = CheckRule | 'model';
