import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Json, Result } from '../base/index.ts';
import { canonicalJson, digestOfBytes, failed, success } from '../base/index.ts';
import { servableUnwritable } from './failures.ts';
import { manifestFile, modelFile } from './files.ts';
import { makeGolden } from './golden.ts';
import type { ServableManifest, ServableParts } from './manifest.ts';
import { servableOf } from './open-servable.ts';
import { readManifest } from './read-manifest.ts';

/**
 * Writes a servable: the folder appears complete, or not at all, however many write it at once. What it says is a
 * function of its parts; what stood there before is replaced.
 */
export async function writeServable(
  folder: string,
  parts: ServableParts,
  bytes: Uint8Array,
): Promise<Result<ServableManifest, Failure>> {
  const draft: ServableManifest = { version: 1, ...parts, golden: [] };
  const opened = await servableOf(draft, bytes, {}, folder);
  if (!opened.ok) return opened;
  await using servable = opened.value;
  const manifest: ServableManifest = { ...draft, golden: await makeGolden(servable) };
  const own = `${folder}.${randomUUID()}`;
  try {
    await mkdir(own, { recursive: true });
    await writeFile(join(own, modelFile), bytes);
    await writeFile(join(own, manifestFile), `${canonicalJson(manifest as unknown as Json)}\n`);
    await moveInPlace(own, folder);
  } catch (error) {
    return failed(servableUnwritable(folder, error));
  } finally {
    await rm(own, { recursive: true, force: true }).catch(() => undefined);
  }
  return success(manifest);
}

const rounds = 100;

/** A folder cannot be moved over one that holds something: that one goes aside first, unless another writer is faster. */
async function moveInPlace(from: string, to: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isTaken = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM';
      if (!isTaken || round === rounds) throw error;
    }
    const aside = `${to}.${randomUUID()}`;
    await rename(to, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * The servable of the same parts that a folder holds already, with the golden requests of whoever wrote it; `undefined`
 * when something else, or something damaged, is there.
 */
export async function servableThere(
  folder: string,
  parts: ServableParts,
  bytes: Uint8Array,
): Promise<ServableManifest | undefined> {
  let model: Uint8Array;
  let text: string;
  try {
    [model, text] = await Promise.all([
      readFile(join(folder, modelFile)),
      readFile(join(folder, manifestFile), 'utf8'),
    ]);
  } catch {
    return undefined;
  }
  const manifest = await readManifest(folder, text);
  if (!manifest.ok || digestOfBytes(model) !== digestOfBytes(bytes)) return undefined;
  const { version: _, golden: __, ...found } = manifest.value;
  if (canonicalJson(found as unknown as Json) !== canonicalJson(parts as unknown as Json)) return undefined;
  return manifest.value;
}
