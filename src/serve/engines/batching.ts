import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RowBlock, Servable } from '../../servable/index.ts';
import type { Answered, Engine } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

export interface BatchingOptions {
  /** Rows of one call of the runtime. Default: 256. */
  readonly batchRows?: number;
  /** Rows that may wait. Default: 8,192. */
  readonly queueRows?: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

interface Waiting {
  readonly block: RowBlock;
  readonly deadline: number;
  readonly resolve: (answer: Result<Answered, ServeFailure>) => void;
}

/** Runs a servable on this thread, in batches of one turn of the event loop. */
export function batchingEngine(servable: Servable, options: BatchingOptions): Engine {
  const { batchRows = 256, queueRows = 8192, clock } = options;
  let queue: Waiting[] = [];
  let queued = 0;
  let scheduled = false;

  const take = (): Waiting[] => {
    let rows = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || rows + queue[count]!.block.rows <= batchRows)) {
      rows += queue[count++]!.block.rows;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queued -= rows;
    return batch;
  };

  const flush = async (): Promise<void> => {
    const now = clock();
    const batch = take().filter((waiting) => {
      if (waiting.deadline > now) return true;
      waiting.resolve(failed(serveFailure('serve-timeout', 'The request waited longer than it may')));
      return false;
    });
    if (batch.length > 0) await answer(batch);
    if (queue.length > 0) setImmediate(flush);
    else scheduled = false;
  };

  const answer = async (batch: readonly Waiting[]): Promise<void> => {
    const prediction = await servable.predict(batch.map(({ block }) => block));
    if (prediction.ok) {
      let firstRow = 0;
      for (const { block, resolve } of batch) {
        resolve(success({ prediction: prediction.value, firstRow }));
        firstRow += block.rows;
      }
    } else if (batch.length === 1) {
      batch[0]!.resolve(
        failed(
          serveFailure('serve-model-failed', 'The model cannot answer these rows', {
            cause: prediction.failure,
          }),
        ),
      );
    } else for (const waiting of batch) await answer([waiting]);
  };

  return {
    servable,
    infer: (block, deadline) =>
      new Promise((resolve) => {
        if (queued > 0 && queued + block.rows > queueRows) {
          resolve(
            failed(
              serveFailure('serve-overloaded', 'More requests wait than the server takes', { retryAfter: 1 }),
            ),
          );
          return;
        }
        queue.push({ block, deadline, resolve });
        queued += block.rows;
        if (!scheduled) {
          scheduled = true;
          setImmediate(flush);
        }
      }),
    load: () => ({ queuedRows: queued, queueLimit: queueRows }),
    [Symbol.asyncDispose]: async () => {
      while (scheduled) await new Promise((resolve) => setImmediate(resolve));
      await servable[Symbol.asyncDispose]();
    },
  };
}
