import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GithubAccess } from '../github/index.ts';
import { listArtifacts, openGithub } from '../github/index.ts';
import type { Effects } from './effects.ts';

interface Pull {
  readonly number?: number;
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string | null;
  readonly head?: {
    readonly sha?: string;
    readonly ref?: string;
    readonly repo?: { readonly full_name?: string } | null;
  };
  readonly base?: { readonly ref?: string };
}

interface WorkflowRun {
  readonly id?: number;
  readonly event?: string;
  readonly head_sha?: string;
  readonly head_branch?: string | null;
  readonly head_repository?: { readonly full_name?: string } | null;
}

interface IssueEvent {
  readonly event?: string;
}

/** Of one branch, and of one commit: where there are more, nothing is re-used, which costs time alone. */
const mostPulls = 10;
const mostRuns = 10;

/**
 * The run that tested the pull request of which a commit is the merge, and left results of one of these pipelines (each
 * project of a repository has a workflow, and so a run, of its own): what it made was made by code
 * that was reviewed. What ran was the head merged into the base of that moment, and GitHub does not say of a run which
 * pull request started it (`pull_requests` are those that are open and have the head now; after the merge none). So a run
 * counts only when no other could have started it: every pull request that ever came from this branch goes to the branch
 * that the commit was pushed to, and was never pointed at another one. Nothing of a fork.
 */
export async function mergedRun(
  commit: string,
  pipelines: readonly string[],
  { env }: Pick<Effects, 'env'>,
): Promise<Result<number | undefined, Failure>> {
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return opened;
  await using access = opened.value;
  const pulls = await list<Pull>(access, `/commits/${commit}/pulls?per_page=100`);
  const pull = pulls?.find((each) => isMerged(each, commit, access));
  const { sha: head, ref: branch } = pull?.head ?? {};
  const base = pull?.base?.ref;
  if (head === undefined || branch === undefined || !/^[0-9a-f]{40}$/.test(head)) return success(undefined);
  if (base === undefined || env['GITHUB_REF'] !== `refs/heads/${base}`) return success(undefined);
  if (!(await goOnlyTo(access, branch, base))) return success(undefined);
  const question = `/actions/runs?event=pull_request&head_sha=${head}&status=success&per_page=100`;
  const answer = (await read(access, question)) as
    | { readonly workflow_runs?: readonly WorkflowRun[] }
    | undefined;
  const runs = (Array.isArray(answer?.workflow_runs) ? answer.workflow_runs : []).filter(
    (each: WorkflowRun) =>
      each.event === 'pull_request' &&
      each.head_sha === head &&
      each.head_branch === branch &&
      isOwn(each.head_repository, access),
  );
  for (const { id } of runs.slice(0, mostRuns) as readonly WorkflowRun[]) {
    if (Number.isSafeInteger(id) && (await hasResults(access, id!, pipelines))) return success(id);
  }
  return success(undefined);
}

function isMerged(
  { merged_at, merge_commit_sha, head }: Pull,
  commit: string,
  access: GithubAccess,
): boolean {
  return typeof merged_at === 'string' && merge_commit_sha === commit && isOwn(head?.repo, access);
}

function isOwn(
  repository: { readonly full_name?: string } | null | undefined,
  { repository: own }: GithubAccess,
): boolean {
  return repository?.full_name?.toLowerCase() === own.toLowerCase();
}

/** Whether all pull requests from a branch of this repository, open or not, always went to one base. */
async function goOnlyTo(access: GithubAccess, branch: string, base: string): Promise<boolean> {
  const owner = access.repository.split('/')[0]!;
  const head = encodeURIComponent(`${owner}:${branch}`);
  const pulls = await list<Pull>(access, `/pulls?state=all&head=${head}&per_page=100`);
  if (pulls === undefined || pulls.length === 0) return false;
  const own = pulls.filter(({ head: of }) => isOwn(of?.repo, access) && of?.ref === branch);
  if (own.length > mostPulls || own.some((each) => each.base?.ref !== base)) return false;
  for (const { number } of own) {
    const events = await list<IssueEvent>(access, `/issues/${number}/events?per_page=100`);
    if (events === undefined) return false;
    if (events.some(({ event }) => /^(base_ref_changed|automatic_base_change_)/.test(String(event))))
      return false;
  }
  return true;
}

/** Other workflows test pull requests, too. */
async function hasResults(access: GithubAccess, run: number, pipelines: readonly string[]): Promise<boolean> {
  const listed = await listArtifacts(access, run);
  const prefixes = pipelines.map((pipeline) => `trainyard-results.${pipeline}.`);
  return listed.ok && listed.value.some(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
}

/** One page that is all there is. */
async function list<T>(access: GithubAccess, path: string): Promise<readonly T[] | undefined> {
  const items = await read(access, path);
  return Array.isArray(items) && items.length < 100 ? (items as readonly T[]) : undefined;
}

/** Without an answer nothing is re-used, and nothing is wrong. */
async function read({ api, root }: GithubAccess, path: string): Promise<unknown> {
  const got = await api.call({ method: 'GET', url: `${root}${path}`, body: undefined });
  return got.ok && got.value.status === 200 ? got.value.json : undefined;
}
