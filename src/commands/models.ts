import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { digestFile } from '../data/index.ts';
import type { Ledger, ModelState, PastState, ResolvedModel } from '../registry/index.ts';
import {
  parseMoment,
  parseReference,
  resolveModel,
  stageUnknown,
  stateAt,
  unknownModel,
} from '../registry/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry, OpenRegistryOptions } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';

type World = Pick<Effects, 'cwd' | 'env'>;

export interface ModelsOptions extends OpenRegistryOptions {
  /** Take what this clone knows, and ask no remote. */
  readonly offline?: boolean;
}

/** How fresh an answer is. */
export interface Freshness {
  readonly place: Ledger['place'];
  /** Why the remote could not be asked: then the answer is what this clone knows. */
  readonly stale?: Failure;
}

export interface ListModelsOptions extends ModelsOptions {
  /** Only models of which a version stands in this stage. */
  readonly stage?: string;
}

export interface ModelList extends Freshness {
  /** Sorted by name. */
  readonly models: readonly ModelState[];
  /** Stages of `trainyard.yaml` in their order, and then others that models stand in. */
  readonly stages: readonly string[];
}

export async function listModels(
  options: ListModelsOptions,
  effects: World,
): Promise<Result<ModelList, readonly Failure[]>> {
  const opened = await openFresh(options, effects);
  if (!opened.ok) return opened;
  const { project, ledger, freshness } = opened.value;
  const states = await ledger.states();
  if (!states.ok) return failed([states.failure]);
  const stages = stagesOf(project.stages, states.value);
  const { stage } = options;
  if (stage !== undefined && !stages.includes(stage)) return failed([stageUnknown(stage, stages)]);
  const models = states.value.filter((state) => stage === undefined || state.stages[stage] !== undefined);
  return success({ ...freshness, models, stages });
}

export interface ShowModelOptions extends ModelsOptions {
  readonly reference: string;
}

/** A model with all its versions, or the one that a version, stage, run or file means. */
export type ShownModel = Freshness &
  (
    | { readonly kind: 'model'; readonly state: ModelState; readonly stages: readonly string[] }
    | { readonly kind: 'version'; readonly resolved: ResolvedModel }
  );

export async function showModel(
  options: ShowModelOptions,
  effects: World,
): Promise<Result<ShownModel, readonly Failure[]>> {
  const opened = await openFresh(options, effects);
  if (!opened.ok) return opened;
  const { ledger, project, repository, root, freshness } = opened.value;
  const reference = parseReference(options.reference);
  if (!reference.ok) return failed([reference.failure]);
  if (reference.value.kind === 'latest' && !options.reference.includes('@')) {
    const state = await knownModel(ledger, reference.value.model);
    if (!state.ok) return failed([state.failure]);
    const stages = stagesOf(project.stages, [state.value]);
    return success({ ...freshness, kind: 'model', state: state.value, stages });
  }
  const resolved = await resolveModel(options.reference, {
    ledger,
    runs: openRuns({ repository, branch: project.runs.branch, root }),
    digestOfFile: (path) => digestFile(resolve(effects.cwd, path)).catch(() => undefined),
  });
  if (!resolved.ok) return failed([resolved.failure]);
  return success({ ...freshness, kind: 'version', resolved: resolved.value });
}

export interface HistoryOptions extends ModelsOptions {
  readonly model: string;
  /** A day (its end in UTC) or a time. */
  readonly at?: string;
  /** Only what concerns this stage. */
  readonly stage?: string;
}

export interface ModelHistory extends Freshness {
  readonly state: ModelState;
  readonly stages: readonly string[];
  readonly stage?: string;
  /** With `at`: what was where then. */
  readonly past?: PastState;
}

export async function historyOfModel(
  options: HistoryOptions,
  effects: World,
): Promise<Result<ModelHistory, readonly Failure[]>> {
  const moment = options.at === undefined ? undefined : parseMoment(options.at);
  if (moment?.ok === false) return failed([moment.failure]);
  const reference = parseReference(options.model);
  if (!reference.ok) return failed([reference.failure]);
  const named = reference.value;
  if (named.kind === 'run' || named.kind === 'file') return failed([unknownModel(options.model, [])]);
  const opened = await openFresh(options, effects);
  if (!opened.ok) return opened;
  const { ledger, project, freshness } = opened.value;
  const state = await knownModel(ledger, named.model);
  if (!state.ok) return failed([state.failure]);
  const stages = stagesOf(project.stages, [state.value]);
  const stage = options.stage ?? (named.kind === 'stage' ? named.stage : undefined);
  if (stage !== undefined && !stages.includes(stage)) return failed([stageUnknown(stage, stages)]);
  return success({
    ...freshness,
    state: state.value,
    stages,
    ...(stage === undefined ? {} : { stage }),
    ...(moment === undefined ? {} : { past: stateAt(state.value, moment.value) }),
  });
}

interface FreshRegistry extends OpenedRegistry {
  readonly freshness: Freshness;
}

/** With the newest tags of the remote. Without a connection what this clone knows is an answer too, and says so. */
async function openFresh(
  options: ModelsOptions,
  effects: World,
): Promise<Result<FreshRegistry, readonly Failure[]>> {
  const opened = await openRegistry(effects, options);
  if (!opened.ok) return opened;
  const { ledger } = opened.value;
  const { place } = ledger;
  if (options.offline === true) return success({ ...opened.value, freshness: { place } });
  const news = await ledger.refresh();
  if (news.ok) return success({ ...opened.value, freshness: { place } });
  // Of a URL there is nothing here but what an earlier call brought: whoever names it wants to know what is there.
  if (options.repo !== undefined || news.failure.kind !== 'world') return failed([news.failure]);
  return success({ ...opened.value, freshness: { place, stale: news.failure } });
}

async function knownModel(ledger: Ledger, model: string): Promise<Result<ModelState, Failure>> {
  const state = await ledger.state(model);
  if (!state.ok) return state;
  const { versions, requests, problems } = state.value;
  if (versions.length + requests.length + problems.length > 0) return state;
  const models = await ledger.models();
  return models.ok ? failed(unknownModel(model, models.value)) : models;
}

function stagesOf(
  declared: readonly { readonly name: string }[],
  states: readonly ModelState[],
): readonly string[] {
  const others = states.flatMap((state) => Object.keys(state.stages)).sort();
  return [...new Set([...declared.map(({ name }) => name), ...others])];
}
