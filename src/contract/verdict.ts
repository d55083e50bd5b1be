import type { Verdict } from '../base/index.ts';
import type { Severity } from './contract.ts';

/** What the checks of one contract say of one dataset. Goes into the run record as it is. */
export interface ContractVerdict {
  readonly verdict: Verdict;
  readonly rows: number;
  readonly checks: readonly CheckResult[];
}

export interface CheckResult {
  /** `type`, `required`, `unique`, `enum`, `range`, `length`, `pattern`, `row-count`, `columns`. */
  readonly rule: string;
  readonly column?: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** Rows that break the rule. */
  readonly failed: number;
  /** What was expected, for people: `between 0 and 120`. */
  readonly expected: string;
  /** The first failing rows in the order of the files; at most 10 a check. */
  readonly examples: readonly FailingRow[];
}

export interface FailingRow {
  readonly file: string;
  /** The line in the file where the row starts, from 1, the header included; absent for Parquet. */
  readonly line?: number;
  /** The row in the file, from 1, the header not counted. */
  readonly row: number;
  /** As written in the file; `null` when missing; absent for columns of personal data. */
  readonly value?: string | null;
}
