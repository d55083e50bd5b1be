import type { JsonScalar } from '../base/index.ts';
import type { Gate } from '../evaluate/index.ts';
import type { FeatureDeclaration } from '../features/index.ts';

/** `pipelines/<name>/pipeline.yaml`, as written. The JSON Schema in schemas/ is generated from this type. */
export interface PipelineFile {
  /** Version of this format. */
  readonly version: 1;
  /**
   * Lower-case letters, digits and dashes.
   * @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$
   * @maxLength 64
   */
  readonly name: string;
  readonly description?: string;
  /** What starts the pipeline in CI. `trainyard run` starts it by hand, whatever stands here. */
  readonly on?: Triggers;
  /** Values that `${{ params.<name> }}` gives, and that `--param name=value` overrides. */
  readonly params?: Readonly<Record<string, JsonScalar>>;
  readonly data?: Readonly<Record<string, DatasetFile>>;
  /** What the built-in `train` step makes of the columns. Columns that no entry names are not features. */
  readonly features?: readonly FeatureDeclaration[];
  readonly steps: Readonly<Record<string, StepFile>>;
  readonly model?: ModelFile;
}

export interface Triggers {
  readonly push?: { readonly paths?: readonly string[]; readonly branches?: readonly string[] };
  readonly pull_request?: { readonly paths?: readonly string[]; readonly branches?: readonly string[] };
  readonly schedule?: readonly { readonly cron: string }[];
  readonly dispatch?: Readonly<Record<string, never>>;
  readonly data?: Readonly<Record<string, never>>;
  readonly drift?: Readonly<Record<string, never>>;
}

export interface DatasetFile {
  /** CSV or Parquet: a path or glob relative to the repository's root. */
  readonly path: string;
  /** Default: by the extension. */
  readonly format?: 'csv' | 'parquet';
  /**
   * Of CSV. Default: a comma.
   * @minLength 1
   * @maxLength 1
   */
  readonly delimiter?: string;
  /** ODCS file, relative to the pipeline file. */
  readonly contract?: string;
  /** Columns that together identify a row for ever. Default: the contract's primary key. */
  readonly key?: string | readonly string[];
  readonly target?: string;
  /** For two classes: the one that metrics such as recall speak of. Default: the last in sorted order. */
  readonly positive?: JsonScalar;
  readonly split?: {
    /**
     * Share of rows that no training command sees.
     * @minimum 0
     * @exclusiveMaximum 1
     */
    readonly test: number;
    /** Column whose values must all be on both sides. */
    readonly stratify?: string;
    /** Changes which rows are held out. Default: the empty text. */
    readonly salt?: string;
  };
}

/** One node of the pipeline's graph: it `uses` something built in, or `run`s a command. */
export type StepFile = ValidateStep | TrainStep | EvaluateStep | ChooseStep | RunStep;

/** A value that is computed when the plan is made: `${{ params.trees }}`. @pattern \$\{\{ */
export type Expression = string;

/** What every step may say. */
interface AnyStep {
  /** For people. Default: the key. */
  readonly name?: string;
  /** Steps that must succeed first, whose outputs this one may read. */
  readonly needs?: string | readonly string[];
  /** Runs only when this expression is true. Without `success()`, `failure()` or `always()`, also only when all its needs succeeded. */
  readonly if?: string | boolean;
  /**
   * One instance of the step for each combination of the values.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"}
   */
  readonly matrix?: Readonly<Record<string, MatrixValues>>;
  /**
   * How often to try again after a failure, waiting 1, 2, 4, ... seconds (with jitter).
   * @asType integer
   * @minimum 0
   * @maximum 10
   */
  readonly retry?: number;
  /** @exclusiveMinimum 0 */
  readonly 'timeout-minutes'?: number;
  /** The pipeline goes on when this step fails. */
  readonly 'continue-on-error'?: boolean;
}

/** @minItems 1 */
export type MatrixValues = readonly JsonScalar[];

/** Checks a dataset against its contract, and fails when it does not hold. */
export interface ValidateStep extends AnyStep {
  readonly uses: 'validate';
  readonly with: ValidateInputs;
}

export interface ValidateInputs {
  /** Name of a dataset. */
  readonly data: string;
}

/** Learns a model from the training rows of a dataset. */
export interface TrainStep extends AnyStep {
  readonly uses: 'train';
  readonly with: TrainInputs;
}

export interface TrainInputs {
  /** Name of a dataset. */
  readonly data: string;
  /** Name of a built-in estimator. */
  readonly estimator: string;
  /** Of everything random. Default: 0. @asType integer */
  readonly seed?: number | Expression;
  /** `balanced`: rows weigh inversely to how frequent their class is. */
  readonly 'class-weight'?: 'balanced' | 'none' | Expression;
  /** The estimator's own options. */
  readonly [option: string]: JsonScalar | undefined;
}

/** Measures models on the held-out rows of a dataset. */
export interface EvaluateStep extends AnyStep {
  readonly uses: 'evaluate';
  readonly with: EvaluateInputs;
}

export interface EvaluateInputs {
  /** Name of a dataset. */
  readonly data: string;
  /** Steps whose `model` output is measured. Default: all that this step needs. */
  readonly models?: string | readonly string[];
  /** Columns by whose values the metrics are also given. */
  readonly slices?: readonly SliceFile[];
  /** Of the bootstrap. Default: 1000. @asType integer @minimum 0 @maximum 100000 */
  readonly resamples?: number | Expression;
  /** Shuffles of each column for permutation importance. Default: 5. @asType integer @minimum 0 @maximum 1000 */
  readonly 'importance-repeats'?: number | Expression;
  /** Of the bootstrap and the shuffles. Default: 0. @asType integer */
  readonly seed?: number | Expression;
}

/** A column as it is, or a numeric column cut at edges: `[45, 60]` gives `< 45`, `45 to < 60`, `>= 60`. */
export type SliceFile = string | { readonly column: string; readonly edges?: readonly number[] };

/** Takes the best of the models that an `evaluate` step measured. */
export interface ChooseStep extends AnyStep {
  readonly uses: 'choose';
  readonly with: ChooseInputs;
}

export interface ChooseInputs {
  /** The metric by which a model is best. */
  readonly metric: string;
}

/** A command in any language, with its inputs and outputs. */
export interface RunStep extends AnyStep {
  /**
   * A command for `bash -eo pipefail`, run in the pipeline's folder.
   * @minLength 1
   */
  readonly run: string;
  /** Files and folders, or globs, relative to the pipeline file, that the command reads. */
  readonly deps?: readonly string[];
  /**
   * Files that the command writes, by name, relative to `$TRAINYARD_OUT`. `model` and `metrics` have a meaning.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"}
   */
  readonly outs?: Readonly<Record<string, string>>;
  /** Datasets whose training rows the command reads. Default: all. */
  readonly data?: string | readonly string[];
  /** Params that the command reads from `$TRAINYARD_PARAMS`. Default: all. */
  readonly params?: readonly string[];
  /**
   * Environment of the command.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
   */
  readonly env?: Readonly<Record<string, JsonScalar>>;
  /** Names of environment variables that are passed on and masked in every log. */
  readonly secrets?: readonly SecretName[];
}

/** @pattern ^[A-Za-z_][A-Za-z0-9_]*$ */
export type SecretName = string;

export interface ModelFile {
  /** The step whose `model` output is the pipeline's model. */
  readonly from: string;
  readonly gates?: readonly Gate[];
}
