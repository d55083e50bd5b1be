import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ModelInfo } from '../../onnx/index.ts';
import { readModel } from '../../onnx/index.ts';
import { recordDigest } from '../../provenance/index.ts';
import type { RunHistory, RunRecord } from '../../runs/index.ts';
import { modelOf } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';
import type { Identity, RegisterEvent, VersionName } from '../event.ts';
import { modelNameInvalid, tagTaken, versionNameInvalid } from '../failures.ts';
import type { EventDraft } from '../ledger.ts';
import { problemOfModelName, problemOfVersionName } from '../names.ts';
import type { WriterWorld } from '../promotion/append-decided.ts';
import { appendDecided } from '../promotion/append-decided.ts';
import type { ModelState, ModelVersion, TaggedEvent } from '../state.ts';
import { bumpBetween } from './bump.ts';
import { bumpUnknown, digestRegistered, modelNotStored } from './failures.ts';
import { nextVersion, versionBefore } from './next-version.ts';
import type { Registrable } from './registrable.ts';
import { versionFacts } from './version-facts.ts';

export interface RegisterRequest extends Registrable {
  readonly bump: 'auto' | 'major' | 'minor' | 'patch';
  /** Instead of a bump. */
  readonly name?: VersionName;
  readonly why?: string;
  readonly by: Identity;
  /** Find out everything and write nothing. */
  readonly dryRun: boolean;
}

export interface RegisterSources extends WriterWorld {
  readonly history: RunHistory;
  readonly store: Store;
}

export type Registration =
  | {
      readonly kind: 'registered';
      readonly event: TaggedEvent<RegisterEvent>;
      readonly state: ModelState;
    }
  /** What would be written now. */
  | { readonly kind: 'planned'; readonly draft: RegisterDraft; readonly state: ModelState }
  /** The same bytes have a version. */
  | { readonly kind: 'already'; readonly version: ModelVersion; readonly state: ModelState };

export type RegisterDraft = Extract<EventDraft, { kind: 'register' }>;

/** Gives the model of a run the next number. Two at once get two numbers in order; a named one only one of them gets. */
export async function registerVersion(
  request: RegisterRequest,
  sources: RegisterSources,
): Promise<Result<Registration, readonly Failure[]>> {
  const { record, digest, commit } = request;
  const model = record.pipeline;
  const problem = problemOfModelName(model);
  if (problem !== undefined) return failed([modelNameInvalid(model, problem)]);
  const bytes = await sources.store.read(digest);
  if (!bytes.ok) return failed([modelNotStored(digest, bytes.failure.message)]);
  const info = readModel(bytes.value);
  if (!info.ok) return failed([info.failure]);
  const done = await appendDecided<Exclude<Registration, { kind: 'registered' }> | undefined>(
    model,
    sources,
    async ({ state }) => {
      const drafted = await draftOn(state, request, { ...sources, info: info.value });
      if (!drafted.ok) return failed([drafted.failure]);
      if (drafted.value.kind === 'already') {
        return success({ kind: 'stop', value: { ...drafted.value, state } });
      }
      const { draft } = drafted.value;
      return success(
        request.dryRun
          ? { kind: 'stop', value: { kind: 'planned', draft, state } }
          : { kind: 'write', value: undefined, draft, commit },
      );
    },
  );
  if (!done.ok) return done;
  const { value, event, state } = done.value;
  return success(value ?? { kind: 'registered', event: event as TaggedEvent<RegisterEvent>, state });
}

type Drafted =
  | { readonly kind: 'draft'; readonly draft: RegisterDraft }
  | { readonly kind: 'already'; readonly version: ModelVersion };

async function draftOn(
  state: ModelState,
  request: RegisterRequest,
  sources: RegisterSources & { readonly info: ModelInfo },
): Promise<Result<Drafted, Failure>> {
  const { record, digest, by, why } = request;
  const same = state.versions.find((version) => version.digest === digest);
  if (same !== undefined) {
    return request.name === undefined || request.name === same.name
      ? success({ kind: 'already', version: same })
      : failed(digestRegistered(digest, same.name, request.name));
  }
  const numbered = await numberOf(state, request, sources);
  if (!numbered.ok) return numbered;
  return success({
    kind: 'draft',
    draft: {
      kind: 'register',
      ...numbered.value,
      digest,
      by,
      run: record.id,
      pipeline: record.pipeline,
      record: recordDigest(record),
      metrics: mainMetrics(record),
      ...(why === undefined ? {} : { why }),
    },
  });
}

type Numbered = Pick<RegisterEvent, 'name' | 'bump'>;

async function numberOf(
  state: ModelState,
  { name, bump, record }: RegisterRequest,
  sources: RegisterSources & { readonly info: ModelInfo },
): Promise<Result<Numbered, Failure>> {
  if (name !== undefined) {
    const problem = problemOfVersionName(name);
    if (problem !== undefined) return failed(versionNameInvalid(name, problem));
    if (state.versions.some((version) => version.name === name)) {
      return failed(tagTaken(`${state.model}@${name}`));
    }
    return success({ name, bump: { rule: 'named', because: 'whoever registered it chose the number' } });
  }
  const before = versionBefore(state);
  if (before === undefined) {
    const because = 'it is the first version';
    return success({ name: nextVersion(state, undefined, 'patch'), bump: { rule: 'first', because } });
  }
  if (bump !== 'auto') {
    const because = `whoever registered it said so, after ${before.name}`;
    return success({ name: nextVersion(state, before.name, bump), bump: { rule: bump, because } });
  }
  const facts = await factsOf(before, sources);
  const now = versionFacts(record, sources.info);
  if (facts === undefined || now === undefined) return failed(bumpUnknown(before.name));
  const found = bumpBetween(facts, now);
  return success({
    name: nextVersion(state, before.name, found.rule),
    bump: { rule: found.rule, because: `since ${before.name}: ${found.because}` },
  });
}

/** Of an earlier version, as far as its record and its bytes are at hand; a record that was changed counts for nothing. */
async function factsOf(
  { registered, digest }: ModelVersion,
  { history, store }: RegisterSources,
): Promise<ReturnType<typeof versionFacts>> {
  if (!('event' in registered) || digest === undefined) return undefined;
  const { run, pipeline, record } = registered.event;
  const found = await history.find(run, pipeline);
  const known = found.ok && recordDigest(found.value) === record ? found.value : undefined;
  return versionFacts(known, await modelInfo(store, digest));
}

async function modelInfo(store: Store, digest: Digest): Promise<ModelInfo | undefined> {
  if (!(await store.has(digest))) return undefined;
  const bytes = await store.read(digest);
  const info = bytes.ok ? readModel(bytes.value) : undefined;
  return info?.ok === true ? info.value : undefined;
}

/** For lists: what it was chosen by, what was looked at first, and what gates ask for. */
function mainMetrics(record: RunRecord): RegisterEvent['metrics'] {
  const estimates = modelOf(record)?.evaluation?.metrics ?? {};
  const wanted = [
    record.model?.choice?.metric,
    record.mainMetric,
    ...(record.gates?.results ?? []).map(({ gate }) => gate.metric),
  ];
  const names = [...new Set(wanted)].slice(0, 8);
  return Object.fromEntries(
    names.flatMap((name) => {
      const estimate = name === undefined ? undefined : estimates[name];
      if (name === undefined || estimate === undefined) return [];
      const { value, low, high } = estimate;
      return [[name, { value, low, high }]];
    }),
  );
}
