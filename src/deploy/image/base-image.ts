import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Digest, Json, Result } from '../../base/index.ts';
import { digestOfBytes, failed, isDigest, success } from '../../base/index.ts';
import type { Environment } from '../../store/index.ts';
import type { ImageBase, ImagePlatform } from './built-image.ts';
import type { ImageFailure } from './failures.ts';
import { basePlatform, baseUnsupported, imageUnwritable, ofBase } from './failures.ts';
import type { ImageName } from './image-name.ts';
import { readImageName, registryOf, repositoryOf } from './image-name.ts';
import type { Descriptor, ImageConfig, Manifest } from './oci.ts';
import { dockerTypes, mediaTypes } from './oci.ts';
import type { FoundManifest, Registry } from './registry/registry.ts';
import { openRegistryAt } from './registry/registry.ts';

/** What has to be known of a base to write a Dockerfile upon it: all of it stands in its name, when that has a digest. */
export interface NamedBase extends ImageBase {
  /** `gcr.io/distroless/nodejs22-debian12@sha256:...`: what the name stood for. */
  readonly pinned: string;
  /** How Node is started in it. */
  readonly node: string;
}

/** What an image is built on, as its registry had it. */
export interface BaseImage extends NamedBase {
  readonly registry: { readonly host: string; readonly path: string };
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  /** Manifests and configuration as their digests are of them. */
  readonly described: readonly Uint8Array[];
}

export interface BaseOptions {
  readonly name: string;
  readonly platform: ImagePlatform;
  readonly environment: Environment;
  /** Folder that `keepBase` writes to: what is named by digest, and is there, is not asked for again. */
  readonly cache?: string;
}

/** A base by its name alone, for when its registry cannot be asked; `undefined` when the name has no digest. */
export function namedBase(name: string): NamedBase | undefined {
  const parsed = readImageName(name);
  if (!parsed.ok || parsed.value.digest === undefined) return undefined;
  const { digest } = parsed.value;
  const isDistroless = /(^|\/)distroless\/nodejs/.test(parsed.value.path);
  return {
    name,
    digest,
    pinned: `${repositoryOf(parsed.value)}@${digest}`,
    node: isDistroless ? '/nodejs/bin/node' : 'node',
  };
}

/** Looks up what a name stands for now, down to the manifest of a platform. */
export async function findBase(options: BaseOptions): Promise<Result<BaseImage, ImageFailure>> {
  const { name, platform, environment, cache } = options;
  const parsed = readImageName(name);
  if (!parsed.ok) return parsed;
  const place = registryOf(parsed.value);
  await using registry = await openRegistryAt(place.host, environment);
  const ask = describer(registry, place.path, cache);
  const found = await lookUp(ask, parsed.value, { name, platform });
  return found.ok ? found : failed(ofBase(name, found.failure));
}

/** Gives what a digest is of, or what a tag stands for: from the cache where a digest allows it, else from the registry. */
interface Describer {
  manifest(reference: string): Promise<Result<FoundManifest, ImageFailure>>;
  config(descriptor: Descriptor): Promise<Result<Buffer, ImageFailure>>;
}

function describer(registry: Registry, path: string, cache: string | undefined): Describer {
  return {
    manifest: async (reference) => {
      const kept = isDigest(reference) ? await keptBytes(cache, reference) : undefined;
      if (kept === undefined) return await registry.manifest(path, reference);
      const { mediaType, manifests } = JSON.parse(kept.toString()) as Partial<Manifest & ManifestList>;
      const guess = manifests === undefined ? mediaTypes.manifest : mediaTypes.index;
      return success({ bytes: kept, digest: digestOfBytes(kept), mediaType: mediaType ?? guess });
    },
    config: async (descriptor) => {
      const kept = await keptBytes(cache, descriptor.digest);
      return kept === undefined ? await registry.blob(path, descriptor) : success(kept);
    },
  };
}

/** What stands in the cache under a digest, when it is what the digest is of. */
async function keptBytes(cache: string | undefined, digest: Digest): Promise<Buffer | undefined> {
  if (cache === undefined) return undefined;
  const bytes = await readFile(cacheFile(cache, digest)).catch(() => undefined);
  return bytes !== undefined && digestOfBytes(bytes) === digest ? bytes : undefined;
}

