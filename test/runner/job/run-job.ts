import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Holder } from '../concurrency.ts';
import { wishOf } from '../concurrency.ts';
import type { Scope } from '../expressions.ts';
import { evaluate, evaluateText, evaluateTexts } from '../expressions.ts';
import type { Json, Permissions } from '../forge.ts';
import { matchesFilter } from '../patterns.ts';
import type { Annotation, JobResult } from '../result.ts';
import type { Frame, Yard } from '../run/state.ts';
import { endGroup } from '../steps/process.ts';
import type { Combination } from '../workflow/matrix.ts';
import { shortRef } from '../workflow/occasion.ts';
import type { JobFile } from '../workflow/read-workflow.ts';
import type { StepLevel } from './job-state.ts';
import { JobState } from './job-state.ts';
import { runPosts, runPres, runSteps } from './run-steps.ts';

export interface JobOptions {
  readonly name: string;
  readonly combination: Combination | undefined;
  /** `github`, `needs`, `inputs`, `vars`, `matrix`, `strategy`. */
  readonly contexts: Json;
  readonly permissions: Permissions;
  /** Aborted when another job of the matrix has failed. */
  readonly siblings: AbortSignal;
}

/** A job that fails, or rests, before it begins. */
export function jobProblem(frame: Frame, job: JobFile, message: string): JobResult {
  return {
    id: frame.idPrefix + job.id,
    name: frame.namePrefix + job.id,
    matrix: undefined,
    conclusion: 'failure',
    result: 'failure',
    outputs: {},
    permissions: {},
    runsOn: [],
    environment: undefined,
    steps: [],
    annotations: [annotation(message)],
    summary: '',
  };
}

export function annotation(message: string, level: Annotation['level'] = 'error'): Annotation {
  return {
    level,
    message,
    title: undefined,
    file: undefined,
    line: undefined,
    endLine: undefined,
    column: undefined,
  };
}

export async function runJob(
  yard: Yard,
  frame: Frame,
  job: JobFile,
  options: JobOptions,
): Promise<JobResult> {
  const { run } = frame;
  const { settings } = yard;
  const { repository } = run.occasion;
  const scope: Scope = { contexts: options.contexts, status: undefined, hashFiles: undefined };
  const runsOn = labelsOf(evaluate(job.keys['runs-on'], scope));
  const bare: JobResult = {
    ...jobProblem(frame, job, ''),
    name: options.name,
    matrix: options.combination,
    permissions: options.permissions,
    runsOn,
  };
  const ended = (conclusion: 'failure' | 'cancelled', message: string): JobResult => ({
    ...bare,
    conclusion,
    result: conclusion,
    annotations: [annotation(message)],
  });
  const missing = runsOn.filter((label) => !settings.labels.includes(label));
  if (runsOn.length === 0 || missing.length > 0) {
    const asked = missing.join(', ') || 'no label';
    return ended('cancelled', `no machine has ${asked}: the job waits for one, and is cancelled after a day`);
  }
  for (const key of ['container', 'services', 'snapshot']) {
    if (job.keys[key] !== undefined) return ended('failure', `this runner has no ${key}`);
  }

  const own = new AbortController();
  // A job that runs in spite of a cancelled run is not cancelled by it once more.
  const signals = [options.siblings, own.signal, ...(run.cancelled ? [] : [run.abort.signal])];
  const signal = AbortSignal.any(signals);
  const wish = wishOf(evaluate(job.keys['concurrency'], scope));
  const holder: Holder = { label: options.name, cancel: (why) => own.abort(why) };
  if (wish !== undefined) {
    const onAbort = (): void => {
      if (!entered) yard.groups.leave(repository, wish.group, holder);
    };
    let entered = false;
    signal.addEventListener('abort', onAbort, { once: true });
    entered = signal.aborted ? false : await yard.groups.enter(repository, wish, holder);
    if (!entered) return ended('cancelled', String(signal.reason));
  }
  try {
    const declared = evaluate(withoutUrl(job.keys['environment']), scope);
    const name = typeof declared === 'object' && declared !== null ? (declared as Json)['name'] : declared;
    const environment = name === undefined || name === '' ? undefined : String(name);
    if (environment !== undefined) {
      const refused = await refusedBy(yard, frame, options.name, environment, signal);
      if (refused !== undefined) return { ...ended('failure', refused), environment };
    }
    if (signal.aborted) return ended('cancelled', String(signal.reason));
    await yard.slots.take();
    try {
      if (signal.aborted) return ended('cancelled', String(signal.reason));
      const deployment = environment === undefined ? undefined : { environment };
      return await onMachine(yard, frame, job, { ...options, bare, own, signal, deployment });
    } finally {
      yard.slots.give();
    }
  } finally {
    if (wish !== undefined) yard.groups.leave(repository, wish.group, holder);
  }
}

function withoutUrl(environment: unknown): unknown {
  if (typeof environment !== 'object' || environment === null) return environment;
  const { url: _url, ...others } = environment as Json;
  return others;
}

function labelsOf(runsOn: unknown): string[] {
  if (typeof runsOn === 'object' && runsOn !== null && !Array.isArray(runsOn)) {
    return labelsOf((runsOn as Json)['labels'] ?? []);
  }
  return [runsOn ?? []].flat().map(String);
}

