import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { BuiltImage } from './built-image.ts';
import type { ImageFailure } from './failures.ts';
import { registryMissing } from './failures.ts';
import { readImageName, registryOf } from './image-name.ts';
import { blobFile, blobsOf, layoutManifest } from './layout.ts';
import type { Environment } from './registry/credentials.ts';
import { openRegistryAt } from './registry/registry.ts';

export interface PushedImage {
  /** `<repository>@<digest>`: what to deploy. */
  readonly reference: string;
  readonly digest: Digest;
  /** Layers and configuration that had to be sent; the others were there. */
  readonly sent: number;
}

/** Sends an image to its registry, under its tag: first what it is made of, then its manifest, so that it is there complete or not at all. */
export async function pushImage(
  image: BuiltImage,
  layout: string,
  environment: Environment,
): Promise<Result<PushedImage, ImageFailure>> {
  const name = readImageName(image.repository);
  if (!name.ok) return name;
  if (name.value.host === undefined) return failed(registryMissing(image.repository));
  const { host, path } = registryOf(name.value);
  const base = readImageName(image.base.name);
  const from = base.ok && registryOf(base.value).host === host ? registryOf(base.value).path : undefined;
  await using registry = await openRegistryAt(host, environment);
  const { descriptor, bytes, manifest } = await layoutManifest(layout);
  let sent = 0;
  for (const blob of blobsOf(manifest)) {
    const read = (): Promise<Uint8Array> => readFile(blobFile(layout, blob.digest));
    const put = await registry.putBlob(path, blob, read, from);
    if (!put.ok) return put;
    if (put.value === 'sent') sent++;
  }
  const { mediaType, digest } = descriptor;
  const put = await registry.putManifest(path, image.tag, { bytes, mediaType, digest });
  if (!put.ok) return put;
  return success({ reference: `${image.repository}@${digest}`, digest, sent });
}

/** The folder of an image's layout beside its `image.json`. */
export function layoutFolder(output: string): string {
  return join(output, 'image');
}
