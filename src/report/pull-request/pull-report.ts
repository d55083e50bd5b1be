import type { Verdict } from '../../base/index.ts';

/**
 * All that the comment of a pull request shows of one pipeline, as one value: `trainyard report <pipeline> --json`. What
 * a fork's workflow hands to the workflow that may comment is this and nothing else; `readPullReport` takes it from there.
 * Whoever makes it keeps the limits; whoever renders it takes every text in it for hostile.
 */
export interface PullReport {
  /** Version of this format. */
  readonly version: 1;
  /** @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$ @maxLength 64 */
  readonly pipeline: string;
  /** Something that counts differs from the baseline, or there is none. Nobody needs a comment otherwise. */
  readonly changed: boolean;
  readonly head: ReportedRun;
  readonly base: ReportedBaseline;
  /** The first metric to look at. */
  readonly mainMetric?: ShortText;
  /** @maxItems 200 */
  readonly gates: readonly ReportedGate[];
  readonly model?: ReportedModel;
  /** Of the pipeline's model. @maxItems 60 */
  readonly metrics: readonly ReportedMetric[];
  /** Whether both models were measured on the same held-out rows. */
  readonly heldOut: 'same' | 'different' | 'unknown';
  /** The other models of the run, by the main metric. @maxItems 100 */
  readonly candidates: readonly ReportedCandidate[];
  /** By the main metric, the worst first. @maxItems 50 */
  readonly slices: readonly ReportedSlice[];
  /** Only those that differ. @maxItems 200 */
  readonly params: readonly ReportedChange[];
  /** Only those that differ. @maxItems 200 */
  readonly features: readonly ReportedFeature[];
  /** Datasets that changed, or break their contract. @maxItems 20 */
  readonly data: readonly ReportedData[];
  /** @maxItems 300 */
  readonly steps: readonly ReportedStep[];
  /** @maxItems 200 */
  readonly removedSteps: readonly ShortText[];
  /** @maxItems 4 */
  readonly curves: readonly ReportedCurve[];
  /** Failures that have a place in a file: what CI shows at its line. @maxItems 100 */
  readonly problems: readonly ReportedProblem[];
  /** What a reader should know of this report itself: what is missing in it and why. @maxItems 20 */
  readonly notes: readonly LongText[];
  readonly reproduce: ReportedReproduction;
}

/** @maxLength 120 */
export type ShortText = string;

/** @maxLength 600 */
export type LongText = string;

/** @pattern ^[0-9a-f]{40}([0-9a-f]{24})?$ */
export type CommitId = string;

/** @pattern ^sha256:[0-9a-f]{64}$ */
export type ReportedDigest = string;

/** @asType integer @minimum 0 @maximum 9007199254740991 */
export type Count = number;

export interface ReportedRun {
  /** @pattern ^\d{8}-\d{6}-[0-9a-f]{8}$ */
  readonly id: string;
  /** @pattern ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$ */
  readonly startedAt: string;
  /** @minimum 0 */
  readonly seconds: number;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly verdict: Verdict;
  /** Absent outside of Git. */
  readonly commit?: CommitId;
  readonly branch?: ShortText;
  /** The work tree had changes that are in no commit. */
  readonly dirty: boolean;
  readonly trigger: ShortText;
  /** `linux-x64` */
  readonly platform: ShortText;
  readonly cpus: Count;
  /** Version of Trainyard. */
  readonly trainyard: ShortText;
}

export type ReportedBaseline =
  | {
      /** `record`: a run at the merge base or before it; its numbers are those of its record. */
      readonly kind: 'record';
      readonly run: ReportedRun;
      /** The branch that the change goes to. */
      readonly target: ShortText;
      readonly mergeBase: CommitId;
      /** How many commits before the merge base the run is. */
      readonly behind: Count;
    }
  | {
      /** No run at the merge base or before it: the model of the target branch, measured again on this run's rows. */
      readonly kind: 're-evaluated';
      readonly run: ReportedRun;
      readonly target: ShortText;
      /** Why no record could be used. */
      readonly because: LongText;
    }
  | { readonly kind: 'none'; readonly target?: ShortText; readonly because: LongText };

export interface ReportedGate {
  readonly verdict: Verdict;
  readonly reason: LongText;
  /** Its verdict in the baseline's run; `new` where that had no such gate. Absent without a baseline. */
  readonly was?: Verdict | 'new';
  /** The pipeline has it no longer; `verdict` is the last one. */
  readonly removed?: true;
}

export interface ReportedModel {
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly base?: ReportedModelSide;
  readonly head?: ReportedModelSide;
  /** Raw columns that the model reads now and did not before. @maxItems 200 */
  readonly inputsAdded: readonly ShortText[];
  /** @maxItems 200 */
  readonly inputsRemoved: readonly ShortText[];
}

export interface ReportedModelSide {
  /** Id of the step that made it. */
  readonly step: ShortText;
  readonly digest: ReportedDigest;
  readonly bytes: Count;
  /** Of the ONNX bytes on the machine of its run, in microseconds: medians of calls after a warm-up. */
  readonly latency?: {
    /** @minimum 0 */
    readonly singleRow: number;
    /** @minimum 0 */
    readonly perRowInBatch: number;
    readonly batchRows: Count;
  };
}

