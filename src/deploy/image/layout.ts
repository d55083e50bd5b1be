import { copyFile, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../base/index.ts';
import { canonicalJson } from '../../base/index.ts';
import type { AssembledImage } from './assemble.ts';
import type { Descriptor, Layer, Manifest } from './oci.ts';
import { header } from './tar.ts';

/**
 * An image in a folder by the OCI image layout, v1.0, which skopeo, podman, crane and registries' clients read; with the
 * `manifest.json` beside it by which every Docker loads the same folder.
 */
export interface LayoutParts {
  readonly image: AssembledImage;
  readonly layers: readonly Layer[];
  /** Files of the base's layers. */
  readonly baseFiles: readonly string[];
  /** `<repository>:<tag>` */
  readonly name: string;
}

export async function writeLayout(folder: string, parts: LayoutParts): Promise<void> {
  const { image, layers, baseFiles, name } = parts;
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const [i, file] of baseFiles.entries()) {
    const to = blobFile(folder, image.layers[i]!.digest);
    // Two layers of a base may be the same.
    if (await exists(to)) continue;
    await link(file, to).catch(() => copyFile(file, to));
  }
  for (const { descriptor, bytes } of [...layers, image.config, image.manifest])
    await writeFile(blobFile(folder, descriptor.digest), bytes);
  const annotations = { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': name };
  const index = { schemaVersion: 2, manifests: [{ ...image.manifest.descriptor, annotations }] };
  const forDocker = [
    {
      Config: blobPath(image.id),
      RepoTags: [name],
      Layers: image.layers.map(({ digest }) => blobPath(digest)),
    },
  ];
  await writeFile(join(folder, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), canonicalJson(JSON.parse(JSON.stringify(index))));
  await writeFile(join(folder, 'manifest.json'), canonicalJson(forDocker));
}

/** The layout as one archive, piece by piece, for `docker load`. */
export async function* layoutArchive(folder: string): AsyncGenerator<Uint8Array> {
  const manifest = await layoutManifest(folder);
  const blobs = new Set(
    [manifest.descriptor, ...blobsOf(manifest.manifest)].map(({ digest }) => blobPath(digest)),
  );
  for (const path of ['oci-layout', 'index.json', 'manifest.json', ...blobs]) {
    const bytes = await readFile(join(folder, path));
    yield header(path, bytes.length, 0);
    yield bytes;
    yield new Uint8Array((512 - (bytes.length % 512)) % 512);
  }
  yield new Uint8Array(1024);
}

export interface LayoutManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
  readonly manifest: Manifest;
}

export async function layoutManifest(folder: string): Promise<LayoutManifest> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    readonly manifests: readonly [Descriptor];
  };
  const [descriptor] = index.manifests;
  const bytes = await readFile(blobFile(folder, descriptor.digest));
  return { descriptor, bytes, manifest: JSON.parse(bytes.toString()) as Manifest };
}

/** Configuration and layers, each once. */
export function blobsOf({ config, layers }: Manifest): readonly Descriptor[] {
  return [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
}

export function blobFile(folder: string, digest: Digest): string {
  return join(folder, blobPath(digest));
}

function blobPath(digest: Digest): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Writes a file with its folders, readable for everybody whatever the mask of the process. */
export async function writeContextFile(file: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  await writeFile(file, bytes, { mode: 0o644 });
}
