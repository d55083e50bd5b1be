import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ServingFile } from '../pipeline/index.ts';
import { findPipeline, loadPipeline } from '../pipeline/index.ts';
import type { ResolvedModel } from '../registry/index.ts';
import { parseReference } from '../registry/index.ts';
import { manifestFile, readServableManifest } from '../servable/index.ts';
import type { PlannedModel, PlannedVersion, RefusedVersion, ServingPlan } from '../serve/index.ts';
import type { Effects } from './effects.ts';
import { folderWithoutServable } from './failures.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { findModel, packModel, versionName } from './pack-servable.ts';
import { provenanceOf } from './serving-provenance.ts';

export interface ServingWorld {
  readonly cwd: Effects['cwd'];
  /** The book of models; asked for only when a reference is no folder of a servable. */
  readonly registry: () => Promise<Result<OpenedRegistry, readonly Failure[]>>;
  /** What is served now: a model that cannot be planned any more stays as it is there, with a note. */
  readonly current?: ServingPlan;
}

/**
 * Which versions the references and the `serving:` sections of their pipelines stand for now, each packed as a servable.
 * Of several references to one model the first is what is served, and the others answer requests that name them. What
 * cannot be packed, and what its provenance speaks against, is in the plan as refused; a stage in which nothing stands
 * gives a note when only a shadow, a canary or a variant would come from it.
 */
