import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Baseline } from '../../evaluate/index.ts';
import type { Store } from '../../store/index.ts';
import type { Artifact } from '../cache.ts';
import type { Contexts } from '../expressions.ts';
import { evaluateCondition } from '../expressions.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Decision, Plan, PlannedStep, Reason, StepId } from '../plan.ts';
import type { Machine } from './code.ts';
import type { Environment } from './contexts.ts';
import { sharedContexts } from './contexts.ts';
import type { Draft } from './drafts.ts';
import { draftSteps } from './drafts.ts';
import { stepUnknown } from './failures.ts';
import type { History } from './history.ts';
import { isLate } from './instances.ts';
import { lossesOf } from './intact.ts';
import { limitedTo } from './limit.ts';
import type { LocalState } from './local-state.ts';
import { overrideParams } from './params.ts';
import { demandOf, reasonsSoFar, reasonsToRun } from './reasons.ts';
import { knownInputs, settle } from './settle.ts';

export interface PlanOptions {
  /** `--param name=value`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Keys or ids of steps that run even when nothing has changed, or `all`. */
  readonly force?: readonly string[];
  /** Keys or ids of the steps that are executed here; without it all. What they need is re-used, or missing. */
  readonly only?: readonly string[];
  /** Fingerprints of what other jobs of this run have given: demands to run have been met where they are. */
  readonly handed?: ReadonlySet<Digest>;
  /** The models that gates compare with, one for each name that a gate uses. */
  readonly baselines?: readonly Baseline[];
  readonly env: Environment;
  readonly machine: Machine;
  readonly store: Store;
  readonly state: LocalState;
}

/** What a run of the pipeline would do now, and why. Nothing is changed by it but the memory of file digests. */
export async function makePlan(
  pipeline: Pipeline,
  options: PlanOptions,
): Promise<Result<Plan, readonly Failure[]>> {
  const { env, machine, state } = options;
  const params = overrideParams(pipeline.file.params ?? {}, options.params ?? {});
  if (!params.ok) return params;
  const drafts = await draftSteps({
    pipeline,
    params: params.value,
    env,
    machine,
    files: state.files,
    baselines: options.baselines ?? [],
    only: options.only,
  });
  if (!drafts.ok) return drafts;
  const forced = namedSteps(drafts.value, options.force ?? []);
  if (!forced.ok) return forced;
  const only = options.only === undefined ? undefined : namedSteps(drafts.value, options.only);
  if (only?.ok === false) return only;
  const deciding: Deciding = {
    ...options,
    history: state.history(pipeline.file.name),
    shared: sharedContexts(pipeline, params.value, env),
    forced: forced.value,
    outputs: new Map(),
    skipped: new Set(),
    rejected: new Set(),
  };
  const steps: PlannedStep[] = [];
  for (const draft of drafts.value) {
    const decided = await decide(draft, deciding);
    if (!decided.ok) return failed([decided.failure]);
    steps.push(decided.value);
  }
  await state.keepOutOfGit();
  await state.files.save();
  return success({
    version: 1,
    pipeline: pipeline.file.name,
    params: params.value,
    steps: only === undefined ? steps : limitedTo(steps, only.value),
  });
}

interface Deciding extends PlanOptions {
  readonly history: History;
  readonly shared: Contexts;
  readonly forced: ReadonlySet<StepId>;
  /** Of the steps whose results are there. */
  readonly outputs: Map<StepId, readonly Artifact[]>;
  readonly skipped: Set<StepId>;
  /** Steps whose verdict is known to be no. */
  readonly rejected: Set<StepId>;
}

