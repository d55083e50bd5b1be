import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, isDigest, success } from '../../base/index.ts';
import type { BuiltImage } from './built-image.ts';
import type { ImageFailure } from './failures.ts';
import { imageUnreadable } from './failures.ts';

/** What `<output>/image.json` tells of an image that was built there. */
export async function readBuiltImage(output: string): Promise<Result<BuiltImage, ImageFailure>> {
  const file = join(output, 'image.json');
  let value: Partial<BuiltImage> | null;
  try {
    value = JSON.parse(await readFile(file, 'utf8')) as Partial<BuiltImage> | null;
  } catch (error) {
    return failed(imageUnreadable(file, error instanceof Error ? error.message : String(error)));
  }
  if (value?.version !== 1)
    return failed(imageUnreadable(file, `its version is ${String(value?.version)}, this Trainyard reads 1`));
  if (!isDigest(value.digest ?? '') || !isDigest(value.id ?? '') || typeof value.repository !== 'string')
    return failed(imageUnreadable(file, 'it names no digest or repository'));
  return success(value as BuiltImage);
}
