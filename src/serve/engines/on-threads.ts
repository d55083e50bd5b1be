import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RowBlock } from '../../servable/index.ts';
import type { Answered } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';
import type { Elsewhere } from './batching.ts';
import { inferInChunks } from './chunks.ts';
import { modelFailed, overloaded, tooLate } from './failures.ts';
import { openPace } from './pace.ts';
import type { ThreadModel } from './thread-messages.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Rows of a chunk: enough that handing it over costs little beside its work, few enough that others get their turn. */
const chunkRows = 512;
/** Rows of large blocks that may wait. */
const queueRows = 200_000;

/** Answers the large blocks of one model on the threads of its process. */
export function onThreads(pool: ThreadPool, model: ThreadModel, clock: () => number): Elsewhere {
  const pace = openPace();
  let waiting = 0;
  let isUnopened = false;

  const inferChunk = async (
    { rows, cells }: RowBlock,
    deadline: number,
  ): Promise<Result<Answered, ServeFailure>> => {
    if (clock() >= deadline) return failed(tooLate());
    const answer = await pool.infer(model, rows, cells);
    switch (answer.kind) {
      case 'answered':
        waiting -= rows;
        return success({ prediction: answer.prediction, firstRow: 0 });
      case 'unopened':
        isUnopened = true;
        return failed(modelFailed(answer.message));
      case 'failed':
      case 'died':
        return failed(modelFailed(answer.message));
    }
  };

  return {
    infer: async (block, deadline) => {
      if (isUnopened) return undefined;
      const wait = ((waiting + block.rows) * pace.msPerRow()) / pool.threads;
      if (waiting > 0 && (waiting + block.rows > queueRows || clock() + wait > deadline)) {
        return failed(overloaded(wait));
      }
      const before = waiting;
      waiting += block.rows;
      const started = clock();
      let left = block.rows;
      const answer = await inferInChunks(block, {
        rows: chunkRows,
        // One more than threads: the next chunk lies ready when a thread is done.
        atOnce: pool.threads + 1,
        infer: async (chunk) => {
          const answered = await inferChunk(chunk, deadline);
          if (answered.ok) left -= chunk.rows;
          return answered;
        },
      });
      waiting -= left;
      if (answer.ok && before === 0) pace.add(block.rows, (clock() - started) * pool.threads);
      return isUnopened && !answer.ok ? undefined : answer;
    },
    queuedRows: () => waiting,
    dispose: async () => pool.close(model.key),
  };
}
