import type { Digest, Verdict } from '../base/index.ts';
import type { PairedDifference } from './evaluation.ts';

/** One entry of `gates:` in a pipeline file. */
export type Gate = ThresholdGate | BaselineGate | SliceGate;

/** The value decides; when a limit lies inside the 95 % interval, the reason says so. */
export interface ThresholdGate {
  readonly metric: string;
  readonly min?: number;
  readonly max?: number;
}

/** Compared with another model on the same held-out rows. */
export interface BaselineGate {
  readonly metric: string;
  /** `merge-base`, `best`, or the name of a stage. */
  readonly baseline: string;
  /**
   * How much worse it may be, in units of the metric. A larger drop fails when the paired 95 % interval excludes 0,
   * and is `inconclusive` when it may be noise.
   */
  readonly 'max-drop': number;
  /** What to say when there is nothing to compare with. Default `inconclusive`. */
  readonly 'without-baseline'?: 'pass' | 'inconclusive' | 'fail';
}

/** A value of the column with fewer than 20 rows, or 5 that the metric counts, is not judged: `inconclusive`. */
export interface SliceGate {
  readonly metric: string;
  /** A column; one of the `slices` of the `evaluate` step. */
  readonly slice: string;
  /**
   * Largest allowed difference between the best and the worst value of the column. A larger one fails when fewer than
   * 5 % of random groupings of the rows reach it, and is `inconclusive` otherwise.
   */
  readonly 'max-gap'?: number;
  /** Every value of the column must reach it. */
  readonly min?: number;
  readonly max?: number;
}

/** The model that a gate compares with, resolved before the plan is made; `undefined` digest when there is none. */
export interface Baseline {
  readonly name: string;
  readonly digest?: Digest;
  /** Where it came from, for people: `run 20261121-…`, or why there is none. */
  readonly origin: string;
  /** Why there is no digest although there is a model: its bytes are not at hand. Such a baseline never passes. */
  readonly problem?: string;
}

export interface GateResult {
  readonly gate: Gate;
  readonly verdict: Verdict;
  /** One sentence with the numbers: `roc_auc 0.912 [0.861, 0.955] is at least 0.85`. */
  readonly reason: string;
  readonly difference?: PairedDifference;
}

export interface GateReport {
  readonly verdict: Verdict;
  readonly results: readonly GateResult[];
  /** The model against each baseline that a gate names and that could be run: every metric, on the same rows. */
  readonly comparisons?: readonly BaselineComparison[];
}

export interface BaselineComparison {
  /** The name that gates use. */
  readonly baseline: string;
  /** Of the metrics that both models have, in the order of their definitions. */
  readonly differences: readonly PairedDifference[];
}
