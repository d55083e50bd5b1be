/** What can be read off a model file without running it. */
export interface ModelInfo {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Domain to version; `''` is the default ONNX domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly task: Task;
  /** Class labels in the order of the probability columns, as text; empty for regression. */
  readonly classes: readonly string[];
}

export type Task = 'classification' | 'regression';

export interface Port {
  readonly name: string;
  readonly type: TensorType;
  /** `null` for a dimension that is free. */
  readonly shape: readonly (number | null)[];
}

export type TensorType = 'float' | 'double' | 'int64' | 'int32' | 'bool' | 'string';

/** What a model says of rows: `rows` answers in order. */
export type Prediction = ClassPrediction | ValuePrediction;

export interface ClassPrediction {
  readonly task: 'classification';
  readonly rows: number;
  readonly classes: readonly string[];
  /** `rows` x `classes.length`, row by row, as the model gave them; each row sums to 1 within 1e-4. */
  readonly probabilities: Float64Array;
  /** Index into `classes` of the label that the model itself chose. */
  readonly labels: Int32Array;
}

export interface ValuePrediction {
  readonly task: 'regression';
  readonly rows: number;
  readonly values: Float64Array;
}
