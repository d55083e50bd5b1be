import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { clockOf } from './leftovers.ts';

/** What was used so shortly ago may be on its way somewhere. */
const defaultRestMs = 10 * 60 * 1000;

/**
 * Removes what was used longest ago from a folder store that is a cache, until it has no more than so many bytes. The time of
 * use is the change time of the file, by the clock of its file system.
 */
export async function keepWithin(
  folder: string,
  limit: number,
  restMs: number = defaultRestMs,
): Promise<void> {
  const found: { readonly path: string; readonly bytes: number; readonly used: number }[] = [];
  let total = 0;
  for (const part of ['sha256', 'corrupted']) {
    const top = join(folder, part);
    for (const name of await readdir(top, { recursive: true }).catch(() => [])) {
      const path = join(top, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isFile() !== true) continue;
      total += facts.size;
      found.push({ path, bytes: facts.size, used: facts.ctimeMs });
    }
  }
  if (total <= limit) return;
  const now = await clockOf(folder);
  found.sort((a, b) => a.used - b.used);
  for (const { path, bytes, used } of found) {
    // A tenth less than allowed, so that the folder is not looked through for each blob more.
    if (total <= limit * 0.9 || now - used < restMs) return;
    await rm(path, { force: true }).catch(() => undefined);
    total -= bytes;
  }
}

/** Notes that a file of the cache is used: its mode is set to what it is, which renews its change time. */
export async function touch(path: string): Promise<void> {
  await chmod(path, 0o444).catch(() => undefined);
}

/** Bytes by a text such as `10 GiB`; `undefined` when it is none. */
export function readSize(text: string): number | undefined {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]i?b|b)?\s*$/i.exec(text);
  if (parts === null) return undefined;
  const unit = (parts[2] ?? 'b').toLowerCase();
  const base = unit.includes('i') ? 1024 : 1000;
  return Math.floor(Number(parts[1]) * base ** 'bkmgt'.indexOf(unit[0]!));
}
