import type { Digest, JsonScalar, Verdict } from '../../base/index.ts';
import type { Estimate, Gate } from '../../evaluate/index.ts';
import type { RunId, RunRecord } from '../record.ts';

/** What is different in `head` when compared with `base`. Lists hold only what differs, unless they say otherwise. */
export interface RunDiff {
  readonly base: RunSummary;
  readonly head: RunSummary;
  /**
   * Something that counts differs: parameters, data, what a step is made of, its ending, a model, gates, or the verdict.
   * Times, commits, machines, and what came from the cache do not count.
   */
  readonly changed: boolean;
  readonly params: readonly Change<JsonScalar>[];
  readonly data: readonly DataDiff[];
  readonly steps: readonly StepDiff[];
  /** How the steps of `head` ended, by status. */
  readonly stepCounts: Readonly<Record<string, number>>;
  /** The model that each run chose; absent when neither has one. */
  readonly chosen?: ModelDiff;
  /** Models of all steps that both runs or one of them have, in head's order; those that did not change too. */
  readonly models: readonly ModelDiff[];
  /** The first metric to look at: the one that head chose its model by, else its main metric, else base's. */
  readonly mainMetric?: string;
  /** Every gate of both runs. */
  readonly gates: readonly GateDiff[];
  readonly environment: readonly Change<string | number>[];
}

export interface RunSummary {
  readonly id: RunId;
  readonly pipeline: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly status: RunRecord['status'];
  readonly verdict: Verdict;
  readonly commit?: string;
  readonly branch?: string;
  readonly dirty?: boolean;
}

/** A value by its name; a side that lacks it has no member. */
export interface Change<T> {
  readonly name: string;
  readonly base?: T;
  readonly head?: T;
}

export interface DataDiff {
  readonly dataset: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Whether the rows that models were measured on are the same. */
  readonly heldOut: Sameness;
  readonly rows?: { readonly base: number; readonly head: number };
  readonly files: { readonly added: number; readonly removed: number; readonly changed: number };
  /** Version of the contract; present when its file differs, even if the version does not. */
  readonly contract?: { readonly base?: string; readonly head?: string };
  readonly checks: readonly CheckDiff[];
  readonly columns: readonly ColumnDiff[];
}

export type Sameness = 'same' | 'different' | 'unknown';

/** A check whose verdict or number of failing rows differs. */
export interface CheckDiff {
  readonly rule: string;
  readonly column?: string;
  readonly expected: string;
  readonly base?: { readonly verdict: Verdict; readonly failed: number };
  readonly head?: { readonly verdict: Verdict; readonly failed: number };
}

export interface ColumnDiff {
  readonly column: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly details: readonly ColumnChange[];
}

export type ColumnChange =
  | { readonly kind: 'type'; readonly base: string; readonly head: string }
  /** Shares of missing values, by one point of a hundred or more apart. */
  | { readonly kind: 'missing'; readonly base: number; readonly head: number }
  /**
   * Numbers lie elsewhere: the largest difference of the two distribution functions, as far as their quantiles tell it
   * (a Kolmogorov-Smirnov distance), is 0.05 or more. Medians, for people.
   */
  | { readonly kind: 'shifted'; readonly distance: number; readonly base: number; readonly head: number }
  /** Values of a column with few values that one side has and the other has not. */
  | { readonly kind: 'values'; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** The share of a frequent value, by five points of a hundred or more apart. */
  | { readonly kind: 'share'; readonly value: string; readonly base: number; readonly head: number };

/** A step that one side lacks, is made of other things, or ended in another way. */
export interface StepDiff {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'inputs' | 'ending';
  readonly base?: string;
  readonly head?: string;
}

export interface ModelDiff {
  /** Steps that made the two; they may differ for the chosen ones. */
  readonly base?: ModelSide;
  readonly head?: ModelSide;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  /** Raw columns that it wants. */
  readonly inputs: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Every metric of both, in the order of the metric definitions. */
  readonly metrics: readonly MetricDiff[];
}

export interface ModelSide {
  readonly step: string;
  readonly digest: Digest;
  readonly bytes: number;
}

export interface MetricDiff {
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  readonly base?: Estimate;
  readonly head?: Estimate;
  /** head - base, with its 95 % interval; a number alone when the basis is `same`. Absent when a side lacks the metric. */
  readonly difference?: number | Estimate;
  /**
   * How noise was told from news.
   * - `same`: the same model on the same held-out rows
   * - `paired`: both models answered the same held-out rows, and the interval of the difference was measured
   * - `unpaired`: by the interval of the difference of two independent measurements, which is too wide for models that
   *   were measured on common rows: small real differences are overlooked
   */
  readonly basis?: 'same' | 'paired' | 'unpaired';
  /** `noise`: the difference could be chance. */
  readonly reading?: 'same' | 'noise' | 'better' | 'worse';
}

export interface GateDiff {
  readonly gate: Gate;
  readonly base?: Verdict;
  readonly head?: Verdict;
  /** Of head, or of base when head has no such gate. */
  readonly reason: string;
}
