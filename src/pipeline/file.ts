import type { JsonScalar } from '../base/index.ts';
import type { Gate } from '../evaluate/index.ts';
import type { FeatureDeclaration } from '../features/index.ts';
import type { ServingFile } from './serving-file.ts';

/** `pipelines/<name>/pipeline.yaml`, as written. The JSON Schema in schemas/ is generated from this type. */
export interface PipelineFile {
  /** Version of this format. */
  readonly version: 1;
  /**
   * Of the pipeline and of its model: the name of the folder under `pipelines/`.
   * @pattern ^[a-z][a-z0-9]*(-[a-z0-9]+)*$
   * @patternErrorMessage use lower-case letters and digits, with single dashes between: `heart-disease`
   * @maxLength 64
   */
  readonly name: string;
  /** One sentence for people. */
  readonly description?: string;
  /** What starts the pipeline in CI. `trainyard run` starts it by hand, whatever stands here. */
  readonly on?: Triggers;
  /**
   * Values that `${{ params.<name> }}` gives, and that `--param name=value` overrides.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"}
   */
  readonly params?: Readonly<Record<string, JsonScalar>>;
  /**
   * Sources of rows, by name.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"}
   */
  readonly data?: Readonly<Record<string, DatasetFile>>;
  /** What the built-in `train` step makes of the columns. Columns that no entry names are not features. */
  readonly features?: readonly FeatureDeclaration[];
  /**
   * Nodes of the pipeline's graph, by name.
   * @propertyNames {"pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"}
   * @minProperties 1
   */
  readonly steps: Readonly<Record<string, StepFile>>;
  /** Which model the pipeline gives, and what it must meet. */
  readonly model?: ModelFile;
  /** How the model answers once it is served. */
  readonly serving?: ServingFile;
}

export interface Triggers {
  /** Commits on a branch. */
  readonly push?: PathFilter | null;
  /** Pull requests. */
  readonly pull_request?: PathFilter | null;
  /** Times, as cron writes them, in UTC. */
  readonly schedule?: readonly Schedule[];
  /** A button in the Actions page, or a call of the API. */
  readonly dispatch?: DispatchTrigger | null;
  /** New or changed rows in a dataset. */
  readonly data?: Nothing | null;
  /** Drift, worse accuracy or staleness that monitoring found. */
  readonly drift?: Nothing | null;
}

export type Nothing = Readonly<Record<string, never>>;

export interface DispatchTrigger {
  /** Datasets that an event of another system may add rows to, by name. Default: none. */
  readonly data?: Readonly<Record<string, ReceivedDataFile>>;
}

/** What an event may bring for one dataset. */
export interface ReceivedDataFile {
  /** Whether rows may stand in the event itself. Default: no. */
  readonly rows?: boolean;
  /** Rows may be fetched from addresses that begin with one of these, and from nowhere else. Default: from nowhere. */
  readonly addresses?: AddressPrefixes;
  /** Of what an address gives, at most `25 MiB`. Default: `10 MiB`. */
  readonly 'max-size'?: FileSize;
}

/** @minItems 1 @maxItems 20 */
export type AddressPrefixes = readonly string[];

/**
 * @pattern ^[1-9][0-9]{0,4} ?[KM]iB$
 * @patternErrorMessage write a whole number with its unit: `10 MiB` or `500 KiB`
 */
export type FileSize = string;

export interface PathFilter {
  /** Only when a file that one of these globs meets has changed. */
  readonly paths?: readonly string[];
  /** Only on branches that one of these globs meets. */
  readonly branches?: readonly string[];
}

export interface Schedule {
  /** Minute, hour, day of the month, month, day of the week: `17 3 * * *`. */
  readonly cron: string;
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
  /** The column that a model learns to predict. */
  readonly target?: string;
  /** For two classes: the one that metrics such as recall speak of. Default: the last in sorted order. */
  readonly positive?: JsonScalar;
  /** Which rows are held out. Default: none. */
  readonly split?: SplitFile;
  /**
   * Whether files that no commit holds are kept in the store, so that a run can be made again when they have changed.
   * Default: when together they are at most 1 GiB.
   */
  readonly keep?: boolean;
}

export interface SplitFile {
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
}

/** One node of the pipeline's graph: it `uses` something built in, or `run`s a command. */
export type StepFile = ValidateStep | TrainStep | EvaluateStep | ChooseStep | RunStep;

/** A value that is computed: `${{ params.trees }}`. @pattern \$\{\{ */
export type Expression = string;

/** @asType integer @minimum 0 @maximum 4294967295 */
export type Seed = number;

