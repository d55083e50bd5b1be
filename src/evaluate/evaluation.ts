import type { Digest } from '../base/index.ts';

/** How a model did on the held-out rows. Written into the run record. */
export interface Evaluation {
  readonly task: 'classification' | 'regression';
  readonly rows: number;
  readonly classes?: readonly string[];
  /** The class that `recall` and its like speak of, for two classes; for more, they are macro averages. */
  readonly positive?: string;
  /** By name (`roc_auc`, `rmse`), in a fixed order. A metric that cannot be computed is not there. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Metrics that cannot be computed, with the reason. */
  readonly missing: Readonly<Record<string, string>>;
  /** Rows: truth, columns: predicted; in the order of `classes`. */
  readonly confusion?: readonly (readonly number[])[];
  readonly slices: readonly SliceEvaluation[];
  readonly importance: readonly FeatureImportance[];
  /** Not in `evaluation.json`, whose bytes are a function of its inputs: the record takes it from `latency.json`. */
  readonly latency?: Latency;
  readonly bytes: number;
  /** In `evaluation.json`; left out of run records, which stay small. */
  readonly curves?: Curves;
  /** For regression: residuals (truth - prediction) at 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  readonly residualQuantiles?: readonly number[];
}

/** A number with its 95 % interval (percentile bootstrap over held-out rows). */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface SliceEvaluation {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly missing: Readonly<Record<string, string>>;
}

/** Drop of the main metric when the column is shuffled, over repeats (permutation importance, Breiman 2001). */
export interface FeatureImportance {
  readonly column: string;
  readonly metric: string;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** `evaluation.json`: what an `evaluate` step found. Canonical JSON; the same inputs give the same bytes. */
export interface EvaluationFile {
  /** Version of this format. */
  readonly version: 1;
  readonly dataset: string;
  readonly rows: number;
  /** The metric of permutation importance, and the first to look at: see `mainMetric`. */
  readonly mainMetric: string;
  /** In the order of the step's `models`. */
  readonly candidates: readonly Candidate[];
  /** For each metric: the candidates that have it, compared with the best one. */
  readonly differences: readonly MetricDifferences[];
}

export interface MetricDifferences {
  readonly metric: string;
  /** Step id of the best candidate; the first of equals. */
  readonly best: string;
  /** What each other candidate is against the best: `baseline` is the best one's value. */
  readonly others: readonly { readonly step: string; readonly difference: PairedDifference }[];
}

/** `latency.json`: measured anew whenever the step runs, so in a file of its own. */
export interface LatencyFile {
  readonly version: 1;
  /** By step id. */
  readonly models: Readonly<Record<string, Latency>>;
}

/** `choice.json`: which candidate a `choose` step took. */
export interface ChoiceFile {
  readonly version: 1;
  readonly step: string;
  readonly digest: Digest;
  readonly metric: string;
  readonly estimate: Estimate;
  /** How many candidates it was chosen among. */
  readonly among: number;
  /** The next best: `baseline` of the difference is the chosen one. */
  readonly runnerUp?: { readonly step: string; readonly difference: PairedDifference };
  /** Candidates without the metric. */
  readonly excluded: readonly { readonly step: string; readonly reason: string }[];
  /** What a reader of the estimate must know. */
  readonly note?: string;
}

/** Of the ONNX bytes on this machine, in microseconds. Not part of any fingerprint, and never a verdict by itself. */
export interface Latency {
  /** Median of single-row calls. */
  readonly singleRow: number;
  /** Per row, of one call with `batchRows` rows. */
  readonly perRowInBatch: number;
  readonly batchRows: number;
}

/** At most 200 points each. */
export interface Curves {
  readonly roc?: readonly {
    readonly falsePositiveRate: number;
    readonly truePositiveRate: number;
    readonly threshold: number | null;
  }[];
  readonly precisionRecall?: readonly {
    readonly recall: number;
    readonly precision: number;
    readonly threshold: number | null;
  }[];
  readonly calibration?: readonly {
    readonly predicted: number;
    readonly observed: number;
    readonly rows: number;
  }[];
}

/** One model among those that an `evaluate` step compared. */
export interface Candidate {
  /** Id of the step that made it: `train[random-forest]`. */
  readonly step: string;
  readonly digest: Digest;
  readonly evaluation: Evaluation;
}

/** The same rows, two models: what the difference of a metric is, and whether it is noise. */
export interface PairedDifference {
  readonly metric: string;
  readonly baseline: number;
  readonly value: number;
  /** value - baseline, with the 95 % interval of the paired bootstrap. */
  readonly difference: Estimate;
  /** The interval holds 0. */
  readonly noise: boolean;
}
