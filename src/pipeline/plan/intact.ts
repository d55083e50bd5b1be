import type { Store } from '../../store/index.ts';
import type { Artifact, CacheEntry } from '../cache.ts';
import type { Reason } from '../plan.ts';
import type { StatCache } from './stat-cache.ts';

export type Loss = Extract<Reason, { kind: 'lost' }>;

/** The outputs of an entry that the store does not hold as they were. Empty: the entry can be used. */
export async function lossesOf(entry: CacheEntry, store: Store, files: StatCache): Promise<readonly Loss[]> {
  // All at once: a store may be far away.
  const problems = await Promise.all(entry.outputs.map((artifact) => problemOf(artifact, store, files)));
  return entry.outputs.flatMap(({ name: output }, i): readonly Loss[] => {
    const problem = problems[i];
    return problem === undefined ? [] : [{ kind: 'lost', output, problem }];
  });
}

/**
 * Looks at size and times where the store is a folder, and at the bytes only when those have changed since they were
 * looked at last. Damaged bytes are moved aside by the store, so that they are written anew.
 */
async function problemOf(
  artifact: Artifact,
  store: Store,
  files: StatCache,
): Promise<Loss['problem'] | undefined> {
  if (store.path === undefined) return (await store.has(artifact.digest)) ? undefined : 'missing';
  const found = files.digest(store.path(artifact.digest));
  if (found.kind === 'missing') return 'missing';
  if (found.kind === 'file' && found.digest === artifact.digest) return undefined;
  const verified = await store.verify(artifact.digest);
  return verified.ok ? undefined : 'corrupted';
}
