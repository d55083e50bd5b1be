import type { Result } from '../base/index.ts';
import type { Prediction } from '../onnx/index.ts';
import type { RowBlock, Servable } from '../servable/index.ts';
import type { ServeFailure } from './failures.ts';
import type { Buckets } from './metrics/buckets.ts';

/**
 * Runs one loaded version. Blocks of many requests are answered together: what arrives within one turn of the event
 * loop becomes one call of the runtime, so that nobody waits for company and company costs little.
 */
export interface Engine extends AsyncDisposable {
  readonly servable: Servable;
  /**
   * Answers a block whose rows were checked. Fails with `serve-overloaded` when the queue is full, `serve-timeout` when
   * the deadline (milliseconds on the monotonic clock) passed before the rows came to their turn, and `serve-model-failed`
   * when the model cannot answer these rows; other blocks of the same batch are then answered all the same.
   */
  infer(block: RowBlock, deadline: number): Promise<Result<Answered, ServeFailure>>;
  /** Of a shadow's engine: whether it has room and time for a copy of so many rows. Absent: it takes everything. */
  takesCopy?(rows: number): boolean;
  load(): EngineLoad;
}

/** A prediction that holds the rows of a block from `firstRow` on; other rows of it belong to others. */
export interface Answered {
  readonly prediction: Prediction;
  readonly firstRow: number;
}

export interface EngineLoad {
  /** Rows that wait. */
  readonly queuedRows: number;
  readonly queueLimit: number;
  /** Calls of the runtime since the version was loaded. */
  readonly batches?: { readonly rows: Buckets; readonly seconds: number };
}
