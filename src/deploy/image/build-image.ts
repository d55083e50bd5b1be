import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Failure, Json, Result, Verdict } from '../../base/index.ts';
import { canonicalJson, digestOfBytes, failed, success } from '../../base/index.ts';
import type { ServableManifest } from '../../servable/index.ts';
import { checkGolden, manifestFile, modelFile, openServable } from '../../servable/index.ts';
import type { PlannedVersion, ServingPlan } from '../../serve/index.ts';
import type { AssembledImage } from './assemble.ts';
import { assemble } from './assemble.ts';
import type { BaseImage } from './base-image.ts';
import { fetchLayers, findBase } from './base-image.ts';
import type { BuiltImage, ImageModel, ImagePlatform } from './built-image.ts';
import type { ContextFolder } from './dockerfile.ts';
import { checkScript, contextFolders, dockerfileOf } from './dockerfile.ts';
import { imageUnwritable } from './failures.ts';
import { planFile, port, sbomFile, user } from './image-paths.ts';
import { labelsOf } from './labels.ts';
import { writeContextFile, writeLayout } from './layout.ts';
import type { Layer } from './oci.ts';
import { inApp, makeLayer } from './oci.ts';
import { layoutFolder } from './push.ts';
import type { Environment } from './registry/credentials.ts';
import { runtimeOf } from './runtime-files.ts';
import { sbomOf } from './sbom.ts';
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
}

/** An image before its base is fetched: everything but the bytes of other people. */
export interface DraftImage {
  readonly facts: Omit<BuiltImage, 'size'>;
  readonly base: BaseImage;
  readonly dockerfile: string;
  /** What goes into the image, by folder of the context. */
  readonly files: Readonly<Record<ContextFolder, readonly TarEntry[]>>;
  readonly sbom: string;
  readonly layers: readonly Layer[];
  readonly image: AssembledImage;
}

/**
 * Makes an image from servables: reads and tries every model, looks up the base, and decides every byte and digest of
 * the image. Nothing is written, and nothing depends on the time or the place.
 */
export async function draftImage(request: ImageRequest): Promise<Result<DraftImage, Failure>> {
  const { plan, repository, tag, platform, seconds } = request;
  const server = await serverFiles();
  if (!server.ok) return server;
  const packed = await packedModels(request);
  if (!packed.ok) return packed;
  const base = await findBase({ ...request, name: request.base });
  if (!base.ok) return base;
  const runtime = await runtimeOf(platform);
  const { models, files } = packed.value;
  const created = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  const planText = `${canonicalJson(relocated(plan) as unknown as Json)}\n`;
  const sbom = await sbomOf({
    repository,
    tag,
    platform,
    created,
    base: base.value,
    server: server.value,
    runtime,
    models,
  });
  const facts = {
    repository,
    tag,
    platform,
    created,
    base: { name: base.value.name, digest: base.value.digest },
    models,
    parts: {
      server: server.value.digest,
      plan: digestOfBytes(planText),
      runtime: runtime.digest,
      sbom: digestOfBytes(sbom),
    },
    trainyard: server.value.version,
    port,
    user,
  };
  const labels = labelsOf(facts);
  const content = {
    runtime: runtime.files,
    server: server.value.files,
    models: [
      ...files,
      { path: planFile, bytes: Buffer.from(planText) },
      { path: sbomFile, bytes: Buffer.from(sbom) },
    ],
  };
  const layers = contextFolders.map((folder) =>
    folder === 'runtime' ? runtime.layer : makeLayer(inApp(content[folder]), 0, folder),
  );
  const image = assemble({ base: base.value, platform, created, labels, layers });
  return success({
    facts: { version: 1, ...facts, digest: image.digest, id: image.id },
    base: base.value,
    dockerfile: dockerfileOf(base.value, labels),
    files: content,
    sbom,
    layers,
    image,
  });
}

/** Reads every version of a plan, holds its bytes against its description, and asks its golden requests. */
async function packedModels({
  plan,
  provenance,
}: ImageRequest): Promise<
  Result<{ readonly models: readonly ImageModel[]; readonly files: readonly TarEntry[] }, Failure>
> {
  const models: ImageModel[] = [];
  const files: TarEntry[] = [];
  for (const { model, versions } of plan.models) {
    for (const version of versions) {
      const opened = await openServable(version.folder);
      if (!opened.ok) return opened;
      await using servable = opened.value;
      const golden = await checkGolden(servable);
      if (!golden.ok) return golden;
      const folder = folderOf(model, version);
      const description = await readFile(join(version.folder, manifestFile));
      files.push({ path: `${folder}/${manifestFile}`, bytes: description });
      files.push({ path: `${folder}/${modelFile}`, bytes: await readFile(join(version.folder, modelFile)) });
      models.push(modelOf(servable.manifest, digestOfBytes(description), provenance(model, version.name)));
    }
  }
  return success({ models, files });
}

function modelOf(
  { model, modelVersion, digest, lineage }: ServableManifest,
  manifest: Digest,
  provenance: ImageModel['provenance'],
): ImageModel {
  const { run, commit, contract } = lineage;
  return {
    model,
    modelVersion,
    digest,
    manifest,
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
    ...(contract === undefined ? {} : { contract: contract.digest }),
    provenance,
  };
}

/** The plan as the container has it: beside its models, and without what was said about the way there. */
function relocated({ version, models }: ServingPlan): ServingPlan {
  return {
    version,
    models: models.map((model) => ({
      ...model,
      versions: model.versions.map((each) => ({ ...each, folder: folderOf(model.model, each) })),
    })),
  };
}

function folderOf(model: string, { name }: Pick<PlannedVersion, 'name'>): string {
  return `models/${safe(model)}/${safe(name)}`;
}

function safe(name: string): string {
  return name.replace(/[^\w.+-]/g, '_').replace(/^\.+/, '_');
}

/**
 * Writes the context that Docker builds from into `<output>/context`: Dockerfile, what goes into the image, and beside
 * it `<output>/sbom.cdx.json`.
 */
export async function writeContext(draft: DraftImage, output: string): Promise<Result<string, Failure>> {
  const context = join(output, 'context');
  const { dockerfile, files, sbom } = draft;
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
    await writeFile(join(output, sbomFile), sbom);
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
  const { base, image, layers, facts } = draft;
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
    await rm(join(output, 'image.json'), { force: true });
    const name = `${facts.repository}:${facts.tag}`;
    await writeLayout(layoutFolder(output), { image, layers, baseFiles: fetched.value.files, name });
    await writeFile(join(output, 'image.json'), `${canonicalJson(built as unknown as Json)}\n`);
  } catch (error) {
    return failed(imageUnwritable(output, error));
  }
  return success(built);
}