async function decide(draft: Draft, deciding: Deciding): Promise<Result<PlannedStep, Failure>> {
  const { shared, outputs, skipped } = deciding;
  const { condition, ...rest } = draft;
  const isOpen = condition !== undefined && isLate(condition, 'condition');
  if (condition !== undefined && !isOpen) {
    const holds = evaluateCondition(condition, { ...shared, matrix: draft.matrix });
    if (!holds.ok) return holds;
    if (!holds.value) {
      skipped.add(draft.id);
      return success({
        ...rest,
        decision: { kind: 'skip', because: `its condition does not hold: ${condition}` },
      });
    }
  }
  // A condition that held needs no second look; one that asks how the needs ended is decided when they have.
  const step: Draft = isOpen ? draft : rest;
  const blocked = isOpen ? undefined : blockedBy(step, deciding);
  if (blocked !== undefined) {
    skipped.add(step.id);
    return success({ ...step, decision: { kind: 'skip', because: blocked } });
  }
  const open = step.needs.filter((need) => !outputs.has(need) && !skipped.has(need));
  const isOpenCommand = step.work.kind === 'command' && step.work.open;
  if (open.length > 0 || isOpen || isOpenCommand)
    return success({ ...step, decision: pending(step, open, deciding) });
  return decideSettled(step, deciding);
}

/** A need that is skipped takes its followers along, unless other instances of the same step take its place. */
function blockedBy(step: Draft, { skipped, rejected }: Deciding): string | undefined {
  const no = step.needs.find((need) => rejected.has(need));
  if (no !== undefined) return `it needs ${no}, which was rejected`;
  const needs = step.needs.filter((need) => skipped.has(need));
  const lost = needs.find((need) => {
    const name = nameOf(need);
    return !step.needs.some((other) => other !== need && nameOf(other) === name && !skipped.has(other));
  });
  return lost === undefined ? undefined : `it needs ${lost}, which is skipped`;
}

/** The key of the step in the file. */
function nameOf(id: StepId): string {
  const bracket = id.indexOf('[');
  return bracket === -1 ? id : id.slice(0, bracket);
}

function pending(step: Draft, on: readonly StepId[], { history, forced, outputs }: Deciding): Decision {
  const known = knownInputs(step, (id) => outputs.get(id));
  const demand = demandOf(step, forced);
  const reasons = demand === undefined ? reasonsSoFar(history.get(step.id), known) : [demand];
  return { kind: 'pending', on, reasons };
}

async function decideSettled(step: Draft, deciding: Deciding): Promise<Result<PlannedStep, Failure>> {
  const { outputs, rejected, state, store, history, forced, handed } = deciding;
  const settled = settle(step, (id) => outputs.get(id), {});
  if (!settled.ok) return settled;
  const { fingerprint, inputs } = settled.value;
  const run = (reasons: readonly Reason[]): Result<PlannedStep, Failure> =>
    success({ ...step, decision: { kind: 'run', fingerprint, reasons } });
  const demand = demandOf(step, forced);
  if (demand !== undefined && handed?.has(fingerprint) !== true) return run([demand]);
  const entry = state.cache.get(fingerprint);
  if (entry === undefined) return run(reasonsToRun(history.get(step.id), inputs));
  const losses = await lossesOf(entry, store, state.files);
  if (losses.length > 0) return run(losses);
  if (entry.rejected && !step.continueOnError) rejected.add(step.id);
  outputs.set(step.id, entry.rejected ? [] : entry.outputs);
  return success({ ...step, decision: { kind: 'cached', fingerprint, entry } });
}

/** The steps that are named by their keys or ids, or by `all`. */
function namedSteps(
  drafts: readonly Draft[],
  names: readonly string[],
): Result<ReadonlySet<StepId>, readonly Failure[]> {
  const named = new Set<StepId>();
  const failures: Failure[] = [];
  for (const name of names) {
    const meant =
      name === 'all' ? drafts : drafts.filter((draft) => draft.id === name || draft.step === name);
    for (const draft of meant) named.add(draft.id);
    if (meant.length === 0) failures.push(stepUnknown(name, [...new Set(drafts.map((draft) => draft.step))]));
  }
  return failures.length > 0 ? failed(failures) : success(named);
}
