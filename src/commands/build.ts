import { lstat, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type {
  BuiltImage,
  ContextFacts,
  ImageModel,
  ImageName,
  ImagePlatform,
  ImageRequest,
  ImageSize,
  PushedImage,
} from '../deploy/index.ts';
import {
  defaultBase,
  draftContext,
  draftImage,
  imageFolderTaken,
  imageName,
  imagePlatform,
  imageUnwritable,
  keepBase,
  layoutFolder,
  loadIntoDocker,
  provenanceWrong,
  pushImage,
  readImageName,
  registryMissing,
  repositoryOf,
  runDocker,
  writeContext,
  writeImage,
} from '../deploy/index.ts';
import type { Project } from '../pipeline/index.ts';
import { loadProject } from '../pipeline/index.ts';
import { verificationSentence } from '../provenance/index.ts';
import { readServableManifest } from '../servable/index.ts';
import type { PlannedVersion, ServingPlan } from '../serve/index.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';
import { findRoot } from './root.ts';
import { servingPlan } from './serving-plan.ts';
import { verifyModel } from './verify-model.ts';

export interface BuildOptions {
  /** References of models, or folders of servables. */
  readonly models: readonly string[];
  /** Name of the image, with a tag or without. Default: by the setting `registry`, the model and its version. */
  readonly tag?: string;
  /** Folder for context, image, bill of materials and image.json. Default: `.trainyard/images/<name>/<tag>`. */
  readonly output?: string;
  /** Default: the setting, else Linux on this machine's processor. */
  readonly platform?: string;
  /** Default: the setting, else `defaultBase`. */
  readonly base?: string;
  /** To the registry, in place of this machine's Docker. */
  readonly push?: boolean;
  /** Only the folder to build from. */
  readonly contextOnly?: boolean;
  /** Decide every digest and write nothing. */
  readonly dryRun?: boolean;
}

export interface BuildReport {
  /** Its size is known once it is built; digest and id are not where the registry of its base could not be asked. */
  readonly image: ContextFacts & Partial<Pick<BuiltImage, 'digest' | 'id'>> & { readonly size?: ImageSize };
  /** Absolute. */
  readonly output: string;
  /** How far it went. */
  readonly done: 'planned' | 'context' | 'loaded' | 'pushed';
  readonly pushed?: PushedImage;
}

export type BuildEffects = Pick<Effects, 'cwd' | 'env' | 'machine'>;

/** Makes a container image that answers for models: the same models, base and Trainyard make the same digest. */
export async function build(
  options: BuildOptions,
  effects: BuildEffects,
): Promise<Result<BuildReport, readonly Failure[]>> {
  const { cwd, env } = effects;
  const root = findRoot(cwd);
  const project = await loadProject(root);
  if (!project.ok) return project;
  const platform = platformOf(options, project.value, effects);
  if (!platform.ok) return failed([platform.failure]);
  const isLoaded = options.push !== true && options.contextOnly !== true && options.dryRun !== true;
  const docker = isLoaded ? await runDocker(['version'], env) : undefined;
  if (docker?.ok === false) return failed([docker.failure]);

  const plan = await planOf(options.models, effects);
  if (!plan.ok) return plan;
  const judged = await judge(plan.value, project.value, effects);
  if (!judged.ok) return judged;
  const seconds = await newestRun(plan.value, env);
  if (!seconds.ok) return failed([seconds.failure]);
  const name = nameOf(options, plan.value, project.value);
  if (!name.ok) return failed([name.failure]);
  if (options.push === true && name.value.host === undefined)
    return failed([registryMissing(repositoryOf(name.value))]);

  const layerCache = join(root, '.trainyard', 'images', 'layers');
  const request: ImageRequest = {
    plan: plan.value,
    provenance: (model, version) => judged.value.get(`${model} ${version}`) ?? unknown,
    repository: repositoryOf(name.value),
    tag: name.value.tag,
    platform: platform.value,
    base: options.base ?? project.value.image?.base ?? defaultBase,
    seconds: seconds.value,
    environment: env,
    cache: layerCache,
  };
  const isWhole = options.contextOnly !== true && options.dryRun !== true;
  const draft = await (isWhole ? draftImage : draftContext)(request);
  if (!draft.ok) return failed([draft.failure]);
  const last = name.value.path.split('/').at(-1)!;
  const output =
    options.output === undefined
      ? join(root, '.trainyard', 'images', last, name.value.tag)
      : resolve(cwd, options.output);
  if (options.dryRun === true) return success({ image: draft.value.facts, output, done: 'planned' });

  const folder = await ownFolder(output, options.output === undefined ? root : undefined);
  if (!folder.ok) return failed([folder.failure]);
  const context = await writeContext(draft.value, output);
  if (!context.ok) return failed([context.failure]);
  if ('base' in draft.value) {
    const cache = await ownFolder(layerCache, root);
    const kept = cache.ok ? await keepBase(draft.value.base, layerCache) : cache;
    if (!kept.ok) return failed([kept.failure]);
  }
  if (options.contextOnly === true || !('base' in draft.value))
    return success({ image: draft.value.facts, output, done: 'context' });

  const image = await writeImage(draft.value, { output, layerCache, environment: env });
  if (!image.ok) return failed([image.failure]);
  if (options.push === true) {
    const pushed = await pushImage(image.value, layoutFolder(output), env);
    if (!pushed.ok) return failed([pushed.failure]);
    return success({ image: image.value, output, done: 'pushed', pushed: pushed.value });
  }
  const loaded = await loadIntoDocker(layoutFolder(output), env);
  if (!loaded.ok) return failed([loaded.failure]);
  return success({ image: image.value, output, done: 'loaded' });
}

/** Makes a folder to write to; inside of the project, it does not lead out of it by a link. */
async function ownFolder(folder: string, root: string | undefined): Promise<Result<void, Failure>> {
  try {
    if (root !== undefined && !(await staysInside(folder, root)))
      return failed(imageFolderTaken(folder, 'a link on the way leads out of the project'));
    await mkdir(folder, { recursive: true });
    return success(undefined);
  } catch (error) {
    return failed(imageUnwritable(folder, error));
  }
}

/** Whether what is there of a path, as far as it is there, is really below a folder. */
async function staysInside(path: string, root: string): Promise<boolean> {
  const inside = await realpath(root);
  for (let at = path; at.length >= root.length; at = dirname(at)) {
    if ((await lstat(at).catch(() => undefined)) === undefined) continue;
    const real = await realpath(at).catch(() => undefined);
    return real === inside || real?.startsWith(`${inside}${sep}`) === true;
  }
  return true;
}

function platformOf(
  options: BuildOptions,
  { image }: Project,
  { machine }: BuildEffects,
): Result<ImagePlatform, Failure> {
  const own = machine.platform.endsWith('-arm64') ? 'linux/arm64' : 'linux/amd64';
  const platform = options.platform ?? image?.platform ?? own;
  if (platform === 'linux/amd64' || platform === 'linux/arm64') return success(platform);
  return failed(imagePlatform(platform));
}

/** What is served, with everything packed; a version that may not be served, or cannot be packed, ends the build. */
async function planOf(
  models: readonly string[],
  { cwd, env }: BuildEffects,
): Promise<Result<ServingPlan, readonly Failure[]>> {
  let opened: Promise<Result<OpenedRegistry, readonly Failure[]>> | undefined;
  const registry = (): Promise<Result<OpenedRegistry, readonly Failure[]>> => {
    opened ??= openRegistry({ cwd, env });
    return opened;
  };
  const plan = await servingPlan(models, { cwd, registry });
  if (!plan.ok) return plan;
  const refused = plan.value.models.flatMap((model) => (model.refused ?? []).map(({ failure }) => failure));
  return refused.length > 0 ? failed(refused) : plan;
}

type Judgement = ImageModel['provenance'];

const unknown: Judgement = {
  verdict: 'inconclusive',
  because: 'a file was named, and nobody here knows where it comes from',
};

/** What provenance says of every version. What is wrong is not built; nor what is unknown, where the settings ask for it. */
async function judge(
  plan: ServingPlan,
  { image }: Project,
  effects: BuildEffects,
): Promise<Result<ReadonlyMap<string, Judgement>, readonly Failure[]>> {
  const judged = new Map<string, Judgement>();
  for (const { model, versions } of plan.models) {
    for (const version of versions) {
      const judgement = version.provenance ?? (await judgeRun(version, effects));
      const isRefused =
        judgement.verdict === 'fail' || (judgement.verdict !== 'pass' && image?.provenance === true);
      if (isRefused) return failed([provenanceWrong(referenceOf(model, version), judgement.because)]);
      judged.set(`${model} ${version.name}`, judgement);
    }
  }
  return success(judged);
}

function referenceOf(model: string, { name }: PlannedVersion): string {
  return name.startsWith('run-') ? `run:${name.slice('run-'.length)}` : `${model}@${name}`;
}

/** The model of a run that is no version, by the records and attestations of this clone. */
async function judgeRun({ name, folder }: PlannedVersion, effects: BuildEffects): Promise<Judgement> {
  if (!name.startsWith('run-')) return unknown;
  const manifest = await readServableManifest(folder);
  const run = manifest.ok ? manifest.value.lineage.run : undefined;
  if (run === undefined) return unknown;
  const verified = await verifyModel({ reference: `run:${run}`, offline: true }, effects);
  if (!verified.ok)
    return { verdict: 'inconclusive', because: verified.failure[0]?.message ?? 'it cannot be verified' };
  const { verification } = verified.value;
  return { verdict: verification.verdict, because: verificationSentence(verification) };
}

/** When the newest run was started, in seconds since 1970: by its id; `SOURCE_DATE_EPOCH` goes before, and 0 is for files of no run. */
async function newestRun(plan: ServingPlan, env: BuildEffects['env']): Promise<Result<number, Failure>> {
  const set = env['SOURCE_DATE_EPOCH'];
  if (set !== undefined && /^\d{1,11}$/.test(set)) return success(Number(set));
  let newest = 0;
  for (const { folder } of plan.models.flatMap(({ versions }) => versions)) {
    const manifest = await readServableManifest(folder);
    if (!manifest.ok) return manifest;
    const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(manifest.value.lineage.run ?? '');
    if (parts === null) continue;
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    newest = Math.max(newest, Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
  }
  return success(newest);
}

function nameOf(
  { tag }: BuildOptions,
  plan: ServingPlan,
  { image }: Project,
): Result<ImageName & { readonly tag: string }, Failure> {
  const [only, ...others] = plan.models;
  const version = others.length > 0 ? 'latest' : (only?.served ?? 'latest');
  if (tag === undefined && (only === undefined || others.length > 0))
    return failed(
      imageName(
        plan.models.map(({ model }) => model).join(' '),
        'several models have no name together; give one after --tag',
      ),
    );
  const path = (only?.model ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const name = readImageName(tag ?? `${image?.registry ?? 'trainyard'}/${path}`);
  if (!name.ok) return name;
  if (name.value.digest !== undefined)
    return failed(imageName(tag ?? '', 'the digest of an image comes out of its build'));
  return success({ ...name.value, tag: name.value.tag ?? version.replace(/[^\w.-]/g, '_').slice(0, 128) });
}
