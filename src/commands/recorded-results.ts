import type { Digest } from '../base/index.ts';
import type { LocalState } from '../pipeline/index.ts';
import type { RunHistory, StepRecord } from '../runs/index.ts';

type CacheEntry = NonNullable<ReturnType<LocalState['cache']['get']>>;

/** Older runs are looked at by nobody: what they made is seldom up to date. */
const newest = 100;

/**
 * What a working copy remembers, and behind it what the records of the pipeline say that a step of a fingerprint gave, on
 * whatever machine. With a store that those machines share, the bytes are at hand, too; where they are not, the step runs.
 */
export async function withRecordedResults(
  state: LocalState,
  history: Pick<RunHistory, 'list'>,
  pipeline: string,
): Promise<LocalState> {
  const listed = await history.list({ pipeline, limit: newest });
  const recorded = new Map<Digest, CacheEntry>();
  // Without records that can be read there is nothing to re-use, and nothing wrong.
  for (const { steps } of listed.ok ? listed.value.records : []) {
    for (const step of steps) {
      const entry = entryOf(step);
      if (entry !== undefined && !recorded.has(entry.fingerprint)) recorded.set(entry.fingerprint, entry);
    }
  }
  const { cache } = state;
  return {
    ...state,
    cache: {
      get: (fingerprint) => cache.get(fingerprint) ?? recorded.get(fingerprint),
      put: (entry) => cache.put(entry),
      forget: async (fingerprint) => {
        recorded.delete(fingerprint);
        await cache.forget(fingerprint);
      },
    },
  };
}

/** A record lists the log of a step behind its outputs. */
function entryOf({ fingerprint, status, artifacts, seconds }: StepRecord): CacheEntry | undefined {
  const log = artifacts.at(-1);
  if (fingerprint === undefined || log?.name !== 'log') return undefined;
  if (status !== 'ran' && status !== 'cached' && status !== 'rejected') return undefined;
  return {
    version: 1,
    fingerprint,
    ...(status === 'rejected' ? { rejected: true } : {}),
    outputs: artifacts.slice(0, -1),
    log,
    seconds,
  };
}
