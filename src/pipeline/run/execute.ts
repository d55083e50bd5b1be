import type { Digest, Failure } from '../../base/index.ts';
import { seededRandom } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import type { Listener } from '../events.ts';
import type { Outcome, StepOutcome } from '../outcome.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Environment } from '../plan/contexts.ts';
import { sharedContexts } from '../plan/contexts.ts';
import type { LocalState } from '../plan/local-state.ts';
import type { Plan, StepId } from '../plan.ts';
import { folderUnusable } from './failures.ts';
import type { Lock } from './lock.ts';
import { takeLock } from './lock.ts';
import type { Mask } from './mask.ts';
import { makeMask } from './mask.ts';
import { endStatus } from './needs.ts';
import { pruneOut } from './out-tree.ts';
import { rememberSteps } from './remember.ts';
import type { RunContext } from './run-context.ts';
import type { Ended } from './scheduler.ts';
import { Scheduler } from './scheduler.ts';
import { identityOfStep } from './step-run.ts';
import type { Workspace } from './workspace.ts';
import { openWorkspace, sweepWorkspaces } from './workspace.ts';

export interface ExecuteOptions {
  /** The pipeline that the plan was made of. */
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly state: LocalState;
  readonly env: Environment;
  /** How many steps run at the same time. */
  readonly jobs: number;
  /** Cores that those steps share. */
  readonly cores: number;
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the jitter of retries. */
  readonly seed: number;
  /** Why steps that other jobs execute gave no result, as far as those jobs said so. */
  readonly elsewhere?: ReadonlyMap<StepId, Failure>;
  /** Fingerprints of what other jobs of this run have given: what they made is not made again. */
  readonly handed?: ReadonlySet<Digest>;
  /** Between SIGTERM and SIGKILL. Default: 5000. */
  readonly graceMilliseconds?: number;
  /** Before the first retry, doubled for each further one. Default: 1000. */
  readonly backOffMilliseconds?: number;
}

/**
 * Carries a plan out. While another process executes the same pipeline in the same folder, it waits; what that process
 * has done meanwhile is re-used. The signal ends it: running steps are killed with all that they have started.
 *
 * Nothing that it writes is seen half-written, and a process that is killed in the middle leaves nothing to repair.
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Outcome> {
  const { pipeline, state, listener, signal, now } = options;
  const start = now();
  listener({ kind: 'planned', plan });
  const folder = state.lockFolder(plan.pipeline);
  let taken: Lock | undefined;
  try {
    const onWaiting = (forProcess: number, since: string): void =>
      listener({ kind: 'waiting', forProcess, since });
    taken = await takeLock({ folder, now, signal, onWaiting });
  } catch (cause) {
    return failedOutcome(plan, folderUnusable(folder, cause));
  }
  if (taken === undefined) return cancelledOutcome(plan, (now() - start) / 1000);
  await using _ = taken;
  await sweepWorkspaces(state.workFolder, now);

  let workspace: Promise<Workspace> | undefined;
  const context: RunContext = {
    ...options,
    plan,
    root: pipeline.root,
    shared: sharedContexts(pipeline, plan.params, options.env),
    mask: maskOf(plan, options.env),
    random: seededRandom(options.seed),
    elsewhere: options.elsewhere ?? new Map(),
    handed: options.handed ?? new Set(),
    graceMilliseconds: options.graceMilliseconds ?? 5_000,
    backOffMilliseconds: options.backOffMilliseconds ?? 1_000,
    workspace: () => {
      workspace ??= openWorkspace(state.workFolder);
      return workspace;
    },
  };
  try {
    const ended = await new Scheduler(context).run();
    await pruneOut(plan, state.outFolder);
    await rememberSteps(plan, ended, state);
    return {
      plan,
      status: statusOf(ended),
      seconds: (now() - start) / 1000,
      steps: ended.map(({ outcome }) => outcome),
    };
  } finally {
    await (await workspace?.catch(() => undefined))?.[Symbol.asyncDispose]();
    await state.files.save();
  }
}

/** Secrets of one step are hidden in the output of all: one may have handed them on. */
function maskOf(plan: Plan, env: Environment): Mask {
  const names = plan.steps.flatMap(({ work }) => (work.kind === 'command' ? work.secrets : []));
  return makeMask(new Set(names.flatMap((name) => env[name] ?? [])));
}

function statusOf(ended: readonly Ended[]): Outcome['status'] {
  const statuses = ended.map(({ step, outcome }) => endStatus(outcome, step));
  if (statuses.includes('cancelled')) return 'cancelled';
  return statuses.includes('failure') ? 'failed' : 'succeeded';
}

/** Nothing could begin: the first step says why. */
function failedOutcome(plan: Plan, failure: Failure): Outcome {
  const steps = plan.steps.map((step, i): StepOutcome => {
    const nothing = { ...identityOfStep(step), seconds: 0, attempts: 0, outputs: [] };
    if (i === 0) return { ...nothing, status: 'failed', failure };
    return { ...nothing, status: 'skipped', because: 'the run could not begin' };
  });
  return { plan, status: 'failed', seconds: 0, steps };
}

function cancelledOutcome(plan: Plan, seconds: number): Outcome {
  const steps = plan.steps.map(
    (step): StepOutcome => ({
      ...identityOfStep(step),
      status: 'cancelled',
      seconds: 0,
      attempts: 0,
      outputs: [],
    }),
  );
  return { plan, status: 'cancelled', seconds, steps };
}