export async function servingPlan(
  references: readonly string[],
  world: ServingWorld,
): Promise<Result<ServingPlan, readonly Failure[]>> {
  const drafts = new Map<string, ModelDraft>();
  const planned = new Map<string, PlannedModel>();
  const notes: string[] = [];
  const keep = (model: string | undefined, [failure]: readonly Failure[]): boolean => {
    const current = world.current?.models.find((each) => each.model === model);
    if (current === undefined) return false;
    planned.set(current.model, current);
    notes.push(
      `${current.model} stays as it is: ${failure === undefined ? 'it cannot be planned' : placed(failure)}`,
    );
    return true;
  };
  for (const reference of references) {
    const found = await findVersion(reference, world);
    if (!found.ok) {
      if (!keep(modelOf(reference), found.failure)) return found;
      continue;
    }
    const draft = drafts.get(found.value.model) ?? newDraft(found.value);
    drafts.set(found.value.model, draft);
    addVersion(draft, found.value);
  }
  for (const draft of drafts.values()) {
    if (planned.has(draft.model)) continue;
    const model = await plannedModel(draft, world);
    if (model.ok) {
      planned.set(draft.model, model.value.planned);
      notes.push(...model.value.notes);
    } else if (!keep(draft.model, model.failure)) return model;
  }
  const models = [...planned.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
  return success({ version: 1, models, ...(notes.length === 0 ? {} : { notes }) });
}

/** What failed, after the file and the line where it stands. */
export function placed({ message, place }: Pick<Failure, 'message' | 'place'>): string {
  if (place === undefined) return message;
  const { file, line, column } = place;
  return `${[file, line, column].filter((part) => part !== undefined).join(':')}: ${message}`;
}

/** The model that a reference names; a run, a file and a folder name none. */
function modelOf(reference: string): string | undefined {
  const parsed = parseReference(reference);
  return parsed.ok && 'model' in parsed.value ? parsed.value.model : undefined;
}

/** A version that belongs into the plan: packed, or refused. */
interface FoundVersion {
  readonly model: string;
  readonly name: string;
  readonly packed: Result<PlannedVersion, RefusedVersion>;
  /** Name of the pipeline whose `serving:` counts; a folder has none. */
  readonly pipeline?: string;
}

interface ModelDraft {
  readonly model: string;
  readonly served: string;
  readonly pipeline?: string;
  readonly versions: Map<string, PlannedVersion>;
  readonly refused: Map<string, RefusedVersion>;
}

function newDraft({ model, name, pipeline }: FoundVersion): ModelDraft {
  const of = pipeline === undefined ? {} : { pipeline };
  return { model, served: name, ...of, versions: new Map(), refused: new Map() };
}

function addVersion({ versions, refused }: ModelDraft, { name, packed }: FoundVersion): void {
  if (packed.ok) versions.set(name, packed.value);
  else refused.set(name, packed.failure);
}

async function findVersion(
  reference: string,
  world: ServingWorld,
): Promise<Result<FoundVersion, readonly Failure[]>> {
  const folder = resolve(world.cwd, reference);
  if (await isFile(join(folder, manifestFile))) return await versionInFolder(folder);
  if (/[/\\]|^\.+$/.test(reference) && (await isFolder(folder)))
    return failed([folderWithoutServable(reference, manifestFile)]);
  const opened = await world.registry();
  if (!opened.ok) return opened;
  const resolved = await findModel(reference, { ...opened.value, cwd: world.cwd });
  if (!resolved.ok) return failed([resolved.failure]);
  return success(await packedVersion(resolved.value, opened.value, world.cwd));
}

async function versionInFolder(folder: string): Promise<Result<FoundVersion, readonly Failure[]>> {
  const manifest = await readServableManifest(folder);
  if (!manifest.ok) return failed([manifest.failure]);
  const { model, modelVersion: name, digest } = manifest.value;
  return success({ model, name, packed: success({ name, digest, folder }) });
}

async function packedVersion(
  resolved: ResolvedModel,
  opened: OpenedRegistry,
  cwd: string,
): Promise<FoundVersion> {
  const name = versionName(resolved);
  const model = resolved.model ?? 'model';
  const pipeline = pipelineOf(resolved);
  const found = { model, name, ...(pipeline === undefined ? {} : { pipeline }) };
  const refuse = (failure: Failure): FoundVersion => {
    const { cause: _, ...told } = failure;
    return { ...found, packed: failed({ name, failure: told }) };
  };
  const provenance = await provenanceOf(resolved, opened);
  if (!provenance.ok) return refuse(provenance.failure);
  const packed = await packModel(resolved, { ...opened, cwd });
  if (!packed.ok) return refuse(packed.failure[0]!);
  const { folder } = packed.value;
  const judged = provenance.value === undefined ? {} : { provenance: provenance.value };
  return { ...found, packed: success({ name, digest: resolved.digest, folder, ...judged }) };
}

function pipelineOf({ run, version, model }: ResolvedModel): string | undefined {
  const registered = version?.registered;
  if (run !== undefined) return run.pipeline;
  return registered !== undefined && 'event' in registered ? registered.event.pipeline : model;
}

/** Adds what `serving:` asks for, as far as it can be had. */
async function plannedModel(
  draft: ModelDraft,
  world: ServingWorld,
): Promise<
  Result<{ readonly planned: PlannedModel; readonly notes: readonly string[] }, readonly Failure[]>
> {
  const notes: string[] = [];
  const serving = await servingOf(draft, world);
  if (!serving.ok) return serving;
  const { shadow = [], canary, variants, log, limits } = serving.value ?? {};
  const others = [
    ...shadow.map((version) => ({ version, role: 'a shadow' })),
    ...(canary === undefined ? [] : [{ version: canary.version, role: 'the canary' }]),
    ...Object.values(variants?.versions ?? {}).map((version) => ({ version, role: 'a variant' })),
  ];
  const names = new Map<string, string>();
  for (const { version, role } of others) {
    if (names.has(version)) continue;
    const found = await otherVersion(`${draft.model}${version}`, version, world);
    if (!found.ok) {
      const [failure] = found.failure;
      if (failure?.code !== 'registry-stage-empty') return found;
      notes.push(`${draft.model}: nothing stands in ${version.slice(1)}, so there is not ${role}`);
      continue;
    }
    names.set(version, found.value.name);
    addVersion(draft, found.value);
  }
  const { model, served, versions, refused } = draft;
  const planned: PlannedModel = {
    model,
    served,
    versions: [...versions.values()],
    ...rolesOf(serving.value, names, served),
    ...(log === undefined ? {} : { log }),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
    ...(refused.size === 0 ? {} : { refused: [...refused.values()] }),
  };
  return success({ planned, notes });
}

/** Who plays what, by the names of versions; what is served anyway is neither its own shadow nor its own canary. */
function rolesOf(
  { shadow = [], canary, variants }: ServingFile = {},
  names: ReadonlyMap<string, string>,
  served: string,
): Pick<PlannedModel, 'shadows' | 'canary' | 'variants'> {
  const shadows = new Set(shadow.flatMap((version) => names.get(version) ?? []));
  shadows.delete(served);
  const version = canary === undefined ? undefined : names.get(canary.version);
  const byValue = Object.entries(variants?.versions ?? {}).flatMap(([value, variant]) => {
    const name = names.get(variant);
    return name === undefined ? [] : [[value, name] as const];
  });
  return {
    shadows: [...shadows],
    ...(canary === undefined || version === undefined || version === served
      ? {}
      : { canary: { ...canary, version } }),
    ...(variants === undefined
      ? {}
      : { variants: { header: variants.header.toLowerCase(), versions: Object.fromEntries(byValue) } }),
  };
}

/** A version that only `serving:` names: one that is not there is refused, and what is served goes on. */
async function otherVersion(
  reference: string,
  version: string,
  world: ServingWorld,
): Promise<Result<FoundVersion, readonly Failure[]>> {
  const found = await findVersion(reference, world);
  const isPinned = version.startsWith('@');
  if (found.ok || !isPinned || found.failure[0]?.code !== 'registry-version-unknown') return found;
  const name = version.slice(1);
  const model = modelOf(reference) ?? reference;
  return success({ model, name, packed: failed({ name, failure: found.failure[0] }) });
}

/** `serving:` of the pipeline in the work tree; a model whose pipeline is not there, or without the section, is just served. */
async function servingOf(
  { pipeline }: ModelDraft,
  world: ServingWorld,
): Promise<Result<ServingFile | undefined, readonly Failure[]>> {
  if (pipeline === undefined) return success(undefined);
  const opened = await world.registry();
  if (!opened.ok) return opened;
  const { root } = opened.value;
  const file = findPipeline(root, pipeline);
  if (!file.ok) return success(undefined);
  const loaded = await loadPipeline({ root, file: file.value });
  return loaded.ok ? success(loaded.value.file.serving) : loaded;
}

function limitsOf(limits: NonNullable<ServingFile['limits']>): NonNullable<PlannedModel['limits']> {
  const { 'max-rows': maxRows, 'max-bytes': maxBytes, 'timeout-ms': timeoutMs } = limits;
  return {
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
