import type { Failure, Json, Result, Verdict } from '../../base/index.ts';
import { canonicalJson, digestOfBytes, success } from '../../base/index.ts';
import type { ServingPlan } from '../../serve/index.ts';
import type { Environment } from '../../store/index.ts';
import type { AssembledImage } from './assemble.ts';
import { assemble } from './assemble.ts';
import type { BaseImage, NamedBase } from './base-image.ts';
import { findBase, namedBase } from './base-image.ts';
import type { BuiltImage, ContextFacts, ImageModel, ImagePlatform } from './built-image.ts';
import type { ContextFolder } from './dockerfile.ts';
import { contextFolders, dockerfileOf } from './dockerfile.ts';
import { planFile, port, sbomFile, user } from './image-paths.ts';
import { labelsOf } from './labels.ts';
import type { Layer } from './oci.ts';
import { inApp, makeLayer } from './oci.ts';
import { packedModels, relocated } from './packed-models.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { runtimeOf } from './runtime-files.ts';
import { sbomOf } from './sbom.ts';
import type { ServerFiles } from './server-files.ts';
import { serverFiles } from './server-files.ts';
import type { TarEntry } from './tar.ts';

export interface ImageRequest {
  /** What it serves; folders are absolute. */
  readonly plan: ServingPlan;
  /** What provenance says of a version. */
  readonly provenance: (
    model: string,
    version: string,
  ) => { readonly verdict: Verdict; readonly because: string };
  readonly repository: string;
  readonly tag: string;
  readonly platform: ImagePlatform;
  /** Name of the base image. */
  readonly base: string;
  /** `SOURCE_DATE_EPOCH`: seconds since 1970. */
  readonly seconds: number;
  readonly environment: Environment;
  /** Folder where bases are kept that were fetched before. */
  readonly cache?: string;
}

/** What Docker builds an image from. */
export interface DraftContext {
  readonly facts: ContextFacts;
  readonly dockerfile: string;
  /** What goes into the image, by folder of the context. */
  readonly files: Readonly<Record<ContextFolder, readonly TarEntry[]>>;
  readonly sbom: string;
  readonly layers: readonly Layer[];
}

/** An image before its base is fetched: everything but the bytes of other people. */
export interface DraftImage extends DraftContext {
  readonly facts: Omit<BuiltImage, 'size'>;
  readonly base: BaseImage;
  readonly image: AssembledImage;
}

/**
 * Makes an image from servables: reads and tries every model, looks up the base, and decides every byte and digest of
 * the image. Nothing is written, and nothing depends on the time or the place.
 */
export async function draftImage(request: ImageRequest): Promise<Result<DraftImage, Failure>> {
  const parts = await partsOf(request);
  if (!parts.ok) return parts;
  const base = await findBase({ ...request, name: request.base });
  return base.ok ? success(await withBase(request, parts.value, base.value)) : base;
}

/**
 * The same, as far as it goes without the base's registry: where that cannot be reached and the base is named by its
 * digest, the context is whole, and only the digest of the image is not known.
 */
export async function draftContext(
  request: ImageRequest,
): Promise<Result<DraftImage | DraftContext, Failure>> {
  const parts = await partsOf(request);
  if (!parts.ok) return parts;
  const base = await findBase({ ...request, name: request.base });
  if (base.ok) return success(await withBase(request, parts.value, base.value));
  const named = base.failure.code === 'deploy-registry-unreachable' ? namedBase(request.base) : undefined;
  return named === undefined ? base : success((await contextOf(request, parts.value, named)).draft);
}

interface ImageParts {
  readonly server: ServerFiles;
  readonly runtime: RuntimeFiles;
  readonly models: readonly ImageModel[];
  readonly files: readonly TarEntry[];
}

async function partsOf(request: ImageRequest): Promise<Result<ImageParts, Failure>> {
  const server = await serverFiles();
  if (!server.ok) return server;
  const packed = await packedModels(request);
  if (!packed.ok) return packed;
  return success({ server: server.value, runtime: await runtimeOf(request.platform), ...packed.value });
}

async function withBase(request: ImageRequest, parts: ImageParts, base: BaseImage): Promise<DraftImage> {
  const { draft, labels } = await contextOf(request, parts, base);
  const { platform, created } = draft.facts;
  const image = assemble({ base, platform, created, labels, layers: draft.layers });
  return { ...draft, facts: { ...draft.facts, digest: image.digest, id: image.id }, base, image };
}

async function contextOf(
  { plan, repository, tag, platform, seconds }: ImageRequest,
  { server, runtime, models, files }: ImageParts,
  base: NamedBase,
): Promise<{ readonly draft: DraftContext; readonly labels: Readonly<Record<string, string>> }> {
  const created = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const planText = `${canonicalJson(relocated(plan) as unknown as Json)}\n`;
  const sbom = await sbomOf({ repository, tag, platform, created, base, server, runtime, models });
  const facts: ContextFacts = {
    version: 1,
    repository,
    tag,
    platform,
    created,
    base: { name: base.name, digest: base.digest },
    models,
    parts: {
      server: server.digest,
      plan: digestOfBytes(planText),
      runtime: runtime.digest,
      sbom: digestOfBytes(sbom),
    },
    trainyard: server.version,
    port,
    user,
  };
  const labels = labelsOf(facts);
  const content = {
    runtime: runtime.files,
    server: server.files,
    models: [
      ...files,
      { path: planFile, bytes: Buffer.from(planText) },
      { path: sbomFile, bytes: Buffer.from(sbom) },
    ],
  };
  const layers = contextFolders.map((folder) =>
    folder === 'runtime' ? runtime.layer : makeLayer(inApp(content[folder]), 0, folder),
  );
  return { draft: { facts, dockerfile: dockerfileOf(base, labels), files: content, sbom, layers }, labels };
}
