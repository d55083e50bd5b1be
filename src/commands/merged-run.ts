import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GithubAccess } from '../github/index.ts';
import { openGithub } from '../github/index.ts';
import type { Effects } from './effects.ts';

interface Pull {
  readonly number?: number;
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string | null;
  readonly head?: { readonly sha?: string; readonly repo?: { readonly full_name?: string } | null };
  readonly base?: { readonly ref?: string };
}

interface WorkflowRun {
  readonly id?: number;
  readonly event?: string;
  readonly head_sha?: string;
  readonly head_repository?: { readonly full_name?: string } | null;
  readonly pull_requests?: readonly { readonly number?: number; readonly base?: { readonly ref?: string } }[];
}

/**
 * The run of the workflow that tested the pull request of which a commit is the merge: what that run made was made by the
 * code that was reviewed. Nothing of a fork; nothing of a run that GitHub does not say was for this pull request to this
 * branch, as another one with the same head may have had other code merged into it.
 */
export async function mergedRun(
  commit: string,
  { env }: Pick<Effects, 'env'>,
): Promise<Result<number | undefined, Failure>> {
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return opened;
  await using access = opened.value;
  const pulls = (await read(access, `/commits/${commit}/pulls`)) as readonly Pull[] | undefined;
  const pull = Array.isArray(pulls) ? pulls.find((each) => isMerged(each, commit, access)) : undefined;
  const head = pull?.head?.sha;
  if (head === undefined || !/^[0-9a-f]{40}$/.test(head)) return success(undefined);
  const question = `/actions/runs?event=pull_request&head_sha=${head}&status=success&per_page=100`;
  const answer = (await read(access, question)) as
    | { readonly workflow_runs?: readonly WorkflowRun[] }
    | undefined;
  const runs: readonly WorkflowRun[] = Array.isArray(answer?.workflow_runs) ? answer.workflow_runs : [];
  const run = runs.find(
    (each) =>
      each.event === 'pull_request' &&
      each.head_sha === head &&
      each.head_repository?.full_name?.toLowerCase() === access.repository.toLowerCase() &&
      each.pull_requests?.some((of) => of.number === pull?.number && of.base?.ref === pull?.base?.ref) ===
        true,
  );
  return success(Number.isSafeInteger(run?.id) ? run?.id : undefined);
}

function isMerged(
  { merged_at, merge_commit_sha, head }: Pull,
  commit: string,
  { repository }: GithubAccess,
): boolean {
  return (
    typeof merged_at === 'string' &&
    merge_commit_sha === commit &&
    head?.repo?.full_name?.toLowerCase() === repository.toLowerCase()
  );
}

/** Without an answer nothing is re-used, and nothing is wrong. */
async function read({ api, root }: GithubAccess, path: string): Promise<unknown> {
  const got = await api.call({ method: 'GET', url: `${root}${path}`, body: undefined });
  return got.ok && got.value.status === 200 ? got.value.json : undefined;
}
