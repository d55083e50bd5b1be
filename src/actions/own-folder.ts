import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the folders below the first one: pipeline, step, files of outputs. */
const deepest = 6;

/**
 * A link in the folder that Trainyard writes to, as its path from the root of the project; `undefined` when there is none. A
 * commit could hold one, and then outputs of steps, under names that the pipeline file chooses, would be written to where
 * it leads: over the actions themselves, say, in a job that executes nothing but may write. A person's machine is their own.
 */
export async function linkInOwnFolder(root: string): Promise<string | undefined> {
  const own = '.trainyard';
  const there = await lstat(join(root, own)).catch(() => undefined);
  if (there === undefined) return undefined;
  if (there.isSymbolicLink()) return own;
  for (const entry of await entriesOf(join(root, own))) {
    if (entry.isSymbolicLink()) return `${own}/${entry.name}`;
  }
  return await linkBelow(root, `${own}/out`, deepest);
}

async function linkBelow(root: string, folder: string, levels: number): Promise<string | undefined> {
  if (levels === 0) return undefined;
  for (const entry of await entriesOf(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) return path;
    const found = entry.isDirectory() ? await linkBelow(root, path, levels - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => []);
}
