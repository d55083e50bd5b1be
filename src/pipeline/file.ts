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

/** One node of the pipeline's graph: `uses` something built in, or `run` a command. */
export interface StepFile {
  /** For people. Default: the key. */
  readonly name?: string;
  readonly uses?: 'validate' | 'train' | 'evaluate' | 'choose';
  /** Inputs of the built-in step. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** A command for `bash -eo pipefail`, run in the pipeline's folder. */
  readonly run?: string;
  /** Steps that must succeed first, whose outputs this one may read. */
  readonly needs?: string | readonly string[];
  /** Runs only when this expression is true. */
  readonly if?: string;
  /** One instance of the step for each combination of the values. */
  readonly matrix?: Readonly<Record<string, readonly JsonScalar[]>>;
  /** Files and folders, or globs, relative to the pipeline file, that the command reads. */
  readonly deps?: readonly string[];
  /** Files that the command writes, by name, relative to `$TRAINYARD_OUT`. `model` and `metrics` have a meaning. */
  readonly outs?: Readonly<Record<string, string>>;
  /** Datasets whose training rows the command reads. Default: all. */
  readonly data?: string | readonly string[];
  /** Params that the command reads from `$TRAINYARD_PARAMS`. Default: all. */
  readonly params?: readonly string[];
  /** Environment of the command. */
  readonly env?: Readonly<Record<string, JsonScalar>>;
  /** Names of environment variables that are passed on and masked in every log. */
  readonly secrets?: readonly string[];
  /** How often to try again after a failure, waiting 1, 2, 4, ... seconds (with jitter). @minimum 0 @maximum 10 */
  readonly retry?: number;
  /** @exclusiveMinimum 0 */
  readonly 'timeout-minutes'?: number;
  /** The pipeline goes on when this step fails. */
  readonly 'continue-on-error'?: boolean;
}

export interface ModelFile {
  /** The step whose `model` output is the pipeline's model. */
  readonly from: string;
  readonly gates?: readonly Gate[];
}