/** The rules of an environment, in GitHub's order: which refs, then who approves. */
async function refusedBy(
  yard: Yard,
  frame: Frame,
  job: string,
  environment: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const rule = yard.settings.environments[environment];
  const { id, occasion } = frame.run;
  const name = shortRef(occasion.ref);
  if (rule?.branches !== undefined && !matchesFilter(rule.branches, name)) {
    return `Branch "${name}" is not allowed to deploy to ${environment} due to environment protection rules.`;
  }
  if (rule?.protection === undefined) return undefined;
  tellDeployment(yard, frame, job, environment, 'waiting', undefined);
  const asked = rule.protection({
    environment,
    runId: id,
    job,
    ref: occasion.ref,
    event: occasion.payload,
  });
  const aborted = new Promise<'aborted'>((resolve) =>
    signal.addEventListener('abort', () => resolve('aborted'), { once: true }),
  );
  const answer = await Promise.race([asked, aborted]);
  if (answer !== 'rejected') return undefined;
  tellDeployment(yard, frame, job, environment, 'failure', undefined);
  return `The deployment to ${environment} was rejected.`;
}

function tellDeployment(
  yard: Yard,
  frame: Frame,
  job: string,
  environment: string,
  state: 'waiting' | 'in_progress' | 'success' | 'failure',
  url: string | undefined,
): void {
  const { id, occasion } = frame.run;
  yard.forge.deploymentChanged?.({
    repository: occasion.repository,
    runId: id,
    job,
    environment,
    ref: shortRef(occasion.ref),
    sha: occasion.sha,
    state,
    url,
  });
}

interface OnMachine extends JobOptions {
  readonly bare: JobResult;
  readonly own: AbortController;
  readonly signal: AbortSignal;
  readonly deployment: { readonly environment: string } | undefined;
}

async function onMachine(yard: Yard, frame: Frame, job: JobFile, options: OnMachine): Promise<JobResult> {
  const { settings, forge } = yard;
  const { run } = frame;
  const { signal, permissions, deployment } = options;
  const called =
    frame.file === run.workflow
      ? undefined
      : `${frame.source.repository}/${frame.file.path}@${frame.source.sha}`;
  const { repository, actor, event, ref, sha } = run.occasion;
  const { token, variables } = await forge.openJob({
    ...{ repository, actor, event, ref, sha, permissions },
    runId: run.id,
    job: options.name,
    workflowPath: run.workflow.path,
    calledWorkflow: called,
    environment: deployment?.environment,
  });
  const folder = join(settings.folder, 'machines', randomUUID());
  const rule = deployment === undefined ? undefined : settings.environments[deployment.environment];
  const state = new JobState({
    yard,
    frame,
    id: frame.idPrefix + job.id,
    folder,
    contexts: { ...options.contexts, vars: { ...settings.variables, ...rule?.variables } },
    permissions,
    token,
    signal,
  });
  const named = run.occasion.fromFork ? {} : rule?.secrets;
  const secrets = { ...frame.secrets, ...named, GITHUB_TOKEN: token };
  for (const secret of Object.values(secrets)) state.masks.add(secret);
  const level: StepLevel = {
    inputs: frame.inputs,
    steps: {},
    secrets,
    failed: false,
    environment: {},
    action: undefined,
    source: frame.source,
  };
  const minutes = Number(evaluate(job.keys['timeout-minutes'] ?? 360, state.scope(level, '', {})));
  const late = `The job has exceeded the maximum execution time of ${minutes} minutes.`;
  const timer = setTimeout(
    () => {
      state.annotations.push(annotation(late));
      options.own.abort(late);
    },
    Math.min(minutes * settings.minuteMs, 2 ** 31 - 1),
  );
  let outputs: Record<string, string> = {};
  let url: string | undefined;
  try {
    if (deployment !== undefined) {
      tellDeployment(yard, frame, options.name, deployment.environment, 'in_progress', undefined);
    }
    Object.assign(state.identity, variables);
    Object.assign(state.environment, evaluateTexts(frame.file.root['env'], state.scope(level, '', {})));
    Object.assign(state.environment, evaluateTexts(job.keys['env'], state.scope(level, '', {})));
    await runPres(state, level, job.steps);
    await runSteps(state, level, job.steps, { workflow: frame.file.root, job: job.keys });
    await runPosts(state);
    outputs = jobOutputs(state, level, job);
    const declared = job.keys['environment'];
    if (typeof declared === 'object' && declared !== null) {
      url = evaluateText((declared as Json)['url'], state.scope(level, '', {})) || undefined;
    }
  } catch (error) {
    state.failed = true;
    state.annotations.push(annotation(state.masks.hide((error as Error).message)));
  } finally {
    clearTimeout(timer);
    for (const group of state.groups) endGroup(group);
    await forge.closeJob(token);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  const conclusion = state.status;
  if (deployment !== undefined) {
    const became = conclusion === 'success' ? 'success' : 'failure';
    tellDeployment(yard, frame, options.name, deployment.environment, became, url);
  }
  const forgiven =
    conclusion === 'failure' && evaluate(job.keys['continue-on-error'], state.scope(level, '', {})) === true;
  return {
    ...options.bare,
    conclusion,
    result: forgiven ? 'success' : conclusion,
    outputs,
    environment: deployment?.environment,
    steps: state.results,
    annotations: state.annotations,
    summary: state.results
      .map(({ summary }) => summary)
      .filter((summary) => summary !== '')
      .join('\n'),
  };
}

/** An output that holds a masked value is not handed on: jobs that need it get an empty text. */
function jobOutputs(state: JobState, level: StepLevel, job: JobFile): Record<string, string> {
  const scope = state.scope(level, '', {});
  const values = Object.entries(evaluateTexts(job.keys['outputs'], scope));
  return Object.fromEntries(
    values.filter(([name, value]) => {
      const secret = state.masks.isIn(value);
      if (secret) {
        state.annotations.push(annotation(`Skip output '${name}' since it may contain secret.`, 'warning'));
      }
      return !secret;
    }),
  );
}