function cacheFile(cache: string, digest: Digest): string {
  return join(cache, digest.slice('sha256:'.length));
}

interface ManifestList {
  readonly manifests: readonly (Descriptor & { platform?: { os: string; architecture: string } })[];
}

async function lookUp(
  ask: Describer,
  parsed: ImageName,
  { name, platform }: Pick<BaseOptions, 'name' | 'platform'>,
): Promise<Result<BaseImage, ImageFailure>> {
  const found = await ask.manifest(parsed.digest ?? parsed.tag ?? 'latest');
  if (!found.ok) return found;
  const { mediaType, bytes, digest } = found.value;
  const isList = mediaType === mediaTypes.index || mediaType === dockerTypes.list;
  let manifest = bytes;
  const described: Uint8Array[] = [bytes];
  if (isList) {
    const wanted = platform.slice('linux/'.length);
    const { manifests = [] } = parsedJson<ManifestList>(bytes) ?? {};
    const chosen = manifests.find(
      (each) => each.platform?.os === 'linux' && each.platform.architecture === wanted,
    );
    if (chosen === undefined) return failed(basePlatform(name, platform));
    const own = await ask.manifest(chosen.digest);
    if (!own.ok) return own;
    manifest = own.value.bytes;
    described.push(manifest);
  }
  const { config: descriptor, layers } = parsedJson<Manifest>(manifest) ?? {};
  if (descriptor === undefined || !Array.isArray(layers))
    return failed(baseUnsupported(name, 'what its registry has for it is no manifest of an image'));
  const text = await ask.config(descriptor);
  if (!text.ok) return text;
  described.push(text.value);
  const config = parsedJson<ImageConfig>(text.value);
  if (config?.rootfs?.diff_ids === undefined || config.config === undefined)
    return failed(baseUnsupported(name, 'its configuration is not that of an image'));
  if (`${config.os}/${config.architecture}` !== platform) return failed(basePlatform(name, platform));
  const kinds: readonly string[] = [mediaTypes.layer, dockerTypes.layer];
  const odd = layers.find(({ mediaType }) => !kinds.includes(mediaType));
  if (odd !== undefined) return failed(baseUnsupported(name, `it has a layer of the kind ${odd.mediaType}`));
  if (layers.length !== config.rootfs.diff_ids.length)
    return failed(baseUnsupported(name, 'its manifest and its configuration name different layers'));
  return success({
    name,
    digest,
    registry: registryOf(parsed),
    pinned: `${repositoryOf(parsed)}@${digest}`,
    config: config as ImageConfig,
    layers: layers.map(({ digest, size }) => ({ mediaType: mediaTypes.layer, digest, size })),
    node: nodeOf(config.config['Entrypoint']),
    described,
  });
}

/** What somebody else wrote: any member may be missing. */
function parsedJson<T>(bytes: Uint8Array): Partial<T> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return value !== null && typeof value === 'object' ? (value as Partial<T>) : undefined;
  } catch {
    return undefined;
  }
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
    const file = cacheFile(folder, layer.digest);
    let bytes: Uint8Array | undefined = await keptBytes(folder, layer.digest);
    if (bytes === undefined) {
      const fetched = await registry.blob(base.registry.path, layer);
      if (!fetched.ok) return failed(ofBase(base.name, fetched.failure));
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

/** Keeps what a base is described by beside its layers, so that it need not be asked for again where it is named by digest. */
export async function keepBase(
  { described }: BaseImage,
  folder: string,
): Promise<Result<void, ImageFailure>> {
  for (const bytes of described) {
    const digest = digestOfBytes(bytes);
    if ((await keptBytes(folder, digest)) !== undefined) continue;
    const kept = await keep(cacheFile(folder, digest), bytes, folder);
    if (!kept.ok) return kept;
  }
  return success(undefined);
}

async function keep(file: string, bytes: Uint8Array, folder: string): Promise<Result<void, ImageFailure>> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await mkdir(folder, { recursive: true });
    await rm(partial, { force: true });
    // Never through a link that somebody has left there.
    await writeFile(partial, bytes, { flag: 'wx' });
    await rename(partial, file);
    return success(undefined);
  } catch (error) {
    return failed(imageUnwritable(folder, error));
  }
}
