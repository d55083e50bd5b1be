import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Failure, Json, Result } from '../base/index.ts';
import { digestOfBytes, digestOfJson, failed, success } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import { readContract } from '../contract/index.ts';
import { readModel } from '../onnx/index.ts';
import { fileUnreadable, recordDigest } from '../provenance/index.ts';
import type { ResolvedModel } from '../registry/index.ts';
import { parseReference, resolveModel, stageUndeclared } from '../registry/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { openRuns, projectPath } from '../runs/index.ts';
import type { Lineage, ServableManifest, ServableParts } from '../servable/index.ts';
import { contractMissing, requestColumns, servableThere, writeServable } from '../servable/index.ts';
import type { Store } from '../store/index.ts';
import { digestOfFile } from './attest.ts';
import type { OpenedRegistry } from './open-registry.ts';

export interface PackedServable {
  readonly resolved: ResolvedModel;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: ServableManifest;
}

/** Everything a reference is found with. */
export interface PackingWorld
  extends Pick<OpenedRegistry, 'root' | 'project' | 'repository' | 'ledger' | 'openStore'> {
  readonly cwd: string;
}

/** Finds the model of a reference and writes it as a servable, from the store, its run record and its contract. */
export async function packServable(
  reference: string,
  world: PackingWorld,
  /** Default: one of its own below `.trainyard/servables/<model>`. */
  folder?: string,
): Promise<Result<PackedServable, readonly Failure[]>> {
  const resolved = await findModel(reference, world);
  return resolved.ok ? await packModel(resolved.value, world, folder) : failed([resolved.failure]);
}

/** The model of a reference, as the ledger knows it now. */
export async function findModel(
  reference: string,
  { root, project, repository, ledger, cwd }: PackingWorld,
): Promise<Result<ResolvedModel, Failure>> {
  const resolved = await resolveModel(reference, {
    ledger,
    runs: openRuns({ repository, branch: project.runs.branch, root }),
    digestOfFile: (path) => digestOfFile(resolve(cwd, path)),
  });
  if (resolved.ok || resolved.failure.code !== 'registry-stage-empty') return resolved;
  // A stage that is mistyped is empty, too: to promote to it would be refused.
  const parsed = parseReference(reference);
  const stage = parsed.ok && parsed.value.kind === 'stage' ? parsed.value.stage : undefined;
  const declared = project.stages.map(({ name }) => name);
  return stage === undefined || declared.includes(stage)
    ? resolved
    : failed(stageUndeclared(stage, declared));
}

/** Writes a model as a servable; one that is there already, and is what would be written, stays. */
export async function packModel(
  model: ResolvedModel,
  world: PackingWorld,
  folder?: string,
): Promise<Result<PackedServable, readonly Failure[]>> {
  const { root, project, repository, cwd } = world;
  const store = await world.openStore();
  if (!store.ok) return failed([store.failure]);
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const bytes = await bytesOf(model, store.value, cwd);
  if (!bytes.ok) return failed([bytes.failure]);
  const record = await recordOf(model, history);
  if (!record.ok) return failed([record.failure]);
  const info = readModel(bytes.value);
  if (!info.ok) return failed([info.failure]);
  const found = await contractOf(
    model.model ?? 'the model',
    record.value,
    info.value.metadata['trainyard.dataset'],
    {
      ...world,
      store: store.value,
    },
  );
  if (!found.ok) return found;
  const contract = found.value;
  const target = info.value.metadata['trainyard.target'] || undefined;
  const parts: ServableParts = {
    model: model.model ?? 'model',
    modelVersion: versionName(model),
    digest: model.digest,
    lineage: lineageOf(record.value, contract, target),
    columns: requestColumns(info.value, contract, target),
  };
  const where = folder ?? servableFolder(root, parts);
  const there = folder === undefined ? await servableThere(where, parts, bytes.value) : undefined;
  const manifest = there === undefined ? await writeServable(where, parts, bytes.value) : success(there);
  return manifest.ok
    ? success({ resolved: model, folder: where, manifest: manifest.value })
    : failed([manifest.failure]);
}

