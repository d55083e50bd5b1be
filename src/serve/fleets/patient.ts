import type { Result } from '../../base/index.ts';
import { failed } from '../../base/index.ts';
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
    for (const { block, deadline, resolve } of all) {
      void answered(engine, block, deadline).then((answer) => {
        onTheirWay -= block.rows;
        resolve(answer);
      });
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
