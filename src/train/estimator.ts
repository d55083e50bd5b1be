import type { Result } from '../base/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { GraphBuilder } from '../onnx/index.ts';
import type { TrainFailure } from './failures.ts';
import type { Learning } from './learning.ts';

/** What is to be learned, without missing targets. */
export type Target =
  | { readonly task: 'regression'; readonly values: Float64Array }
  | { readonly task: 'classification'; readonly classes: readonly string[]; readonly labels: Int32Array };

export interface TrainingRequest {
  readonly matrix: FeatureMatrix;
  readonly target: Target;
  /** Weights of rows, positive; all 1 when absent. Class weights are already multiplied in. */
  readonly weights?: Float64Array;
  /** The estimator's own options, as written in `with:`; each estimator has defaults for all. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called now and then with the share of the work that is done, 0 to 1, and a short note (`tree 40 of 200`). */
  readonly onProgress: (share: number, note: string) => void;
}

/** One built-in way of learning. */
export interface Estimator {
  readonly name: string;
  readonly tasks: readonly Target['task'][];
  /** Options with their meaning, range and default: the source of the schema and the reference page. */
  readonly options: readonly EstimatorOption[];
  train(request: TrainingRequest): Promise<Result<TrainedModel, TrainFailure>>;
}

export interface EstimatorOption {
  readonly name: string;
  readonly description: string;
  readonly default: number | boolean | string | null;
  readonly type: 'integer' | 'number' | 'boolean' | 'string';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  /** Whether null may be written, for "no limit"; options with the default null take it anyway. */
  readonly nullable?: boolean;
}

/** What was learned: it can predict here, and write itself as ONNX operators. */
export interface TrainedModel {
  /**
   * Rows x classes probabilities row by row for classification (two columns for two classes), or values. Computed
   * by the trainer's own code: what the ONNX form is compared with.
   */
  predict(matrix: FeatureMatrix): Float64Array;
  /**
   * Adds operators that compute the same from `input`, a double tensor [rows, features], and returns the name of a
   * double tensor [rows, classes] of probabilities or [rows, 1] of values.
   */
  toOnnx(graph: GraphBuilder, input: string): string;
  /** What was learned, for the record: trees grown, iterations, the best iteration. Numbers, texts and booleans. */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  /** Step by step, for estimators that learn so. */
  readonly learning?: Learning;
}
