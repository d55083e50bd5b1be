import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Json, Result } from '../../base/index.ts';
import { canonicalJson, failed, success } from '../../base/index.ts';
import type { Environment } from '../../store/index.ts';
import { fetchLayers } from './base-image.ts';
import type { DraftContext, DraftImage } from './build-image.ts';
import type { BuiltImage } from './built-image.ts';
import { checkScript, contextFolders } from './dockerfile.ts';
import { imageFolderTaken, imageUnwritable } from './failures.ts';
import { sbomFile } from './image-paths.ts';
import { writeContextFile, writeLayout } from './layout.ts';
import { layoutFolder } from './push.ts';

/**
 * Writes the context that Docker builds from into `<output>/context`: Dockerfile, what goes into the image, and beside
 * it `<output>/sbom.cdx.json`.
 */
export async function writeContext(draft: DraftContext, output: string): Promise<Result<string, Failure>> {
  const context = join(output, 'context');
  const { dockerfile, files, sbom } = draft;
  const taken = await takenBy(output);
  if (taken !== undefined) return failed(imageFolderTaken(output, taken));
  try {
    await rm(context, { recursive: true, force: true });
    await writeContextFile(join(context, 'Dockerfile'), dockerfile);
    await writeContextFile(
      join(context, '.dockerignore'),
      ['*', '!check.mjs', ...contextFolders.map((folder) => `!${folder}`), ''].join('\n'),
    );
    await writeContextFile(join(context, 'check.mjs'), checkScript);
    for (const folder of contextFolders)
      for (const { path, bytes } of files[folder])
        await writeContextFile(join(context, folder, path), bytes ?? '');
    await writeInPlace(join(output, sbomFile), sbom);
    return success(context);
  } catch (error) {
    return failed(imageUnwritable(output, error));
  }
}

/**
 * Fetches the base's layers, and writes the image as an OCI layout into `<output>/image` and what it is into
 * `<output>/image.json`.
 */
export async function writeImage(
  draft: DraftImage,
  {
    output,
    layerCache,
    environment,
  }: { readonly output: string; readonly layerCache: string; readonly environment: Environment },
): Promise<Result<BuiltImage, Failure>> {
  const { base, image, layers, facts, sbom } = draft;
  const taken = await takenBy(output);
  if (taken !== undefined) return failed(imageFolderTaken(output, taken));
  const fetched = await fetchLayers(base, layerCache, environment);
  if (!fetched.ok) return fetched;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const built: BuiltImage = {
    ...facts,
    size: {
      compressed: sum(image.layers.map(({ size }) => size)),
      unpacked: fetched.value.unpacked + sum(layers.map(({ unpacked }) => unpacked)),
    },
  };
  try {
    await mkdir(output, { recursive: true });
    await rm(join(output, imageFile), { force: true });
    const name = `${facts.repository}:${facts.tag}`;
    await writeLayout(layoutFolder(output), { image, layers, baseFiles: fetched.value.files, name });
    await writeInPlace(join(output, sbomFile), sbom);
    await writeInPlace(join(output, imageFile), `${canonicalJson(built as unknown as Json)}\n`);
  } catch (error) {
    return failed(imageUnwritable(output, error));
  }
  return success(built);
}

const imageFile = 'image.json';

/** What stands where context and image go, and would be removed for them: only what an earlier build wrote may be. */
async function takenBy(output: string): Promise<string | undefined> {
  const ours = [
    ['context', 'Dockerfile'],
    ['image', 'oci-layout'],
  ] as const;
  for (const [folder, mark] of ours) {
    const path = join(output, folder);
    const facts = await lstat(path).catch(() => undefined);
    if (facts === undefined) continue;
    if (!facts.isDirectory()) return `\`${folder}\` in it is no folder`;
    const inside = await readdir(path).catch(() => ['?']);
    if (inside.length > 0 && !inside.includes(mark)) return `\`${folder}\` in it holds what no build wrote`;
  }
  return undefined;
}

/** In place of what is there, and not through it: a link may lead anywhere. */
async function writeInPlace(file: string, text: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, text, { flag: 'wx' });
}
