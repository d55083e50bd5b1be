import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { readAll, write } from './access.ts';
import type { GithubFailure } from './failures.ts';
import { answerUnclear, maybeDone } from './failures.ts';

export interface DeploymentToStart {
  /** A branch, a tag or a commit's id. */
  readonly ref: string;
  readonly environment: string;
  /** What is deployed there: `deploy:heart-disease`. An environment holds many. */
  readonly task: string;
  /** At most 140 characters are kept. */
  readonly description: string;
  readonly isProduction: boolean;
  /** The same for a job that runs again: it goes on with the deployment that it had started. */
  readonly key: string;
}

export interface StartedDeployment {
  readonly kind: 'created' | 'same';
  readonly id: number;
}

const mostOfDescription = 140;
const pausesMs = [2_000, 5_000];

/** Starts a deployment, or finds the one of the same key. Statuses of checks do not hold it up: gates have judged. */
export async function startDeployment(
  access: GithubAccess,
  deployment: DeploymentToStart,
): Promise<Result<StartedDeployment, GithubFailure>> {
  const { ref, environment, task, key, isProduction } = deployment;
  let unclear: GithubFailure | undefined;
  for (let attempt = 0; ; attempt++) {
    const all = await list(access, { environment, task });
    if (!all.ok) return all;
    const found = all.value.find(({ payload }) => keyOf(payload) === key);
    if (found !== undefined) {
      return success({ kind: unclear === undefined ? 'same' : 'created', id: found.id });
    }
    if (attempt > pausesMs.length) break;
    const written = await write(access, {
      ...question(access),
      method: 'POST',
      url: `${access.root}/deployments`,
      body: {
        ref,
        task,
        environment,
        auto_merge: false,
        required_contexts: [],
        payload: { trainyard: key },
        description: cut(deployment.description),
        production_environment: isProduction,
      },
    });
    if (!written.ok) return written;
    if (written.value.kind === 'done') {
      const id = (written.value.json as { id?: unknown } | undefined)?.id;
      return typeof id === 'number'
        ? success({ kind: 'created', id })
        : failed(answerUnclear(question(access).place, 'the deployment has no number'));
    }
    if (written.value.kind !== 'unclear') return failed(written.value.failure);
    unclear = written.value.failure;
    await access.sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]!);
  }
  return failed(maybeDone(`started a deployment to ${environment}`, unclear?.message ?? '', unclear));
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';
  readonly description: string;
  /** Where the environment answers. */
  readonly url?: string;
  /** Where the job's log is. */
  readonly logUrl?: string;
}

/** Says how a deployment goes. Others of the environment are left as they are: see `deactivateOthers`. */
export async function setDeploymentStatus(
  access: GithubAccess,
  status: DeploymentStatus,
): Promise<Result<void, GithubFailure>> {
  const { id, state, url, logUrl } = status;
  let unclear: GithubFailure | undefined;
  for (let attempt = 0; ; attempt++) {
    if (unclear !== undefined) {
      const latest = await latestState(access, id);
      if (!latest.ok) return latest;
      if (latest.value === state) return success(undefined);
    }
    if (attempt > pausesMs.length) break;
    const written = await write(access, {
      ...question(access),
      method: 'POST',
      url: `${access.root}/deployments/${id}/statuses`,
      body: {
        state,
        description: cut(status.description),
        auto_inactive: false,
        ...(url === undefined ? {} : { environment_url: url }),
        ...(logUrl === undefined ? {} : { log_url: logUrl }),
      },
    });
    if (!written.ok) return written;
    if (written.value.kind === 'done') return success(undefined);
    if (written.value.kind !== 'unclear') return failed(written.value.failure);
    unclear = written.value.failure;
    await access.sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)]!);
  }
  return failed(maybeDone(`set the deployment ${id} to ${state}`, unclear?.message ?? '', unclear));
}

/**
 * Marks what stood in an environment before as inactive, of the same task alone: GitHub's own `auto_inactive` would take
 * all other models with it, and leaves those of production as they are. Gives the deployments that it marked.
 */
export async function deactivateOthers(
  access: GithubAccess,
  { environment, task, keep }: { readonly environment: string; readonly task: string; readonly keep: number },
): Promise<Result<readonly number[], GithubFailure>> {
  const all = await list(access, { environment, task });
  if (!all.ok) return all;
  const marked: number[] = [];
  for (const { id } of all.value.filter((each) => each.id < keep)) {
    const state = await latestState(access, id);
    if (!state.ok) return state;
    if (state.value === undefined || ['inactive', 'failure', 'error'].includes(state.value)) continue;
    const description = `Replaced by deployment ${keep}`;
    const done = await setDeploymentStatus(access, { id, state: 'inactive', description });
    if (!done.ok) return done;
    marked.push(id);
  }
  return success(marked);
}

interface Listed {
  readonly id: number;
  readonly payload?: unknown;
}

async function list(
  access: GithubAccess,
  { environment, task }: { readonly environment: string; readonly task: string },
): Promise<Result<readonly Listed[], GithubFailure>> {
  const query = new URLSearchParams({ environment, task, per_page: '100' });
  const url = `${access.root}/deployments?${query}`;
  return await readAll(access, { ...question(access), url }, (json) =>
    Array.isArray(json) ? (json as Listed[]) : undefined,
  );
}

async function latestState(
  access: GithubAccess,
  id: number,
): Promise<Result<string | undefined, GithubFailure>> {
  const url = `${access.root}/deployments/${id}/statuses?per_page=100`;
  const all = await readAll(access, { ...question(access), url }, (json) =>
    Array.isArray(json) ? (json as { readonly id: number; readonly state: string }[]) : undefined,
  );
  if (!all.ok) return all;
  return success([...all.value].sort((a, b) => b.id - a.id)[0]?.state);
}

function question({ repository }: GithubAccess): { readonly place: string; readonly needs: string } {
  return { place: `deployments of ${repository}`, needs: 'deployments: write' };
}

/** A payload comes back as an object, or as the text that it once was. */
function keyOf(payload: unknown): unknown {
  let value = payload;
  if (typeof payload === 'string') {
    try {
      value = JSON.parse(payload);
    } catch {
      return undefined;
    }
  }
  return (value as { trainyard?: unknown } | null | undefined)?.trainyard;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= mostOfDescription
    ? text
    : `${characters.slice(0, mostOfDescription - 1).join('')}…`;
}
