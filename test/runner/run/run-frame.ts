import type { Scope, Status } from '../expressions.ts';
import { ExpressionProblem, evaluate, evaluateText, evaluateTexts, holds } from '../expressions.ts';
import type { Json } from '../forge.ts';
import { jobProblem, runJob } from '../job/run-job.ts';
import type { Conclusion, JobResult } from '../result.ts';
import type { Combination } from '../workflow/matrix.ts';
import { combinationsOf, matrixName } from '../workflow/matrix.ts';
import { onlyReading, usualPermissions } from '../workflow/permissions.ts';
import type { JobFile } from '../workflow/read-workflow.ts';
import { calledBy, callInputs, permissionsOf } from './calls.ts';
import { githubContext } from './github-context.ts';
import type { Frame, Yard } from './state.ts';

/** What jobs that need it see of a job, all combinations of its matrix together. */
export interface JobOutcome {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the jobs of a workflow in the order of their needs; the outcome of each. */
export async function runFrame(yard: Yard, frame: Frame): Promise<ReadonlyMap<string, JobOutcome>> {
  const outcomes = new Map<string, JobOutcome>();
  const begun = new Map<string, Promise<void>>();
  const begin = (id: string): Promise<void> => {
    const known = begun.get(id);
    if (known !== undefined) return known;
    const job = frame.file.jobs.get(id)!;
    const promise = Promise.all(job.needs.map(begin)).then(async () => {
      outcomes.set(id, await runAll(yard, frame, job, outcomes));
    });
    begun.set(id, promise);
    return promise;
  };
  await Promise.all([...frame.file.jobs.keys()].map(begin));
  return outcomes;
}

async function runAll(
  yard: Yard,
  frame: Frame,
  job: JobFile,
  outcomes: ReadonlyMap<string, JobOutcome>,
): Promise<JobOutcome> {
  const { run } = frame;
  const needs = Object.fromEntries(job.needs.map((id) => [id, outcomes.get(id)!]));
  const contexts = {
    github: githubContext(yard, run),
    needs,
    inputs: frame.inputs,
    vars: yard.settings.variables,
  };
  const status = statusOf(frame, job, outcomes);
  const scope: Scope = { contexts, status, hashFiles: undefined };
  let combinations: readonly (Combination | undefined)[] = [undefined];
  let strategy: Json = {};
  try {
    if (!holds(job.keys['if'], scope)) {
      const conclusion = run.cancelled ? 'cancelled' : 'skipped';
      run.jobs.push(notRun(frame, job, conclusion));
      return { result: conclusion, outputs: {} };
    }
    if (job.keys['strategy'] !== undefined) {
      const { matrix, ...others } = job.keys['strategy'] as Json;
      strategy = evaluate(others, scope) as Json;
      if (matrix !== undefined) combinations = combinationsOf(evaluate(matrix, scope) as Json);
    }
  } catch (error) {
    run.jobs.push(jobProblem(frame, job, (error as Error).message));
    return { result: 'failure', outputs: {} };
  }

  const failFast = strategy['fail-fast'] !== false;
  const siblings = new AbortController();
  const parallel = Number(strategy['max-parallel'] ?? combinations.length);
  const results: JobOutcome[] = [];
  const outputs: Record<string, string> = {};
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      if (index >= combinations.length) return;
      const combination = combinations[index];
      const strategyContext = {
        'fail-fast': failFast,
        'job-index': index,
        'job-total': combinations.length,
        'max-parallel': parallel,
      };
      const outcome = await runOne(yard, frame, job, {
        combination,
        contexts: { ...contexts, matrix: combination ?? null, strategy: strategyContext },
        siblings: siblings.signal,
      });
      results.push(outcome);
      // The last one that sets an output wins; an empty one does not take it back.
      for (const [name, value] of Object.entries(outcome.outputs)) if (value !== '') outputs[name] = value;
      if (outcome.result === 'failure' && failFast && combinations.length > 1) {
        siblings.abort('The strategy configuration was canceled because another of its jobs failed');
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, combinations.length) }, worker));
  return { result: together(results.map(({ result }) => result)), outputs };
}

interface OneJob {
  readonly combination: Combination | undefined;
  readonly contexts: Json;
  readonly siblings: AbortSignal;
}

