import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadModel, ToThread } from './thread-messages.ts';

export type ThreadAnswer =
  | Extract<FromThread, { kind: 'answered' | 'failed' | 'unopened' }>
  /** The thread ended twice while it had this job. */
  | { readonly kind: 'died'; readonly message: string };

/** A bounded number of threads that answer chunks, for all models of a process. */
export interface ThreadPool extends AsyncDisposable {
  readonly threads: number;
  infer(model: ThreadModel, rows: number, cells: readonly (number | string)[]): Promise<ThreadAnswer>;
  /** A model that nobody will ask for any more. */
  close(key: number): void;
}

interface Job {
  readonly job: number;
  readonly model: ThreadModel;
  readonly rows: number;
  readonly cells: readonly (number | string)[];
  readonly resolve: (answer: ThreadAnswer) => void;
  tries: number;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

export interface ThreadPoolOptions {
  readonly threads: number;
  /** What a thread runs. */
  readonly file: URL;
  /** Is told of every thread that starts. */
  readonly onStart?: (worker: Worker) => void;
}

/**
 * Threads start with the first job, one job each at a time, in the order of asking. A thread that ends in the middle is
 * replaced; its job is tried once more.
 */
export function openThreadPool({ threads, file, onStart }: ThreadPoolOptions): ThreadPool {
  const pool = new Set<Thread>();
  const jobs: Job[] = [];
  let count = 0;
  let isClosed = false;

  const next = (): void => {
    while (jobs.length > 0) {
      const free =
        [...pool].find(({ job }) => job === undefined) ?? (pool.size < threads ? start() : undefined);
      if (free === undefined) return;
      give(free, jobs.shift()!);
    }
  };

  const give = (thread: Thread, job: Job): void => {
    thread.job = job;
    job.tries++;
    const { model, rows } = job;
    const numbers = job.cells.every((cell) => typeof cell === 'number');
    const cells = numbers ? Float64Array.from(job.cells as readonly number[]) : job.cells;
    const message: ToThread = { kind: 'infer', job: job.job, model, rows, cells };
    thread.worker.postMessage(message, numbers ? [(cells as Float64Array).buffer as ArrayBuffer] : []);
    thread.worker.ref();
  };

  const start = (): Thread => {
    const worker = new Worker(file, {
      workerData: { trainyardRole: 'engine-thread' },
    });
    const thread: Thread = { worker, job: undefined };
    pool.add(thread);
    onStart?.(worker);
    worker.unref();
    worker.on('message', (message: FromThread) => {
      const { job } = thread;
      thread.job = undefined;
      worker.unref();
      if (job?.job === message.job) job.resolve(message);
      next();
    });
    let because = 'it ended';
    worker.on('error', (error) => {
      because = error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', () => {
      pool.delete(thread);
      const { job } = thread;
      if (job !== undefined) {
        if (job.tries < 2 && !isClosed) jobs.unshift(job);
        else job.resolve({ kind: 'died', message: because });
      }
      if (!isClosed) next();
    });
    return thread;
  };

  return {
    threads,
    infer: (model, rows, cells) =>
      new Promise((resolve) => {
        if (isClosed) return resolve({ kind: 'died', message: 'the threads are closed' });
        jobs.push({ job: count++, model, rows, cells, resolve, tries: 0 });
        next();
      }),
    close: (key) => {
      for (const { worker } of pool) worker.postMessage({ kind: 'close', key } satisfies ToThread);
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await Promise.all([...pool].map(({ worker }) => worker.terminate()));
    },
  };
}
