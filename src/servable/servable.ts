import type { Result } from '../base/index.ts';
import type { JsonSchema, RowProblem } from '../contract/index.ts';
import type { ModelInfo, OnnxFailure, Prediction } from '../onnx/index.ts';
import type { ServableManifest } from './manifest.ts';
import type { ModelColumn, RowBlock } from './row-block.ts';

/** A model, loaded, with the rules of its requests. `await using` frees it. */
export interface Servable extends AsyncDisposable {
  readonly manifest: ServableManifest;
  readonly info: ModelInfo;
  /** What the model reads, in the order of the cells of a block. */
  readonly columns: readonly ModelColumn[];
  /** The JSON Schema of one row of a request. */
  readonly schema: JsonSchema;
  /** Every rule of the contract that a row breaks, or what the model's tensors cannot hold; an empty list for a good one. */
  check(row: unknown): readonly RowProblem[];
  /** Appends the cells of a row that was checked. */
  cellsOf(row: Readonly<Record<string, unknown>>, cells: (number | string)[]): void;
  /** Answers for blocks, one after the other, in one call of the runtime, which blocks this thread. */
  predict(blocks: readonly RowBlock[]): Promise<Result<Prediction, OnnxFailure>>;
}