/** Where the servables are that are packed in order to be served here. */
export function servablesFolder(root: string): string {
  return join(root, '.trainyard', 'servables');
}

/** Other contents, another folder: nothing that somebody may be reading is ever written again. */
function servableFolder(root: string, parts: ServableParts): string {
  const digits = digestOfJson(parts as unknown as Json).slice('sha256:'.length, 'sha256:'.length + 12);
  const { model, modelVersion } = parts;
  return join(servablesFolder(root), pathSafe(model), `${pathSafe(modelVersion)}.${digits}`);
}

/** Names that other tools gave may hold slashes. */
function pathSafe(name: string): string {
  return encodeURIComponent(name).replace(/^\./, '%2E');
}

export function versionName({ version, run, digest }: ResolvedModel): string {
  if (version !== undefined) return version.name;
  return run === undefined ? `file-${digest.slice(7, 19)}` : `run-${run.id}`;
}

async function bytesOf(
  { reference, digest }: ResolvedModel,
  store: Store,
  cwd: string,
): Promise<Result<Uint8Array, Failure>> {
  if (reference.kind !== 'file') return await store.read(digest);
  try {
    const bytes = await readFile(resolve(cwd, reference.path));
    if (digestOfBytes(bytes) === digest) return success(bytes);
    return failed(fileUnreadable(reference.path, 'it changed while it was read'));
  } catch (error) {
    return failed(fileUnreadable(reference.path, error));
  }
}

async function recordOf(
  { run, version }: ResolvedModel,
  history: RunHistory,
): Promise<Result<RunRecord | undefined, Failure>> {
  if (run !== undefined) return success(run);
  const registered = version?.registered;
  if (registered === undefined || !('event' in registered)) return success(undefined);
  return await history.find(registered.event.run, registered.event.pipeline);
}

function lineageOf(
  record: RunRecord | undefined,
  contract: Contract | undefined,
  target: string | undefined,
): Lineage {
  const data = Object.entries(record?.data ?? {}).flatMap(([name, { fingerprint }]) =>
    fingerprint === undefined ? [] : [[name, fingerprint] as const],
  );
  return {
    ...(record === undefined
      ? {}
      : { run: record.id, pipeline: record.pipeline, record: recordDigest(record) }),
    ...(record?.code?.commit ? { commit: record.code.commit } : {}),
    ...(data.length === 0 ? {} : { data: Object.fromEntries(data) }),
    ...(contract === undefined
      ? {}
      : { contract: { id: contract.id, version: contract.version, digest: contract.digest } }),
    ...(target === undefined ? {} : { target }),
  };
}

/** The contract of the dataset that the model learned from: from the store, its commit, or the work tree, by digest. */
async function contractOf(
  model: string,
  record: RunRecord | undefined,
  dataset: string | undefined,
  { root, repository, store }: PackingWorld & { readonly store: Store },
): Promise<Result<Contract | undefined, readonly Failure[]>> {
  const datasets = Object.entries(record?.data ?? {}).filter(([, { contract }]) => contract !== undefined);
  const chosen =
    datasets.find(([name]) => name === dataset) ?? (datasets.length === 1 ? datasets[0] : undefined);
  const contract = chosen?.[1].contract;
  if (contract === undefined) return success(undefined);
  const { file, digest } = contract;
  const sources: readonly (() => Promise<Uint8Array | undefined>)[] = [
    async () => {
      if (!(await store.has(digest))) return undefined;
      const bytes = await store.read(digest);
      return bytes.ok ? bytes.value : undefined;
    },
    () => readFile(join(root, file)).catch(() => undefined),
    async () => {
      const commit = record?.code?.commit;
      if (commit === undefined || commit === null) return undefined;
      const prefix = await projectPath(repository.workTree, root);
      const read = await repository.readFile(commit, prefix === '' ? file : `${prefix}/${file}`);
      return read.ok ? read.value : undefined;
    },
  ];
  for (const source of sources) {
    const bytes = await source();
    if (bytes !== undefined && digestOfBytes(bytes) === digest) return readContract(file, bytes);
  }
  return failed([contractMissing(model, file, digest)]);
}
