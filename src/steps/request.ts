import type { JsonScalar } from '../base/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import type { Baseline, Gate, SliceSpec } from '../evaluate/index.ts';
import type { FeatureDeclaration } from '../features/index.ts';

/**
 * One unit of built-in work: a pure description, whose canonical JSON is part of the step's fingerprint. Inputs that
 * other steps made are named in `Inputs`, by step and output; the runner hands the files over.
 */
export type StepRequest =
  | PrepareRequest
  | ValidateRequest
  | TrainRequest
  | EvaluateRequest
  | ChooseRequest
  | GatesRequest;

/** Reads a dataset strictly, splits it. Gives `train.parquet`, `held-out.parquet`, `facts.json`, `profile.json`; `train.csv` for CSV. */
export interface PrepareRequest {
  readonly uses: 'prepare';
  readonly dataset: DatasetSpec;
}

/** Checks a dataset against its contract. Gives `verdict.json`; exit 1 when the verdict is not `pass`. */
export interface ValidateRequest {
  readonly uses: 'validate';
  readonly dataset: DatasetSpec;
}

/** Learns on the training rows. Gives `model.onnx`, `training.json` and `learning.json`. */
export interface TrainRequest {
  readonly uses: 'train';
  readonly dataset: DatasetSpec;
  readonly features: readonly FeatureDeclaration[];
  readonly estimator: string;
  /** Of the estimator; and `class-weight`, which may be a weight for each class. */
  readonly options: Readonly<Record<string, JsonScalar | Readonly<Record<string, number>>>>;
  readonly seed: number;
  /** Lineage that goes into the model's `metadata_props`: only what determines the bytes. */
  readonly lineage: Readonly<Record<string, string>>;
}

/** Measures models on the held-out rows. Gives `evaluation.json` and one `predictions/<n>.parquet` a model. */
export interface EvaluateRequest {
  readonly uses: 'evaluate';
  readonly dataset: DatasetSpec;
  /** Ids of the steps whose `model` output is measured. */
  readonly models: readonly string[];
  readonly slices: readonly SliceSpec[];
  readonly resamples: number;
  readonly importanceRepeats: number;
  readonly seed: number;
}

/** Takes the best candidate by a metric. Gives `model.onnx` and `choice.json`. */
export interface ChooseRequest {
  readonly uses: 'choose';
  readonly metric: string;
  readonly evaluate: string;
}

/** Judges the model by the gates. Gives `gates.json`. */
export interface GatesRequest {
  readonly uses: 'gates';
  readonly dataset: DatasetSpec;
  readonly gates: readonly Gate[];
  readonly baselines: readonly Baseline[];
  readonly model: string;
  readonly evaluate: string;
  readonly slices: readonly SliceSpec[];
  readonly resamples: number;
  readonly seed: number;
}

/** What the runner writes on the standard input of the process that does the work, as one JSON document. */
export interface StepCall {
  readonly request: StepRequest;
  /** Root of the repository; paths of data are read from here. */
  readonly root: string;
  /** Folder for the outputs; empty when the process starts. */
  readonly out: string;
  /** Files by `<step id>/<output name>`, `baseline/<name>`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly threads: number;
}
