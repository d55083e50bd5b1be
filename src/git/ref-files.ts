import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFolders } from './discover.ts';
import { lockRef } from './lock.ts';
import type { ObjectId } from './object-id.ts';
import { listRefNames, readRef } from './refs.ts';
import type { Ref } from './remote.ts';

/** Points a ref at an object, in one rename. Only for whoever holds the lock of the ref. */
export async function replaceRef(file: string, id: ObjectId): Promise<void> {
  await replaceFile(file, `${id}\n`);
}

async function replaceFile(file: string, text: string): Promise<void> {
  // Git takes no file for a ref whose name ends in ".lock".
  const temporary = `${file}.${randomUUID()}.lock`;
  try {
    const handle = await open(temporary, 'wx');
    await handle
      .writeFile(text)
      .then(() => handle.sync())
      .finally(() => handle.close());
    // Deleting the last ref below a folder may leave the folder, empty.
    if ((await stat(file).catch(() => undefined))?.isDirectory()) await rmdir(file);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Refs are files, so that `refs/heads/trainyard` and `refs/heads/trainyard/runs` cannot both be. */
export async function refInTheWay(folders: RepositoryFolders, ref: string): Promise<string | undefined> {
  const parts = ref.split('/');
  for (let i = 3; i < parts.length; i++) {
    const above = parts.slice(0, i).join('/');
    if ((await readRef(folders, above)) !== undefined) return above;
  }
  return (await listRefNames(folders, `${ref}/`))[0];
}

/**
 * Deletes refs, whose locks the caller holds. The packed ones go first, or an old value would come to light; `false`
 * when the lock of the packed refs could not be had.
 */
export async function deleteRefs(
  folders: RepositoryFolders,
  refs: readonly string[],
  patienceMs: number,
): Promise<boolean> {
  const file = join(folders.commonFolder, 'packed-refs');
  await using lock = await lockRef(`${file}.lock`, patienceMs);
  if (lock === undefined) return false;
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = withoutRefs(text, new Set(refs));
  if (kept !== text) await replaceFile(file, kept);
  for (const ref of refs) await rm(join(folders.commonFolder, ref), { force: true });
  return true;
}

/** Adds refs that are in no file of their own, many at once; `false` when the lock could not be had. */
export async function packRefs(
  folders: RepositoryFolders,
  refs: readonly Ref[],
  patienceMs: number,
): Promise<boolean> {
  const file = join(folders.commonFolder, 'packed-refs');
  await using lock = await lockRef(`${file}.lock`, patienceMs);
  if (lock === undefined) return false;
  const before = await readFile(file, 'utf8').catch(() => '');
  const kept = withoutRefs(before, new Set(refs.map(({ name }) => name)));
  // Without the first line, which promises an order and what tags lead to, Git finds out both by itself.
  const lines = kept.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  await replaceFile(file, [...lines, ...refs.map(({ name, id }) => `${id} ${name}`), ''].join('\n'));
  return true;
}

/** A line that begins with `^` says what the tag of the line before leads to. */
function withoutRefs(packed: string, refs: ReadonlySet<string>): string {
  let dropping = false;
  return packed
    .split('\n')
    .filter((line) => {
      if (!line.startsWith('^')) dropping = refs.has(line.slice(41));
      return !dropping;
    })
    .join('\n');
}
