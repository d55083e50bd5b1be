import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Digest, Json, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type { ImageBase, ImagePlatform } from './built-image.ts';
import type { ImageFailure } from './failures.ts';
import { basePlatform, baseUnsupported, imageUnwritable } from './failures.ts';
import type { ImageName } from './image-name.ts';
import { readImageName, registryOf, repositoryOf } from './image-name.ts';
import type { Descriptor, ImageConfig, Manifest } from './oci.ts';
import { dockerTypes, mediaTypes } from './oci.ts';
import type { Environment } from './registry/credentials.ts';
import type { Registry } from './registry/registry.ts';
import { openRegistryAt } from './registry/registry.ts';

/** What an image is built on, as its registry had it. */
export interface BaseImage extends ImageBase {
  readonly registry: { readonly host: string; readonly path: string };
  /** `gcr.io/distroless/nodejs22-debian12@sha256:...`: what the name stood for. */
  readonly pinned: string;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  /** How Node is started in it. */
  readonly node: string;
}

export interface BaseOptions {
  readonly name: string;
  readonly platform: ImagePlatform;
  readonly environment: Environment;
}

/** Looks up what a name stands for now, down to the manifest of a platform. */
export async function findBase(options: BaseOptions): Promise<Result<BaseImage, ImageFailure>> {
  const { name, platform, environment } = options;
  const parsed = readImageName(name);
  if (!parsed.ok) return parsed;
  const place = registryOf(parsed.value);
  await using registry = await openRegistryAt(place.host, environment);
  const reference = parsed.value.digest ?? parsed.value.tag ?? 'latest';
  const found = await registry.manifest(place.path, reference);
  if (!found.ok) return found;
  const { mediaType, bytes, digest } = found.value;
  const isList = mediaType === mediaTypes.index || mediaType === dockerTypes.list;
  if (!isList) return await baseOf(options, parsed.value, { registry, digest, manifest: bytes });
  const wanted = platform.slice('linux/'.length);
  const { manifests } = JSON.parse(bytes.toString()) as {
    readonly manifests: readonly (Descriptor & { platform?: { os: string; architecture: string } })[];
  };
  const chosen = manifests.find(
    (each) => each.platform?.os === 'linux' && each.platform.architecture === wanted,
  );
  if (chosen === undefined) return failed(basePlatform(name, platform));
  const manifest = await registry.manifest(place.path, chosen.digest);
  if (!manifest.ok) return manifest;
  return await baseOf(options, parsed.value, { registry, digest, manifest: manifest.value.bytes });
}

async function baseOf(
  { name, platform }: BaseOptions,
  parsed: ImageName,
  {
    registry,
    digest,
    manifest,
  }: { readonly registry: Registry; readonly digest: Digest; readonly manifest: Buffer },
): Promise<Result<BaseImage, ImageFailure>> {
  const place = registryOf(parsed);
  const { config: descriptor, layers } = JSON.parse(manifest.toString()) as Partial<Manifest>;
  if (descriptor === undefined || layers === undefined)
    return failed(baseUnsupported(name, 'what its registry has for it is no manifest of an image'));
  const bytes = await registry.blob(place.path, descriptor);
  if (!bytes.ok) return bytes;
  const config = JSON.parse(bytes.value.toString()) as ImageConfig;
  if (`${config.os}/${config.architecture}` !== platform) return failed(basePlatform(name, platform));
  const kinds: readonly string[] = [mediaTypes.layer, dockerTypes.layer];
  const odd = layers.find(({ mediaType }) => !kinds.includes(mediaType));
  if (odd !== undefined) return failed(baseUnsupported(name, `it has a layer of the kind ${odd.mediaType}`));
  if (layers.length !== config.rootfs.diff_ids.length)
    return failed(baseUnsupported(name, 'its manifest and its configuration name different layers'));
  return success({
    name,
    digest,
    registry: place,
    pinned: `${repositoryOf(parsed)}@${digest}`,
    config,
    layers: layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
    node: nodeOf(config.config['Entrypoint']),
  });
}

/** The entry point of images whose only program is Node; others have it on their PATH. */
function nodeOf(entrypoint: Json | undefined): string {
  const [program] = Array.isArray(entrypoint) ? entrypoint : [];
  return typeof program === 'string' && /(^|\/)node$/.test(program) ? program : 'node';
}

export interface FetchedLayers {
  /** File of each layer, in order. */
  readonly files: readonly string[];
  /** Bytes of all of them without compression. */
  readonly unpacked: number;
}

/** Fetches the layers of a base, unless they are in the folder; each is held against both of its digests. */
export async function fetchLayers(
  base: BaseImage,
  folder: string,
  environment: Environment,
): Promise<Result<FetchedLayers, ImageFailure>> {
  await using registry = await openRegistryAt(base.registry.host, environment);
  const files: string[] = [];
  let unpacked = 0;
  for (const [i, layer] of base.layers.entries()) {
    const file = join(folder, layer.digest.slice('sha256:'.length));
    const kept = await readFile(file).catch(() => undefined);
    let bytes: Uint8Array | undefined =
      kept !== undefined && digestOfBytes(kept) === layer.digest ? kept : undefined;
    if (bytes === undefined) {
      const fetched = await registry.blob(base.registry.path, layer);
      if (!fetched.ok) return fetched;
      bytes = fetched.value;
      const written = await keep(file, bytes, folder);
      if (!written.ok) return written;
    }
    const archive: Uint8Array | undefined = await promisify(gunzip)(bytes).catch(() => undefined);
    if (archive === undefined || digestOfBytes(archive) !== base.config.rootfs.diff_ids[i])
      return failed(
        baseUnsupported(base.name, `its layer ${layer.digest} is not what its configuration names`),
      );
    unpacked += archive.length;
    files.push(file);
  }
  return success({ files, unpacked });
}

async function keep(file: string, bytes: Uint8Array, folder: string): Promise<Result<void, ImageFailure>> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, file);
    return success(undefined);
  } catch (error) {
    return failed(imageUnwritable(folder, error));
  }
}
