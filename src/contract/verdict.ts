import type { Verdict } from '../base/index.ts';
import type { NotChecked, Severity } from './contract.ts';

/** What the checks of one contract say of one dataset. Goes into the run record as it is. */
export interface ContractVerdict {
  readonly verdict: Verdict;
  readonly rows: number;
  readonly checks: readonly CheckResult[];
  /** What the contract demands and nobody checked. Does not change the verdict. */
  readonly notChecked: readonly NotChecked[];
}

export interface CheckResult {
  readonly rule: CheckRule;
  /** Several, joined by `, `, for a key of several columns; absent for rules of the table. */
  readonly column?: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** Rows that break the rule; for `columns`, columns. */
  readonly failed: number;
  /** What a metric came to, in its unit. */
  readonly measured?: number;
  /** What was expected, for people: `between 0 and 120`. */
  readonly expected: string;
  /** Why the verdict is `inconclusive`. */
  readonly because?: string;
  /** The first failing rows in the order of the files; at most 10 a check. */
  readonly examples: readonly FailingRow[];
}

export type CheckRule =
  | 'columns'
  | 'type'
  | 'required'
  | 'unique'
  | 'enum'
  | 'range'
  | 'multiple'
  | 'length'
  | 'pattern'
  | 'row-count'
  | 'null-values'
  | 'missing-values'
  | 'invalid-values'
  | 'duplicate-values';

export interface FailingRow {
  readonly file: string;
  /** The line in the file where the row starts, from 1, the header included; absent for Parquet. */
  readonly line?: number;
  /** The row in the file, from 1, the header not counted. */
  readonly row: number;
  /** As written in the file, cut at 200 characters; `null` when missing; absent for columns of personal data. */
  readonly value?: string | null;
}
