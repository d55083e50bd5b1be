import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files of a folder and below, absolute and sorted. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Copies files of a site to where it is read from. Each appears whole, and pages come last: one that is there finds all that
 * it asks for.
 */
export async function placeFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  const pages = files.filter((file) => file.endsWith('.html'));
  const rest = files.filter((file) => !file.endsWith('.html'));
  const made = new Set<string>();
  for (const file of [...rest, ...pages]) {
    const target = join(to, file);
    const parent = dirname(target);
    if (!made.has(parent)) await mkdir(parent, { recursive: true });
    made.add(parent);
    const own = `${target}.${randomUUID()}`;
    try {
      await copyFile(join(from, file), own);
      await rename(own, target);
    } catch (error) {
      await rm(own, { force: true });
      throw error;
    }
  }
}

const dayMs = 86_400_000;
const ownName = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Removes what processes that were killed left in a folder, by names as `randomUUID` makes them, once nobody can be at work on
 * it any more.
 */
export async function removeOld(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const now = await stat(folder).catch(() => undefined);
  for (const name of names.filter((each) => ownName.test(each))) {
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about === undefined || now === undefined || now.mtimeMs - about.mtimeMs < dayMs) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
