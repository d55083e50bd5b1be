import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RowBlock } from '../../servable/index.ts';
import type { Answered, Engine } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import { openAllowance } from './allowance.ts';

export interface PatientOptions {
  /** Rows after which waiting ends. Default: 60, so few that no other thread is asked. */
  readonly batchRows?: number;
  /** Milliseconds that the first copy waits for others at most. Default: 25. */
  readonly waitMs?: number;
  /** Rows that may be on their way; copies beyond are dropped. Default: 2,048. */
  readonly mostRows?: number;
  /** Share of this thread's time that copies may take; copies beyond are dropped. Default: 0.06. */
  readonly share?: number;
  /** Milliseconds that only go forward. */
  readonly clock?: () => number;
}

/** Milliseconds that a row takes beside the runtime: it is collected, and observers are told of it. */
const rowMs = 0.006;
/** Milliseconds that copies may take at once after a pause. */
const burstMs = 60;

interface Copy {
  readonly block: RowBlock;
  readonly deadline: number;
  readonly resolve: (answer: Result<Answered, ServeFailure>) => void;
}

/**
 * The engine of a shadow: nobody waits for its answers, so copies are collected over several turns of the event loop and
 * handed over at once, which makes them cheap; and when there are too many of them, or they take more than their share of
 * the time, they are dropped with `serve-overloaded`, so that a shadow costs no memory and hardly an answer. It shares the engine below with whoever else
 * uses that version, and does not dispose it.
 */
export function patientEngine(engine: Engine, options: PatientOptions = {}): Engine {
  const { batchRows = 60, waitMs = 25, mostRows = 2048, share = 0.06 } = options;
  const { clock = () => performance.now() } = options;
  const allowance = openAllowance({ share, most: burstMs, clock });
  let copies: Copy[] = [];
  let waiting = 0;
  let onTheirWay = 0;
  let timer: NodeJS.Timeout | undefined;

  const takesCopy = (rows: number): boolean => {
    const isFull = onTheirWay > 0 && onTheirWay + rows > mostRows;
    return !isFull && allowance.isLeft();
  };

  const handOver = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const all = copies;
    copies = [];
    waiting = 0;
    for (let at = 0; at < all.length; ) {
      const from = at;
      let rows = all[at++]!.block.rows;
      while (at < all.length && rows + all[at]!.block.rows <= batchRows) rows += all[at++]!.block.rows;
      void answerTogether(all.slice(from, at), rows);
    }
  };

  /** As one block, which costs one promise instead of one a copy; when that fails, each for itself. */
  const answerTogether = async (batch: readonly Copy[], rows: number): Promise<void> => {
    const [first] = batch as [Copy];
    const { deadline } = first;
    const cells = batch.length === 1 ? first.block.cells : cellsOf(batch);
    const before = runtimeMs(engine);
    const answer = await answered(engine, { rows, cells }, deadline);
    allowance.spend(runtimeMs(engine) - before + rows * rowMs);
    if (!answer.ok && batch.length > 1) {
      for (const copy of batch) void answerTogether([copy], copy.block.rows);
      return;
    }
    onTheirWay -= rows;
    let firstRow = answer.ok ? answer.value.firstRow : 0;
    for (const { block, resolve } of batch) {
      resolve(answer.ok ? success({ prediction: answer.value.prediction, firstRow }) : answer);
      firstRow += block.rows;
    }
  };

  return {
    servable: engine.servable,
    takesCopy,
    infer: (block, deadline) =>
      new Promise((resolve) => {
        if (!takesCopy(block.rows)) {
          resolve(failed(serveFailure('serve-overloaded', 'The shadow has more copies than it takes')));
          return;
        }
        copies.push({ block, deadline, resolve });
        waiting += block.rows;
        onTheirWay += block.rows;
        if (waiting >= batchRows) handOver();
        else timer ??= setTimeout(handOver, waitMs);
      }),
    load: () => ({ queuedRows: onTheirWay, queueLimit: mostRows }),
    [Symbol.asyncDispose]: async () => {
      if (timer !== undefined) handOver();
    },
  };
}

/** What the calls of the runtime took since the version was loaded; others may use it too, and count. */
function runtimeMs(engine: Engine): number {
  return 1000 * (engine.load().batches?.seconds ?? 0);
}

/** Also when the engine throws, which nobody would catch: nobody waits for a copy. */
async function answered(
  engine: Engine,
  block: RowBlock,
  deadline: number,
): Promise<Result<Answered, ServeFailure>> {
  try {
    return await engine.infer(block, deadline);
  } catch (cause) {
    return failed(serveFailure('serve-model-failed', 'The shadow cannot answer these rows', { cause }));
  }
}

function cellsOf(batch: readonly Copy[]): readonly (number | string)[] {
  const all: (number | string)[] = [];
  for (const { block } of batch) for (const cell of block.cells) all.push(cell);
  return all;
}
