import type { Digest } from '../../base/index.ts';
import type { Prediction } from '../../onnx/index.ts';

/** What a thread is told. */
export type ToThread =
  | {
      readonly kind: 'infer';
      readonly job: number;
      readonly model: ThreadModel;
      readonly rows: number;
      /** Numbers alone are handed over, not copied. */
      readonly cells: Float64Array | readonly (number | string)[];
    }
  | { readonly kind: 'close'; readonly key: number };

/** A servable, as a thread finds it. */
export interface ThreadModel {
  readonly key: number;
  readonly folder: string;
  /** Of the bytes that have to be there. */
  readonly digest: Digest;
}

/** What a thread answers. */
export type FromThread =
  | { readonly kind: 'answered'; readonly job: number; readonly prediction: Prediction }
  /** The model cannot answer these rows. */
  | { readonly kind: 'failed'; readonly job: number; readonly message: string }
  /** The folder does not hold that model (any more). */
  | { readonly kind: 'unopened'; readonly job: number; readonly message: string };
