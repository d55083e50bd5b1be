import { availableParallelism } from 'node:os';
import type { EngineOf } from '../fleet.ts';
import type { BatchingOptions } from './batching.ts';
import { batchingEngine } from './batching.ts';
import { onThreads } from './on-threads.ts';
import { openThreadPool } from './thread-pool.ts';

export interface EnginesOptions extends Pick<BatchingOptions, 'batchRows' | 'clock' | 'queueRows'> {
  /** Threads for large blocks. Default: one fewer than cores, at least 1; 0: none. */
  readonly threads?: number;
  /** What the threads run. */
  readonly file: URL;
}

/** What makes the engines of one process, which share threads for large blocks. */
export interface Engines extends AsyncDisposable {
  readonly engineOf: EngineOf;
}

export function openEngines(options: EnginesOptions): Engines {
  const { threads = Math.max(1, availableParallelism() - 1), file, ...batching } = options;
  const pool = openThreadPool({ threads, file });
  let count = 0;
  return {
    engineOf: (servable, folder) => {
      if (threads === 0) return batchingEngine(servable, batching);
      const model = { key: count++, folder, digest: servable.manifest.digest };
      return batchingEngine(servable, { ...batching, elsewhere: onThreads(pool, model, options.clock) });
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