async function runOne(yard: Yard, frame: Frame, job: JobFile, one: OneJob): Promise<JobOutcome> {
  const usual = frame.permissions ?? usualPermissions(yard.settings.tokenSetting);
  const declared = permissionsOf(frame.file, job, usual);
  const permissions = frame.run.occasion.fromFork ? onlyReading(declared) : declared;
  const scope: Scope = { contexts: one.contexts, status: undefined, hashFiles: undefined };
  try {
    const named = job.keys['name'];
    const name = named === undefined ? matrixName(job.id, one.combination) : evaluateText(named, scope);
    if (job.keys['uses'] !== undefined) return await call(yard, frame, job, { ...one, name, permissions });
    const result = await runJob(yard, frame, job, { ...one, name: frame.namePrefix + name, permissions });
    frame.run.jobs.push(result);
    return { result: result.result, outputs: result.outputs };
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    frame.run.jobs.push(jobProblem(frame, job, error.message));
    return { result: 'failure', outputs: {} };
  }
}

/** A job that calls a workflow has no machine: the jobs of the workflow take its place. */
async function call(
  yard: Yard,
  frame: Frame,
  job: JobFile,
  one: OneJob & { readonly name: string; readonly permissions: Frame['permissions'] },
): Promise<JobOutcome> {
  const called = await calledBy(yard, frame.source, job);
  if (typeof called === 'string') {
    frame.run.jobs.push(jobProblem(frame, job, called));
    return { result: 'failure', outputs: {} };
  }
  const scope: Scope = { contexts: one.contexts, status: undefined, hashFiles: undefined };
  const withSecrets: Scope = { ...scope, contexts: { ...one.contexts, secrets: frame.secrets } };
  const inputs = callInputs(called.file, evaluate(job.keys['with'] ?? {}, scope) as Json);
  const token = { GITHUB_TOKEN: frame.secrets['GITHUB_TOKEN'] ?? '' };
  const secrets =
    job.keys['secrets'] === 'inherit'
      ? frame.secrets
      : { ...token, ...evaluateTexts(job.keys['secrets'] ?? {}, withSecrets) };
  const inner: Frame = {
    run: frame.run,
    file: called.file,
    source: called.source,
    inputs,
    secrets,
    permissions: one.permissions,
    namePrefix: `${frame.namePrefix}${one.name} / `,
    idPrefix: `${frame.idPrefix}${job.id}/`,
  };
  const outcomes = await runFrame(yard, inner);
  const jobs = Object.fromEntries([...outcomes].map(([id, outcome]) => [id, outcome]));
  const declared = (called.file.on['workflow_call']!['outputs'] ?? {}) as Record<string, Json>;
  const outputScope: Scope = {
    contexts: { github: one.contexts['github'], jobs, inputs, vars: yard.settings.variables },
    status: undefined,
    hashFiles: undefined,
  };
  const outputs = Object.fromEntries(
    Object.entries(declared).map(([name, output]) => [name, evaluateText(output['value'], outputScope)]),
  );
  return { result: together([...outcomes.values()].map(({ result }) => result)), outputs };
}

/** Of a matrix or a called workflow: the worst of its jobs; skipped only when all are. */
function together(results: readonly Conclusion[]): Conclusion {
  for (const worst of ['failure', 'cancelled', 'success'] as const) if (results.includes(worst)) return worst;
  return 'skipped';
}

/** Of a job all jobs before it count, not only those that it names: a skipped ancestor is no success. */
function statusOf(frame: Frame, job: JobFile, outcomes: ReadonlyMap<string, JobOutcome>): Status {
  const ancestors = new Set<string>();
  const visit = (id: string): void => {
    if (ancestors.has(id)) return;
    ancestors.add(id);
    for (const need of frame.file.jobs.get(id)!.needs) visit(need);
  };
  for (const need of job.needs) visit(need);
  const results = [...ancestors].map((id) => outcomes.get(id)!.result);
  const { cancelled } = frame.run;
  return {
    success: !cancelled && results.every((result) => result === 'success'),
    failure: !cancelled && results.includes('failure'),
    cancelled,
  };
}

function notRun(frame: Frame, job: JobFile, conclusion: 'skipped' | 'cancelled'): JobResult {
  return { ...jobProblem(frame, job, ''), annotations: [], conclusion, result: conclusion };
}
