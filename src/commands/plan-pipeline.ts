import { resolve } from 'node:path';
import type { Digest, Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Baseline } from '../evaluate/index.ts';
import type { LocalState, Pipeline, Plan, TakenResults } from '../pipeline/index.ts';
import { makePlan, openLocalState, takeResults, thisMachine } from '../pipeline/index.ts';
import { stageBaseline } from '../registry/index.ts';
import type { RunHistory } from '../runs/index.ts';
import { baselineRun, isRunBaseline, openRuns } from '../runs/index.ts';
import type { Store } from '../store/index.ts';
import type { Effects } from './effects.ts';
import { paramMalformed } from './failures.ts';
import type { OpenedProject } from './open-project.ts';
import { openPipeline, openProject } from './open-project.ts';
import { ledgerOfClone } from './open-registry.ts';
import { withRecordedResults } from './recorded-results.ts';

export interface PlanRequest {
  readonly pipeline: string;
  /** `name=value` */
  readonly param?: readonly string[];
  readonly force?: readonly string[];
  /** Keys or ids of the steps that are executed here, when other jobs execute the others. */
  readonly only?: readonly string[];
  /** Folder of what other jobs handed over, relative to where the verb was started. */
  readonly results?: string;
}

/** A plan with everything that it was made of. */
export interface PlannedPipeline {
  readonly opened: OpenedProject;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly state: LocalState;
  readonly history: RunHistory;
  readonly plan: Plan;
  /** Why steps of other jobs gave no result. */
  readonly elsewhere: ReadonlyMap<string, Failure>;
  /** What other jobs handed over, by fingerprint: in which attempt of the run it was made. */
  readonly handed: ReadonlyMap<Digest, number>;
}

/** Opens the project and plans what a run of the pipeline would do now. */
export async function planPipeline(
  request: PlanRequest,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'> & Partial<Pick<Effects, 'signal'>>,
): Promise<Result<PlannedPipeline, readonly Failure[]>> {
  const params = paramsOf(request.param ?? []);
  if (!params.ok) return params;
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root, project, repository } = opened.value;
  const pipeline = await openPipeline(root, request.pipeline);
  if (!pipeline.ok) return pipeline;
  const store = await opened.value.openStore();
  if (!store.ok) return failed([store.failure]);
  const reachable = await store.value.check?.();
  if (reachable?.ok === false) return failed([reachable.failure]);
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const own = openLocalState({ root, now: () => effects.now().getTime() });
  const { name } = pipeline.value.file;
  const state = store.value.isShared === true ? await withRecordedResults(own, history, name) : own;
  const taken = await takenFrom(request, effects, { store: store.value, state });
  if (!taken.ok) return failed([taken.failure]);
  const baselines = await baselinesOf(pipeline.value, {
    opened: opened.value,
    env: effects.env,
    history,
    store: store.value,
  });
  if (!baselines.ok) return baselines;
  const plan = await makePlan(pipeline.value, {
    params: params.value,
    force: request.force ?? [],
    ...(request.only === undefined ? {} : { only: request.only }),
    handed: new Set(taken.value.attempts.keys()),
    baselines: baselines.value,
    env: effects.env,
    machine: thisMachine(),
    store: store.value,
    state,
  });
  if (!plan.ok) return plan;
  return success({
    opened: opened.value,
    pipeline: pipeline.value,
    store: store.value,
    state,
    history,
    plan: plan.value,
    elsewhere: taken.value.failures,
    handed: taken.value.attempts,
  });
}

async function takenFrom(
  { results }: PlanRequest,
  { cwd }: Pick<Effects, 'cwd'>,
  place: { readonly store: Store; readonly state: LocalState },
): Promise<Result<TakenResults, Failure>> {
  if (results === undefined) return success({ attempts: new Map(), failures: new Map() });
  return await takeResults({ ...place, folder: resolve(cwd, results) });
}

function paramsOf(texts: readonly string[]): Result<Readonly<Record<string, string>>, readonly Failure[]> {
  const malformed = texts.filter((text) => !/^[^=]+=/.test(text));
  if (malformed.length > 0) return failed(malformed.map(paramMalformed));
  return success(
    Object.fromEntries(
      texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    ),
  );
}

interface BaselineSources {
  readonly opened: OpenedProject;
  readonly env: Effects['env'];
  readonly history: RunHistory;
  readonly store: Store;
}

/** What the names of baselines stand for now; `best` is best by the first gate that uses it. */
async function baselinesOf(
  pipeline: Pipeline,
  { opened, env, history, store }: BaselineSources,
): Promise<Result<readonly Baseline[], readonly Failure[]>> {
  const { repository } = opened;
  const baselines = new Map<string, Baseline>();
  for (const gate of pipeline.file.model?.gates ?? []) {
    if (!('baseline' in gate) || baselines.has(gate.baseline)) continue;
    const { baseline: name, metric } = gate;
    if (isRunBaseline(name)) {
      const question = { history, repository, pipeline: pipeline.file.name, name, metric };
      const resolved = await baselineRun(question);
      if (!resolved.ok) return failed([resolved.failure]);
      baselines.set(name, await atHand(resolved.value.baseline, store));
    } else {
      const standing = await standingIn(pipeline.file.name, name, { opened, env });
      if (!standing.ok) return failed([standing.failure]);
      baselines.set(name, await atHand(standing.value, store));
    }
  }
  return success([...baselines.values()]);
}

/** By the tags that this clone has: a run works without a network. */
async function standingIn(
  model: string,
  stage: string,
  { opened, env }: Pick<BaselineSources, 'opened' | 'env'>,
): Promise<Result<Baseline, Failure>> {
  const ledger = ledgerOfClone(opened, env);
  if (ledger === undefined) {
    return success({ name: stage, origin: 'the pipeline is in no Git repository' });
  }
  const state = await ledger.state(model);
  return state.ok ? success(stageBaseline(state.value, stage)) : state;
}

/**
 * Records travel with the repository, bytes only with the store: in a fresh clone a baseline may be known and not at
 * hand. Its gate is then inconclusive and says so; the run does not fail for it.
 */
async function atHand(baseline: Baseline, store: Store): Promise<Baseline> {
  const { name, digest, origin } = baseline;
  if (digest === undefined || (await store.has(digest))) return baseline;
  return {
    name,
    origin,
    problem: `its model ${digest} is not in this store; run that commit again, or share a store`,
  };
}
