import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Listener, Outcome, Pipeline, Plan, StepOutcome } from '../pipeline/index.ts';
import { execute, handOverResults, thisMachine } from '../pipeline/index.ts';
import type { CodeState, KeptSources, RunRecord, Synced, WrittenRun } from '../runs/index.ts';
import { discreetRecord, keepSources, newRunId, recordOf } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { keepContracts } from './keep-contracts.ts';
import type { OpenedProject } from './open-project.ts';
import type { PlannedPipeline, PlanRequest } from './plan-pipeline.ts';
import { planPipeline } from './plan-pipeline.ts';
import { pushRuns } from './push-runs.ts';

export interface RunOptions extends PlanRequest {
  /** Steps at one time; default the cores. */
  readonly jobs?: number;
  /** `false` keeps no record. */
  readonly record?: boolean;
  /** Send the record to the remote. */
  readonly push?: boolean;
  /** Folder, relative to where the verb was started, for what other jobs need of this one. */
  readonly handOver?: string;
  readonly trigger: RunRecord['trigger'];
  readonly version: string;
}

export interface RunReport {
  readonly record: RunRecord;
  /** Absent when no record was asked for, or could be written. */
  readonly written?: WrittenRun;
  /** Why the record could not be written: what the run found is in `record` all the same. */
  readonly unwritten?: Failure;
  /** Absent unless it was asked for and the record was written. */
  readonly pushed?: Synced;
  /** Why the record could not be sent: it is on the local branch all the same. */
  readonly unpushed?: readonly Failure[];
  /** Source files that went into the store, and those (and contracts) that could not; absent when no record was asked for. */
  readonly sources?: KeptSources;
  /** Of the steps that did not end well, in order. */
  readonly failures: readonly Failure[];
}

/** Plans without executing. */
export async function planRun(
  options: PlanRequest,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<Plan, readonly Failure[]>> {
  const planned = await planPipeline(options, effects);
  return planned.ok ? success(planned.value.plan) : planned;
}

/** Plans, executes what is stale, and records what came out: also of a run that failed. */
export async function run(
  options: RunOptions,
  effects: Effects & { readonly listener: Listener },
): Promise<Result<RunReport, readonly Failure[]>> {
  const startedAt = effects.now();
  const id = newRunId(startedAt, effects.randomBytes);
  const planned = await planPipeline(options, effects);
  if (!planned.ok) return planned;
  const { opened, pipeline, history } = planned.value;
  const code = await codeState(opened);
  if (!code.ok) return failed([code.failure]);
  const unkept = await keepContracts(pipeline, planned.value.store);
  const outcome = await executePlan(planned.value, options, effects);
  const handed = await handedOver(planned.value, outcome, options, effects);
  if (!handed.ok) return failed([handed.failure]);
  const record = await recordOf(pipeline, outcome, {
    id,
    startedAt,
    trigger: options.trigger,
    code: code.value,
    environment: { trainyard: options.version, ...thisMachine().engines, ...effects.machine },
    read: (digest) => planned.value.store.read(digest),
  });
  if (!record.ok) return failed([record.failure]);
  const discreet = discreetRecord(record.value, discretionOf(pipeline, planned.value.plan, effects.env));
  const failures = outcome.steps.flatMap((step) => failureOf(step, pipeline));
  if (options.record === false) return success({ record: discreet, failures });
  const kept = await keepSources({ ...opened, pipeline, record: discreet, store: planned.value.store });
  const sources = { ...kept, notes: [...unkept, ...kept.notes] };
  const written = await history.write(discreet);
  if (!written.ok) return success({ record: discreet, unwritten: written.failure, sources, failures });
  const report = { record: discreet, written: written.value, sources, failures };
  if (options.push !== true) return success(report);
  const pushed = await pushRuns({}, effects);
  return success(pushed.ok ? { ...report, pushed: pushed.value } : { ...report, unpushed: pushed.failure });
}

/** With the bytes, unless other machines reach them in the store. */
async function handedOver(
  { store, state, opened, handed }: PlannedPipeline,
  outcome: Outcome,
  { handOver }: RunOptions,
  { cwd, env }: Effects,
): Promise<Result<void, Failure>> {
  if (handOver === undefined) return success(undefined);
  const withBytes = /^file:/i.test(opened.project.store) || store.keepsToItself === true;
  const attempt = Number.parseInt(env['GITHUB_RUN_ATTEMPT'] ?? '', 10) || 1;
  const folder = resolve(cwd, handOver);
  return await handOverResults(outcome, { folder, store, state, withBytes, attempt, taken: handed });
}

/** What went wrong in a step, said of that step and, where nothing nearer is known, at its place in the file. */
function failureOf({ id, step, failure }: StepOutcome, pipeline: Pipeline): Failure[] {
  if (failure === undefined) return [];
  const place = step in pipeline.file.steps ? { place: pipeline.place(['steps', step]) } : {};
  return [{ ...place, ...failure, message: `${id}: ${failure.message}` }];
}

async function executePlan(
  { plan, pipeline, store, state, elsewhere, handed }: PlannedPipeline,
  { jobs }: RunOptions,
  { env, machine, signal, listener, now, randomBytes }: Effects & { readonly listener: Listener },
): Promise<Outcome> {
  return await execute(plan, {
    pipeline,
    store,
    state,
    env,
    jobs: jobs ?? machine.cpus,
    cores: machine.cpus,
    signal,
    listener,
    now: () => now().getTime(),
    seed: Buffer.from(randomBytes(4)).readUInt32LE(),
    elsewhere,
    handed: new Set(handed.keys()),
  });
}

/** What the work tree was when the run began. */
async function codeState({ repository }: OpenedProject): Promise<Result<CodeState | null, Failure>> {
  if (repository === undefined) return success(null);
  const head = await repository.head();
  if (!head.ok) return head;
  const dirty = await repository.isDirty({ except: ['.trainyard'] });
  if (!dirty.ok) return dirty;
  const { commit, branch } = head.value;
  return success({ commit: commit ?? null, ...(branch === undefined ? {} : { branch }), dirty: dirty.value });
}

/** Columns and secrets whose values must not enter a record. */
export function discretionOf(
  { contracts }: Pipeline,
  plan: Plan,
  env: Effects['env'],
): Parameters<typeof discreetRecord>[1] {
  const personal = Object.fromEntries(
    [...contracts].map(([name, { columns }]) => [
      name,
      columns.filter((column) => column.personal).map((column) => column.name),
    ]),
  );
  const names = plan.steps.flatMap(({ work }) => (work.kind === 'command' ? work.secrets : []));
  return { personal, secrets: [...new Set(names)].flatMap((name) => env[name] ?? []) };
}
