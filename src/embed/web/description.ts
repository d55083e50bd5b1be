import type { ColumnContract } from '../../contract/index.ts';
import type { ModelInfo, OutputRoles } from '../../onnx/index.ts';

/** Everything besides `model.onnx` that answering in a page needs: written into the module as data. */
export interface WebDescription {
  readonly model: string;
  readonly version: string;
  /** SHA-256 of the model's file, in hexadecimal digits. */
  readonly sha256: string;
  readonly columns: readonly ColumnContract[];
  readonly info: ModelInfo;
  readonly roles: OutputRoles;
}
