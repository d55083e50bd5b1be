import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunsFailure } from '../failures.ts';
import type { Shelf } from '../shelf.ts';
import { DamagedIndex, encodeIndex, IndexFile } from './index-file.ts';
import { refreshed } from './refresh.ts';
import { RunIndex } from './run-index.ts';

export interface IndexPlace {
  readonly shelf: Shelf;
  /** `.git/trainyard`, or outside of Git `.trainyard`: the index is in `index/` of it. */
  readonly stateFolder: string;
}

/**
 * Asks a question of an index of what is on the shelf now. Where the index at hand is of another snapshot, only what is
 * new is read; where it is damaged, or of another format, everything is. An index that cannot be written costs only time.
 */
export async function askIndex<T>(
  place: IndexPlace,
  question: (index: RunIndex) => T,
): Promise<Result<T, RunsFailure>> {
  for (const trusted of [true, false]) {
    const file = await openIndex(place, trusted);
    if (!file.ok) return file;
    try {
      return success(question(new RunIndex(file.value)));
    } catch (error) {
      // A part that is read only now is not what was written. What was made just now is whole.
      if (!(error instanceof DamagedIndex) || !trusted) throw error;
    }
  }
  throw new Error('An index that was just made is damaged');
}

async function openIndex(
  { shelf, stateFolder }: IndexPlace,
  trusted: boolean,
): Promise<Result<IndexFile, RunsFailure>> {
  const name = shelf.place.kind === 'branch' ? `branch ${shelf.place.branch}` : 'folder';
  const path = join(stateFolder, 'index', 'runs.bin');
  const snapshot = await shelf.snapshot();
  if (!snapshot.ok) return failed(snapshot.failure);
  const old = trusted ? await load(path, name) : undefined;
  if (old?.snapshot === snapshot.value.id) return success(old);
  const files = await snapshot.value.list();
  if (!files.ok) return failed(files.failure);
  const options = { shelf, place: name, snapshot: snapshot.value.id, files: files.value };
  let content: Awaited<ReturnType<typeof refreshed>>;
  try {
    content = await refreshed({ ...options, old });
  } catch (error) {
    if (!(error instanceof DamagedIndex)) throw error;
    content = await refreshed({ ...options, old: undefined });
  }
  if (!content.ok) return content;
  const bytes = encodeIndex(content.value);
  await writeIfPossible(path, stateFolder, bytes);
  return success(new IndexFile(bytes));
}

async function load(path: string, place: string): Promise<IndexFile | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const file = new IndexFile(bytes);
    return file.place === place ? file : undefined;
  } catch (error) {
    if (error instanceof DamagedIndex) return undefined;
    throw error;
  }
}

/** Of two processes that write at once the later one stays; each has what it needs in memory. */
async function writeIfPossible(path: string, stateFolder: string, bytes: Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(join(stateFolder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
    await writeFile(draft, bytes);
    await rename(draft, path);
    await sweep(path);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

const tenMinutesInMs = 600_000;

/** Removes drafts that killed processes left; those of living ones exist for milliseconds. */
async function sweep(path: string): Promise<void> {
  const folder = dirname(path);
  const drafts = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
  const now = drafts.length === 0 ? 0 : (await stat(path)).mtimeMs;
  for (const name of drafts) {
    const written = (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? now;
    if (now - written > tenMinutesInMs) await rm(join(folder, name), { force: true });
  }
}
