import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Json, Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import { servableUnwritable } from './failures.ts';
import { makeGolden } from './golden.ts';
import type { ServableManifest } from './manifest.ts';
import { manifestFile, modelFile, servableOf } from './open-servable.ts';

/** Writes a servable: the folder appears complete, or not at all. What it says is a function of its parts. */
export async function writeServable(
  folder: string,
  parts: Omit<ServableManifest, 'golden' | 'version'>,
  bytes: Uint8Array,
): Promise<Result<ServableManifest, Failure>> {
  const draft: ServableManifest = { version: 1, ...parts, golden: [] };
  const opened = await servableOf(draft, bytes);
  if (!opened.ok) return opened;
  await using servable = opened.value;
  const manifest: ServableManifest = { ...draft, golden: await makeGolden(servable) };
  const temporary = `${folder}.${process.pid}.partial`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await writeFile(join(temporary, modelFile), bytes);
    await writeFile(join(temporary, manifestFile), `${canonicalJson(manifest as unknown as Json)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    return failed(servableUnwritable(folder, error));
  }
  return success(manifest);
}