/** @asType integer @minimum 100 @maximum 100000 */
export type Resamples = number;

/** @asType integer @minimum 0 @maximum 1000 */
export type Repeats = number;

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
  /**
   * The step fails after so many minutes. Default: no limit.
   * @exclusiveMinimum 0
   * @maximum 35791
   */
  readonly 'timeout-minutes'?: number;
  /** The pipeline goes on when this step fails. */
  readonly 'continue-on-error'?: boolean;
  /**
   * With `false` the step runs in every run, though nothing that it declares has changed: for what comes from outside.
   * Steps that need it run only when its outputs differ. Default: true.
   */
  readonly cache?: boolean;
  /**
   * Labels of the runner that executes it in CI, such as `gpu`, or all of a list: `[self-hosted, gpu]`. Default: the
   * runner of the workflow. `trainyard run` executes every step where it is started.
   */
  readonly 'runs-on'?: RunnerLabel | RunnerLabels;
}

/**
 * @pattern ^[A-Za-z0-9_][A-Za-z0-9_.-]*$
 * @patternErrorMessage write the label of a runner: letters, digits, dots, dashes and underscores
 * @maxLength 100
 */
export type RunnerLabel = string;

/** @minItems 1 @maxItems 10 */
export type RunnerLabels = readonly RunnerLabel[];

/** @minItems 1 */
export type MatrixValues = readonly JsonScalar[];

/** Checks a dataset against its contract, and fails when it does not hold. */
export interface ValidateStep extends AnyStep {
  /** Checks a dataset against its contract. */
  readonly uses: 'validate';
  /** Its inputs. */
  readonly with: ValidateInputs;
}

export interface ValidateInputs {
  /** Name of a dataset. */
  readonly data: string;
}

/** Learns a model from the training rows of a dataset. */
export interface TrainStep extends AnyStep {
  /** Learns a model. */
  readonly uses: 'train';
  /** Its inputs. */
  readonly with: TrainInputs;
}

export interface TrainInputs {
  /** Name of a dataset. */
  readonly data: string;
  /** Name of a built-in estimator. */
  readonly estimator: string;
  /** Of everything random. Default: 0. */
  readonly seed?: Seed | Expression;
  /**
   * `balanced`: rows weigh inversely to how frequent their class is. A map gives the weight of classes by name; those
   * that it does not name weigh 1.
   */
  readonly 'class-weight'?: 'balanced' | 'none' | ClassWeights | Expression;
  /** The estimator's own options; none of them is a map. */
  readonly [option: string]: JsonScalar | ClassWeights | undefined;
}

/** Positive numbers, by class: `{ "1": 3 }`. */
export interface ClassWeights {
  /** @exclusiveMinimum 0 */
  readonly [className: string]: number;
}

/** Measures models on the held-out rows of a dataset. */
export interface EvaluateStep extends AnyStep {
  /** Measures models. */
  readonly uses: 'evaluate';
  /** Its inputs. */
  readonly with: EvaluateInputs;
}

export interface EvaluateInputs {
  /** Name of a dataset. */
  readonly data: string;
  /** Steps whose `model` output is measured. Default: all that this step needs. */
  readonly models?: string | readonly string[];
  /** Columns by whose values the metrics are also given. */
  readonly slices?: readonly SliceFile[];
  /** Of the bootstrap: fewer than 100 say nothing of the ends of an interval. Default: 1000. */
  readonly resamples?: Resamples | Expression;
  /** Shuffles of each column for permutation importance. Default: 5. */
  readonly 'importance-repeats'?: Repeats | Expression;
  /** Of the bootstrap and the shuffles. Default: 0. */
  readonly seed?: Seed | Expression;
}

/** A column as it is, or a numeric column cut at edges: `[45, 60]` gives `< 45`, `45 to < 60`, `>= 60`. */
export type SliceFile = string | ColumnSlice;

export interface ColumnSlice {
  readonly column: string;
  /** Ascending. */
  readonly edges?: readonly number[];
}

/** Takes the best of the models that an `evaluate` step measured. */
export interface ChooseStep extends AnyStep {
  /** Takes the best model. */
  readonly uses: 'choose';
  /** Its inputs. */
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

/**
 * @pattern ^[A-Za-z_][A-Za-z0-9_]*$
 * @patternErrorMessage write the name of an environment variable: its value stays out of the file
 */
export type SecretName = string;

export interface ModelFile {
  /** The step whose `model` output is the pipeline's model. */
  readonly from: string;
  /** Rules that the model must meet. */
  readonly gates?: readonly Gate[];
}
