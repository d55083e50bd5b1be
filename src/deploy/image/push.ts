import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type { Environment } from '../../store/index.ts';
import type { BuiltImage } from './built-image.ts';
import type { ImageFailure } from './failures.ts';
import { registryMissing } from './failures.ts';
import { readImageName, registryOf } from './image-name.ts';
import { sbomFile } from './image-paths.ts';
import { blobFile, blobsOf, layoutManifest } from './layout.ts';
import type { Descriptor } from './oci.ts';
import { listReferrer } from './refer.ts';
import type { Registry } from './registry/registry.ts';
import { openRegistryAt } from './registry/registry.ts';
import { sbomArtifact } from './sbom-artifact.ts';

export interface PushedImage {
  /** `<repository>@<digest>`: what to deploy. */
  readonly reference: string;
  readonly digest: Digest;
  /** Layers and configuration that had to be sent; the others were there. */
  readonly sent: number;
  /** The bill of materials, as an artifact that refers to the image; or why the registry does not take it. */
  readonly sbom: { readonly digest: Digest } | { readonly problem: string };
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
  const sbom = await pushSbom(registry, path, { image, layout, subject: descriptor });
  return success({ reference: `${image.repository}@${digest}`, digest, sent, sbom });
}

/** The image is there, whatever becomes of this: there are registries that take nothing but images. */
async function pushSbom(
  registry: Registry,
  path: string,
  {
    image,
    layout,
    subject,
  }: { readonly image: BuiltImage; readonly layout: string; readonly subject: Descriptor },
): Promise<PushedImage['sbom']> {
  const sbom = await readFile(join(layout, '..', sbomFile)).catch(() => undefined);
  if (sbom === undefined || digestOfBytes(sbom) !== image.parts.sbom)
    return { problem: `${sbomFile} is not that of the image` };
  const { manifest, blobs, listed } = sbomArtifact(sbom, subject, image.created);
  for (const { descriptor, bytes } of blobs) {
    const put = await registry.putBlob(path, descriptor, async () => bytes);
    if (!put.ok) return { problem: put.failure.message };
  }
  const { mediaType, digest } = manifest.descriptor;
  const put = await registry.putManifest(path, digest, {
    bytes: Buffer.from(manifest.bytes),
    mediaType,
    digest,
  });
  if (!put.ok) return { problem: put.failure.message };
  if (!put.value.listsReferrers) {
    const put = await listReferrer(registry, path, { subject: subject.digest, listed });
    if (!put.ok) return { problem: put.failure.message };
  }
  return { digest };
}

/** The folder of an image's layout beside its `image.json`. */
export function layoutFolder(output: string): string {
  return join(output, 'image');
}
