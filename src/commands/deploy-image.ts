import type { Digest, Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { DeployedImage, ImageModel, StageSettings } from '../deploy/index.ts';
import { imageOther, problemOfImage, readRegistryImage } from '../deploy/index.ts';
import { build } from './build.ts';
import type { StandingVersion } from './deployable.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry } from './open-registry.ts';

export interface ImageAtHand {
  readonly image: DeployedImage;
  /** By which the Docker of this machine may have it. */
  readonly localNames: readonly string[];
  /** `<repository>:<tag>`, for a dry run that could not ask the registry of the base: then the digest is none. */
  readonly unbuilt?: string;
}

/** Of no image. */
const noDigest = `sha256:${'0'.repeat(64)}` as Digest;

interface ImageOptions {
  readonly image?: string;
  readonly dryRun?: boolean;
}

interface ImageWorld {
  readonly settings: StageSettings;
  readonly opened: OpenedRegistry;
  readonly effects: Effects;
}

/** The image that holds a version: the one that was named, or one that is built now. */
export async function imageFor(
  options: ImageOptions,
  standing: StandingVersion,
  world: ImageWorld,
): Promise<Result<ImageAtHand, readonly Failure[]>> {
  const { image } = options;
  return image === undefined
    ? await builtImage(options, standing, world)
    : await namedImage(image, standing, world);
}

async function namedImage(
  reference: string,
  standing: StandingVersion,
  { effects }: ImageWorld,
): Promise<Result<ImageAtHand, readonly Failure[]>> {
  const read = await readRegistryImage(reference, effects.env);
  if (!read.ok) return failed([read.failure]);
  const { models, ...image } = read.value;
  const problem = problemOf(models, standing);
  if (problem !== undefined) return failed([imageOther(reference, problem)]);
  return success({ image, localNames: [] });
}

/** A cluster pulls from a registry; the Docker of this machine takes an image without one, too. */
async function builtImage(
  { dryRun = false }: ImageOptions,
  { model, version, digest }: StandingVersion,
  { settings, opened, effects }: ImageWorld,
): Promise<Result<ImageAtHand, readonly Failure[]>> {
  const push = settings.target === 'manifests' || opened.project.image?.registry !== undefined;
  const built = await build({ models: [`${model}#${settings.stage}`], push, dryRun }, effects);
  if (!built.ok) return built;
  const { repository, digest: imageDigest, id, tag, port, user, models } = built.value.image;
  const problem = problemOfImage(models, { model, version: version.name, digest });
  if (problem !== undefined) return failed([imageOther(`${repository}:${tag}`, problem)]);
  const image = { repository, digest: imageDigest ?? noDigest, port, user };
  if (imageDigest === undefined || id === undefined)
    return success({ image, localNames: [], unbuilt: `${repository}:${tag}` });
  return success({ image, localNames: push ? [] : [id, imageDigest] });
}

function problemOf(
  models: readonly ImageModel[],
  { model, version, digest }: StandingVersion,
): string | undefined {
  return problemOfImage(models, { model, version: version.name, digest });
}
