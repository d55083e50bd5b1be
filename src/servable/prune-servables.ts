import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Says that servables are in use: whoever prunes leaves them alone for a while. */
export async function touchServables(folders: readonly string[], now: Date): Promise<void> {
  await Promise.all(folders.map((folder) => utimes(folder, now, now).catch(() => undefined)));
}

export interface PruneRequest {
  /** Folders of servables that stay whatever their age. */
  readonly keep: readonly string[];
  /** Others go when nobody has touched them for so long, in milliseconds. */
  readonly unusedFor: number;
  readonly now: Date;
}

/**
 * Removes servables that nobody needs any more from `<folder>/<model>/<version>`, with what writers that died left
 * behind. They can be packed again at any time.
 */
export async function pruneServables(
  folder: string,
  { keep, unusedFor, now }: PruneRequest,
): Promise<readonly string[]> {
  const kept = new Set(keep);
  const removed: string[] = [];
  for (const model of await namesIn(folder)) {
    for (const version of await namesIn(join(folder, model))) {
      const path = join(folder, model, version);
      if (kept.has(path)) continue;
      const touched = await stat(path).catch(() => undefined);
      if (touched === undefined || now.getTime() - touched.mtimeMs < unusedFor) continue;
      await rm(path, { recursive: true, force: true }).then(
        () => removed.push(path),
        () => undefined,
      );
    }
  }
  return removed.sort();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}
