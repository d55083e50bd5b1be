import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Digest, Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, isDigest, success } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import type { CacheEntry } from '../cache.ts';
import type { Outcome } from '../outcome.ts';
import type { LocalState } from '../plan/local-state.ts';
import { parseEntry } from '../plan/step-cache.ts';
import type { StepId } from '../plan.ts';
import { resultsUnusable } from '../run/failures.ts';

/*
 * What one job hands to another: a folder of small files with names that follow from their content, so that the folders
 * of several jobs can be laid over each other.
 *
 *     steps/<fingerprint>.<attempt>.json   what a step gave (an entry of the cache), in which attempt of the run
 *     failures/<name>.json                 why a step gave nothing
 *     objects/<digest>                     bytes; only where the jobs share no store
 *
 * When all jobs of a run are started again, what those of the first attempt left is still there. A command that gives
 * other bytes each time has then two results of one fingerprint; the newer one counts, in every job.
 */

export interface ResultsPlace {
  readonly folder: string;
  readonly store: Store;
  readonly state: LocalState;
}

export interface TakenResults {
  /** In which attempt of the run each result was made, by fingerprint. */
  readonly attempts: ReadonlyMap<Digest, number>;
  /** Why steps gave no result. */
  readonly failures: ReadonlyMap<StepId, Failure>;
}

/** Of one file that is no object: entries name a handful of outputs. */
const mostBytes = 1024 * 1024;
const mostFiles = 20_000;

export interface HandOverOptions extends ResultsPlace {
  readonly withBytes: boolean;
  /** Which one this is of the run's jobs, from 1; default 1. */
  readonly attempt?: number;
  /** What this job took from others, which goes on as it came. */
  readonly taken?: TakenResults['attempts'];
}

/** Writes what came of a run into a folder. */
export async function handOverResults(
  outcome: Outcome,
  { folder, store, state, withBytes, attempt = 1, taken }: HandOverOptions,
): Promise<Result<void, Failure>> {
  for (const name of ['steps', 'failures', 'objects']) {
    await mkdir(path.join(folder, name), { recursive: true });
  }
  for (const { id, fingerprint, status, attempts: tries, failure } of outcome.steps) {
    if (failure !== undefined) {
      const { code, kind, message, remedy } = failure;
      const said = {
        version: 1,
        id,
        failure: { code, kind, message, ...(remedy === undefined ? {} : { remedy }) },
      };
      await writeFile(path.join(folder, 'failures', `${nameOf(id)}.json`), JSON.stringify(said));
    }
    // Of a step that had to run again and failed, the cache still has what an earlier run gave.
    const isGiven = status === 'ran' || status === 'cached' || status === 'rejected';
    const entry = isGiven && fingerprint !== undefined ? state.cache.get(fingerprint) : undefined;
    if (entry === undefined) continue;
    const made = (tries === 0 ? taken?.get(entry.fingerprint) : undefined) ?? attempt;
    const file = `${hexOf(entry.fingerprint)}.${made}.json`;
    await writeFile(path.join(folder, 'steps', file), JSON.stringify(entry));
    if (!withBytes) continue;
    for (const { digest } of [...entry.outputs, entry.log]) {
      const copied = await store.copyTo(digest, path.join(folder, 'objects', hexOf(digest)));
      if (!copied.ok) return copied;
    }
  }
  return success(undefined);
}

/** Takes what other jobs handed over into the store and the cache. Bytes that are not what their name says are refused. */
export async function takeResults({
  folder,
  store,
  state,
}: ResultsPlace): Promise<Result<TakenResults, Failure>> {
  const objects = await namesIn(folder, 'objects');
  for (const name of objects) {
    const file = path.join(folder, 'objects', name);
    const stored = await store.putFile(file);
    if (!stored.ok) return stored;
    if (hexOf(stored.value.digest) !== name)
      return failed(resultsUnusable(`objects/${name}`, 'its bytes have another digest'));
  }
  const attempts = new Map<Digest, number>();
  for (const name of await namesIn(folder, 'steps')) {
    const entry = await entryIn(path.join(folder, 'steps', name), name);
    if (typeof entry === 'string') return failed(resultsUnusable(`steps/${name}`, entry));
    const { fingerprint } = entry.entry;
    if (entry.attempt < (attempts.get(fingerprint) ?? 0)) continue;
    attempts.set(fingerprint, entry.attempt);
    await state.cache.put(entry.entry);
  }
  const failures = new Map<StepId, Failure>();
  for (const name of await namesIn(folder, 'failures')) {
    const said = await failureIn(path.join(folder, 'failures', name), name);
    if (typeof said === 'string') return failed(resultsUnusable(`failures/${name}`, said));
    failures.set(said.id, said.failure);
  }
  return success({ attempts, failures });
}

async function namesIn(folder: string, kind: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(folder, kind), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
    .slice(0, mostFiles);
}

async function entryIn(
  file: string,
  name: string,
): Promise<{ readonly entry: CacheEntry; readonly attempt: number } | string> {
  const [, hex, attempt] = /^([^.]+)\.(\d{1,6})\.json$/.exec(name) ?? [];
  const fingerprint = `sha256:${hex}`;
  if (!isDigest(fingerprint)) return 'its name is no fingerprint with an attempt';
  const text = await smallText(file);
  if (text === undefined) return 'it is too large';
  const entry = parseEntry(text, fingerprint as Digest);
  return entry === undefined ? 'it is no entry of this version' : { entry, attempt: Number(attempt) };
}

async function failureIn(
  file: string,
  name: string,
): Promise<{ readonly id: StepId; readonly failure: Failure } | string> {
  const text = await smallText(file);
  if (text === undefined) return 'it is too large';
  try {
    const { version, id, failure } = JSON.parse(text) as {
      readonly version?: unknown;
      readonly id?: unknown;
      readonly failure?: Partial<Record<keyof Failure, unknown>>;
    };
    const { code, kind, message, remedy } = failure ?? {};
    if (version !== 1 || typeof id !== 'string' || name !== `${nameOf(id)}.json`) return 'it names no step';
    if (typeof code !== 'string' || typeof message !== 'string') return 'it says no failure';
    if (kind !== 'input' && kind !== 'world' && kind !== 'verdict') return 'it says no kind of failure';
    return { id, failure: { code, kind, message, ...(typeof remedy === 'string' ? { remedy } : {}) } };
  } catch {
    return 'it is no JSON';
  }
}

async function smallText(file: string): Promise<string | undefined> {
  return (await stat(file)).size > mostBytes ? undefined : await readFile(file, 'utf8');
}

function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** Of any id a name of a file. */
function nameOf(id: StepId): string {
  return hexOf(digestOfBytes(id));
}
