import type { BoostMemory } from './boost-memory.ts';
import type { ForestJob } from './forest-grower.ts';

/** What a thread is started with. */
export type WorkerJob =
  | { readonly kind: 'forest'; readonly job: ForestJob }
  | { readonly kind: 'boosting'; readonly memory: BoostMemory; readonly helper: number };
