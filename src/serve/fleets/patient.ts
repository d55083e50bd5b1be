import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RowBlock } from '../../servable/index.ts';
import type { Answered, Engine } from '../engine.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

export interface PatientOptions {
  /** Rows after which waiting ends. Default: 128. */
  readonly batchRows?: number;
  /** Milliseconds that the first copy waits for others at most. Default: 25. */
  readonly waitMs?: number;
  /** Rows that may be on their way; copies beyond are dropped. Default: 2,048. */
  readonly mostRows?: number;
}

interface Copy {
  readonly block: RowBlock;
  readonly deadline: number;
  readonly resolve: (answer: Result<Answered, ServeFailure>) => void;
}

/**
 * The engine of a shadow: nobody waits for its answers, so copies are collected over several turns of the event loop and
 * handed over at once, which makes them cheap; and when there are too many of them they are dropped with
 * `serve-overloaded`, so that a slow shadow costs no memory and no answer. It shares the engine below with whoever else
 * uses that version, and does not dispose it.
 */
export function patientEngine(engine: Engine, options: PatientOptions = {}): Engine {
  const { batchRows = 128, waitMs = 25, mostRows = 2048 } = options;
  let copies: Copy[] = [];
  let waiting = 0;
  let onTheirWay = 0;
  let timer: NodeJS.Timeout | undefined;

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
    const answer = await answered(engine, { rows, cells }, deadline);
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
    infer: (block, deadline) =>
      new Promise((resolve) => {
        if (onTheirWay > 0 && onTheirWay + block.rows > mostRows) {
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
