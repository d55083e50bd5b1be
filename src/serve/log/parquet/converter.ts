import type { Worker } from 'node:worker_threads';
import type { AnswerTable } from '../answer-table.ts';
import { buffersOf } from '../answer-table.ts';

export interface ConvertRequest {
  /** Of a complete segment, without an ending. */
  readonly path: string;
  /** What its lines say; without it they are read. */
  readonly table?: AnswerTable;
}

export interface ConvertAnswer {
  readonly path: string;
  /** Why it could not be converted. */
  readonly because?: string;
}

/** Turns segments into Parquet in a thread of its own, so that answers do not wait. Disposing ends the thread. */
export interface Converter extends AsyncDisposable {
  /** Resolves with why it could not be converted, or with nothing. The table is the thread's from then on. */
  convert(path: string, table?: AnswerTable): Promise<string | undefined>;
}

/** A thread without work is ended after this many milliseconds: it holds memory. */
const idleMs = 5000;

/** `thread` starts the thread; it comes up with the first segment. */
export function openConverter(thread: () => Worker): Converter {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const waiting = new Map<string, (because: string | undefined) => void>();

  const settle = (path: string, because: string | undefined): void => {
    waiting.get(path)?.(because);
    waiting.delete(path);
    if (waiting.size > 0) return;
    worker?.unref();
    idle = setTimeout(() => void end(), idleMs).unref();
  };
  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  const start = (): Worker => {
    const started = thread();
    started.on('message', ({ path, because }: ConvertAnswer) => settle(path, because));
    const gone = (because: string): void => {
      if (worker === started) worker = undefined;
      for (const path of [...waiting.keys()]) settle(path, because);
    };
    started.on('error', (error) => gone(error.message));
    started.on('exit', () => {
      if (worker === started || worker === undefined) gone('its thread ended');
    });
    return started;
  };
  return {
    convert: (path, table) =>
      new Promise((resolve) => {
        clearTimeout(idle);
        waiting.set(path, resolve);
        try {
          worker ??= start();
          worker.ref();
          const request: ConvertRequest = table === undefined ? { path } : { path, table };
          worker.postMessage(request, table === undefined ? [] : buffersOf(table));
        } catch (error) {
          settle(path, error instanceof Error ? error.message : String(error));
        }
      }),
    [Symbol.asyncDispose]: async () => {
      clearTimeout(idle);
      await end();
    },
  };
}