/** A number; with its 95 % interval where that is known. */
export interface ReportedNumber {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface ReportedMetric {
  readonly metric: ShortText;
  readonly better: 'higher' | 'lower';
  readonly base?: ReportedNumber;
  readonly head?: ReportedNumber;
  readonly difference?: ReportedNumber;
  /** As in `MetricDiff`: how noise was told from news. */
  readonly basis?: 'same' | 'paired' | 'unpaired';
  /** `noise`: the difference could be chance. */
  readonly reading?: 'same' | 'noise' | 'better' | 'worse';
}

export interface ReportedCandidate {
  readonly step: ShortText;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly measured?: ReportedMetric;
}

export interface ReportedSlice {
  readonly column: ShortText;
  readonly value: ShortText;
  readonly rows: Count;
  readonly metric: ShortText;
  readonly head: ReportedNumber;
  readonly base?: ReportedNumber;
  /** Fewer rows than a gate would judge. */
  readonly few?: true;
}

/** A value as it is written in YAML; a side that lacks it has no member. */
export interface ReportedChange {
  readonly name: ShortText;
  readonly base?: ShortText;
  readonly head?: ShortText;
}

/** What the pipeline makes of a column, in words: `impute median, scale standard`. */
export interface ReportedFeature {
  readonly column: ShortText;
  readonly base?: ShortText;
  readonly head?: ShortText;
}

export interface ReportedData {
  readonly dataset: ShortText;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly rows: { readonly base?: Count; readonly head?: Count };
  readonly heldOutRows?: Count;
  readonly fingerprint: { readonly base?: ReportedDigest; readonly head?: ReportedDigest };
  readonly files: { readonly added: Count; readonly removed: Count; readonly changed: Count };
  readonly contract?: ReportedContract;
  /** Columns whose profile changed. @maxItems 50 */
  readonly columns: readonly ReportedColumn[];
  readonly drift?: ReportedDrift;
}

export interface ReportedContract {
  readonly base?: ShortText;
  readonly head?: ShortText;
  /** Its file differs. */
  readonly changed: boolean;
  readonly verdict?: Verdict;
  readonly checks: Count;
  /** Checks of this run that do not pass. @maxItems 50 */
  readonly broken: readonly ReportedCheck[];
  /** Rules that were added, taken away, or ask for something else. @maxItems 100 */
  readonly rules: readonly ReportedRule[];
}

export interface ReportedCheck {
  readonly rule: ShortText;
  readonly column?: ShortText;
  readonly severity: 'error' | 'warning';
  readonly verdict: Verdict;
  readonly expected: LongText;
  readonly failed: Count;
  /** Failing rows at the baseline. */
  readonly before?: Count;
  /** Of the first failing row. */
  readonly file?: LongText;
  readonly line?: Count;
  /** As written in the file; never of personal data. */
  readonly value?: ShortText;
}

export interface ReportedRule {
  readonly rule: ShortText;
  readonly column?: ShortText;
  readonly base?: LongText;
  readonly head?: LongText;
}

export interface ReportedColumn {
  readonly column: ShortText;
  readonly change: 'added' | 'removed' | 'changed';
  /** @maxItems 10 */
  readonly details: readonly LongText[];
}

/** How far the columns of this run's data lie from those of the baseline's. */
export interface ReportedDrift {
  /** Columns that could be compared. */
  readonly compared: Count;
  /** Why nothing is said, where the data are too few. */
  readonly because?: LongText;
  /** Those that moved, the largest first. @maxItems 50 */
  readonly columns: readonly ReportedColumnDrift[];
}

export interface ReportedColumnDrift {
  readonly column: ShortText;
  /** Population stability index. @minimum 0 */
  readonly psi: number;
  /** What chance alone stays below in 99 of 100 comparisons of so many rows. @minimum 0 */
  readonly floor: number;
  readonly level: 'some' | 'strong';
}

export interface ReportedStep {
  readonly id: ShortText;
  readonly status: 'ran' | 'cached' | 'skipped' | 'failed' | 'rejected' | 'cancelled';
  /** @minimum 0 */
  readonly seconds: number;
  /** Places of steps in the list. @maxItems 100 */
  readonly needs: readonly Count[];
  readonly change?: 'added' | 'inputs' | 'ending';
  /** Why it did not end well. */
  readonly because?: LongText;
}

export interface ReportedCurve {
  readonly kind: 'roc' | 'precision-recall' | 'calibration' | 'residuals';
  readonly head: CurvePoints;
  readonly base?: CurvePoints;
}

/** Pairs of x and y, x rising. @maxItems 60 */
export type CurvePoints = readonly CurvePoint[];

/** @minItems 2 @maxItems 2 */
export type CurvePoint = readonly number[];

/** A message at a place in a file of the repository, as CI shows it at the line. */
export interface ReportedProblem {
  /** Relative to the repository, with `/`. */
  readonly file: LongText;
  /** From 1. */
  readonly line?: Count;
  readonly column?: Count;
  readonly message: LongText;
  readonly level: 'error' | 'warning';
}

export interface ReportedReproduction {
  readonly commit?: CommitId;
  /** Parameters that the run had and the pipeline file does not say. @maxItems 200 */
  readonly params: readonly { readonly name: ShortText; readonly value: ShortText }[];
}
