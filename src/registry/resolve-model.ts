import type { Digest, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RunHistory, RunRecord, RunsFailure } from '../runs/index.ts';
import type { RegistryFailure } from './failures.ts';
import {
  modelFileMissing,
  noVersion,
  runWithoutModel,
  stageEmpty,
  unknownModel,
  unknownVersion,
  versionForeign,
} from './failures.ts';
import { latestVersion } from './latest-version.ts';
import type { Ledger } from './ledger.ts';
import type { ModelReference } from './reference.ts';
import { parseReference } from './reference.ts';
import type { ModelState, ModelVersion } from './state.ts';

/** The one model that a reference stands for. */
export interface ResolvedModel {
  readonly reference: ModelReference;
  readonly digest: Digest;
  /** Its name; absent for a file that nobody registered. */
  readonly model?: string;
  /** How the model stands; absent where there is no version of it. */
  readonly state?: ModelState;
  readonly version?: ModelVersion;
  /** For `run:`; else `version.registered` names the run. */
  readonly run?: RunRecord;
}

export interface ModelSources {
  readonly ledger: Ledger;
  readonly runs: RunHistory;
  /** Of a file, relative to where the verb was started; `undefined` when it cannot be read. */
  readonly digestOfFile: (path: string) => Promise<Digest | undefined>;
}

/** What the ledger knows now is asked: `refresh` it first where news matter. */
export async function resolveModel(
  text: string,
  sources: ModelSources,
): Promise<Result<ResolvedModel, RegistryFailure | RunsFailure>> {
  const reference = parseReference(text);
  if (!reference.ok) return reference;
  switch (reference.value.kind) {
    case 'run':
      return await ofRun(reference.value, sources);
    case 'file':
      return await ofFile(reference.value, sources);
    default:
      return await ofName(reference.value, sources.ledger);
  }
}

type Named = Extract<ModelReference, { readonly model: string }>;

async function ofName(reference: Named, ledger: Ledger): Promise<Result<ResolvedModel, RegistryFailure>> {
  const { model } = reference;
  const state = await ledger.state(model);
  if (!state.ok) return state;
  const { versions } = state.value;
  if (versions.length === 0) {
    const models = await ledger.models();
    return models.ok
      ? failed(
          unknownModel(
            model,
            models.value.filter((name) => name !== model),
          ),
        )
      : models;
  }
  const version = versionOf(reference, state.value);
  if (version === undefined) return failed(notFound(reference, state.value));
  if (version.digest === undefined) return failed(versionForeign(model, version.name));
  return success({ reference, digest: version.digest, model, state: state.value, version });
}

function notFound(reference: Named, state: ModelState): RegistryFailure {
  const { model } = reference;
  switch (reference.kind) {
    case 'version':
      return unknownVersion(
        model,
        reference.name,
        state.versions.map(({ name }) => name),
      );
    case 'stage':
      return stageEmpty(model, reference.stage, standing(state));
    case 'latest':
      return noVersion(model);
  }
}

function versionOf(reference: Named, state: ModelState): ModelVersion | undefined {
  switch (reference.kind) {
    case 'version':
      return state.versions.find(({ name }) => name === reference.name);
    case 'stage': {
      const name = state.stages[reference.stage]?.event.name;
      return state.versions.find((version) => version.name === name);
    }
    case 'latest':
      return latestVersion(state);
  }
}

async function ofRun(
  reference: Extract<ModelReference, { readonly kind: 'run' }>,
  { ledger, runs }: ModelSources,
): Promise<Result<ResolvedModel, RegistryFailure | RunsFailure>> {
  const run = await runs.find(reference.run);
  if (!run.ok) return run;
  const digest = run.value.model?.digest;
  if (digest === undefined) return failed(runWithoutModel(run.value.id));
  const model = run.value.pipeline;
  const state = await ledger.state(model);
  if (!state.ok) return state;
  const same = state.value.versions.filter((each) => each.digest === digest);
  const version =
    same.find(({ registered }) => 'event' in registered && registered.event.run === run.value.id) ?? same[0];
  return success({
    reference,
    digest,
    model,
    run: run.value,
    ...(version === undefined ? {} : { state: state.value, version }),
  });
}

/** A file whose bytes are registered is that version, wherever it lies. */
async function ofFile(
  reference: Extract<ModelReference, { readonly kind: 'file' }>,
  { ledger, digestOfFile }: ModelSources,
): Promise<Result<ResolvedModel, RegistryFailure>> {
  const digest = await digestOfFile(reference.path);
  if (digest === undefined) return failed(modelFileMissing(reference.path));
  const states = await ledger.states();
  if (!states.ok) return states;
  for (const state of states.value) {
    if (!state.versions.some((each) => each.digest === digest)) continue;
    // Of one model alone every signature is verified, and of a list only those of what stands in a stage.
    const whole = await ledger.state(state.model);
    if (!whole.ok) return whole;
    const version = whole.value.versions.find((each) => each.digest === digest);
    if (version !== undefined) {
      return success({ reference, digest, model: state.model, state: whole.value, version });
    }
  }
  return success({ reference, digest });
}

function standing(state: ModelState): readonly string[] {
  return Object.entries(state.stages).flatMap(([stage, there]) => (there === undefined ? [] : [stage]));
}
