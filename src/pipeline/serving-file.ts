/** How the pipeline's model answers: `serving:` of a pipeline file, read from the work tree by `trainyard serve`. */
export interface ServingFile {
  /** Versions that get a copy of every request; their answers are recorded and never returned. */
  readonly shadow?: readonly ServedVersion[];
  /** A version that answers a share of the requests. */
  readonly canary?: CanaryFile;
  /** Versions between which a request chooses by a header. */
  readonly variants?: VariantsFile;
  /** Where requests and predictions are kept. Default: nowhere. */
  readonly log?: PredictionLogFile;
  /** What one request may ask for. */
  readonly limits?: ServingLimitsFile;
}

/**
 * A version of the pipeline's own model: `#staging` is what stands in a stage, and followed; `@v1.4.0` stays.
 * @pattern ^(#[a-z][a-z0-9]*(-[a-z0-9]+)*|@v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)$
 * @patternErrorMessage write `#<stage>` or `@v<major>.<minor>.<patch>`
 */
export type ServedVersion = string;

export interface CanaryFile {
  readonly version: ServedVersion;
  /**
   * Of the requests.
   * @minimum 0
   * @maximum 1
   */
  readonly share: number;
  /**
   * A column of the request, or a header as `header:<name>`, whose value decides: the same value gets the same version,
   * and a larger share only adds to it. Default: every request on its own.
   */
  readonly key?: string;
}

export interface VariantsFile {
  /** Name of the header. */
  readonly header: string;
  /**
   * Versions by the value of the header; any other value gets the version that is served anyway.
   * @minProperties 1
   */
  readonly versions: Readonly<Record<string, ServedVersion>>;
}

export interface PredictionLogFile {
  /**
   * `file:` and a folder (relative to the root), `s3://bucket/prefix`, or an `https://` address that takes CloudEvents.
   * @pattern ^(file:|s3://|https?://).+$
   * @patternErrorMessage write `file:<folder>`, `s3://<bucket>/<prefix>` or `https://<host>/<path>`
   */
  readonly to: string;
  /** `sync`: written before the answer goes out. `buffered`: a little later, without slowing the answer. Default: `buffered`. */
  readonly mode?: 'sync' | 'buffered';
  /** What becomes of columns that the contract calls personal. Default: `drop`. */
  readonly personal?: 'drop' | 'hash';
  /**
   * In the mode `sync`, what becomes of an answer whose record cannot be written. `answer`: it goes out, and the loss is
   * counted. `refuse`: no record, no answer; the request gets 503. Default: `answer`.
   */
  readonly 'when-lost'?: 'answer' | 'refuse';
}

export interface ServingLimitsFile {
  /**
   * Rows of one request. Default: 10000.
   * @asType integer
   * @minimum 1
   * @maximum 1000000
   */
  readonly 'max-rows'?: number;
  /**
   * Bytes of the body of one request. Default: 16777216.
   * @asType integer
   * @minimum 1
   * @maximum 1000000000
   */
  readonly 'max-bytes'?: number;
  /**
   * Milliseconds from the arrival of a request to its answer. Default: 10000.
   * @asType integer
   * @minimum 1
   * @maximum 600000
   */
  readonly 'timeout-ms'?: number;
}
