import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RowBlock, Servable } from '../../servable/index.ts';
import type { Answered, Engine } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';
import { Buckets, batchBounds } from '../metrics/buckets.ts';
import { inferInChunks } from './chunks.ts';
import { modelFailed, overloaded, tooLate } from './failures.ts';
import { openPace } from './pace.ts';

export interface BatchingOptions {
  /** Rows of one call of the runtime. Default: 256. */
  readonly batchRows?: number;
  /** Milliseconds that one call of the runtime should block this thread at most. Default: 4. */
  readonly batchMs?: number;
  /** Rows that may wait. Default: 65,536; how long they take bounds them earlier. */
  readonly queueRows?: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
  /** Who answers large blocks, and what is large. Default: nobody, they are answered here. */
  readonly elsewhere?: Elsewhere;
}

/** Answers large blocks without this thread. */
export interface Elsewhere {
  /** `undefined`: it cannot, and the block is to be answered here. */
  infer(block: RowBlock, deadline: number): Promise<Result<Answered, ServeFailure> | undefined>;
  /** Rows that wait. */
  queuedRows(): number;
  dispose(): Promise<void>;
}

interface Waiting {
  readonly block: RowBlock;
  readonly deadline: number;
  readonly resolve: (answer: Result<Answered, ServeFailure>) => void;
}

/** Blocks of fewer rows, or of fewer milliseconds, are answered on this thread: handing them over costs as much. */
const largeRows = 64;
const largeMs = 2;
/** Of a large block that has to be answered on this thread after all. */
const chunkRows = 64;

/**
 * Runs a servable on this thread: what arrived within one turn of the event loop becomes one call of the runtime, as far
 * as the call stays short. The queue is bounded by rows, and by time: what could not be answered before its deadline is
 * refused when it comes, not when it is too late.
 */
export function batchingEngine(servable: Servable, options: BatchingOptions): Engine {
  const { batchRows = 256, batchMs = 4, queueRows = 65_536, clock, elsewhere } = options;
  const pace = openPace();
  const rows = new Buckets(batchBounds);
  let seconds = 0;
  let queue: Waiting[] = [];
  let queued = 0;
  let scheduled = false;
  let handedOver = 0;

  const take = (): Waiting[] => {
    const most = Math.max(1, Math.min(batchRows, Math.floor(batchMs / pace.msPerRow())));
    let taken = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || taken + queue[count]!.block.rows <= most)) {
      taken += queue[count++]!.block.rows;
    }
    queued -= taken;
    if (count === queue.length) {
      const batch = queue;
      queue = [];
      return batch;
    }
    return queue.splice(0, count);
  };

  const flush = async (): Promise<void> => {
    const now = clock();
    const batch = take();
    const timely = batch.every(({ deadline }) => deadline > now)
      ? batch
      : batch.filter((waiting) => {
          if (waiting.deadline > now) return true;
          waiting.resolve(failed(tooLate()));
          return false;
        });
    if (timely.length > 0) await answer(timely);
    if (queue.length > 0) setImmediate(flush);
    else scheduled = false;
  };

  /** When a call fails, its halves are tried: a block that the model cannot answer fails alone. */
  const answer = async (batch: readonly Waiting[]): Promise<void> => {
    const blocks = batch.map(({ block }) => block);
    const started = clock();
    const prediction = await predict(servable, blocks);
    if (prediction.ok) {
      const took = clock() - started;
      seconds += took / 1000;
      rows.add(prediction.value.rows);
      pace.add(prediction.value.rows, took);
      let firstRow = 0;
      for (const { block, resolve } of batch) {
        resolve(success({ prediction: prediction.value, firstRow }));
        firstRow += block.rows;
      }
    } else if (batch.length === 1) {
      batch[0]!.resolve(failed(modelFailed(prediction.failure)));
    } else {
      const half = batch.length >> 1;
      await answer(batch.slice(0, half));
      await answer(batch.slice(half));
    }
  };

  const inferHere = (block: RowBlock, deadline: number): Promise<Result<Answered, ServeFailure>> =>
    new Promise((resolve) => {
      const wait = (queued + block.rows) * pace.msPerRow();
      if (queued > 0 && (queued + block.rows > queueRows || clock() + wait > deadline)) {
        resolve(failed(overloaded(wait)));
        return;
      }
      queue.push({ block, deadline, resolve });
      queued += block.rows;
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush);
      }
    });

  const inferChunks = (block: RowBlock, deadline: number): Promise<Result<Answered, ServeFailure>> =>
    inferInChunks(block, { rows: chunkRows, atOnce: 1, infer: (chunk) => inferHere(chunk, deadline) });

  const inferElsewhere = async (
    thread: Elsewhere,
    block: RowBlock,
    deadline: number,
  ): Promise<Result<Answered, ServeFailure>> => {
    handedOver++;
    try {
      return (await thread.infer(block, deadline)) ?? (await inferChunks(block, deadline));
    } finally {
      handedOver--;
    }
  };

  return {
    servable,
    infer: (block, deadline) => {
      if (block.rows < largeRows || block.rows * pace.msPerRow() < largeMs) return inferHere(block, deadline);
      return elsewhere === undefined
        ? inferChunks(block, deadline)
        : inferElsewhere(elsewhere, block, deadline);
    },
    load: () => ({
      queuedRows: queued + (elsewhere?.queuedRows() ?? 0),
      queueLimit: queueRows,
      batches: { rows, seconds },
    }),
    [Symbol.asyncDispose]: async () => {
      while (scheduled || handedOver > 0) await new Promise((resolve) => setImmediate(resolve));
      await elsewhere?.dispose();
      await servable[Symbol.asyncDispose]();
    },
  };
}

/** A model that throws is a model that cannot answer: whoever waits gets an answer in any case. */
async function predict(
  servable: Servable,
  blocks: readonly RowBlock[],
): Promise<Awaited<ReturnType<Servable['predict']>> | { readonly ok: false; readonly failure: unknown }> {
  try {
    return await servable.predict(blocks);
  } catch (failure) {
    return { ok: false, failure };
  }
}
