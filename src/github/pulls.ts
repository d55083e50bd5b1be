import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { read, readAll } from './access.ts';
import type { GithubFailure } from './failures.ts';
import { answerUnclear, notFound } from './failures.ts';

export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly author: string;
  readonly isOpen: boolean;
  readonly isDraft: boolean;
  /** `undefined` once the fork has been deleted. */
  readonly headRepository: string | undefined;
  readonly headBranch: string;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly baseSha: string;
  readonly labels: readonly string[];
}

export interface HeadToFind {
  readonly headSha: string;
  /** `owner/name` of the repository that the head is in: a fork's, or this one. */
  readonly headRepository: string;
  /** Its branch, as `workflow_run` names it: without it all open pull requests are looked through. */
  readonly headBranch?: string;
}

export type FoundPull =
  | { readonly kind: 'found'; readonly pull: Pull }
  /** The branch has a newer commit by now: what is known of the old one is no news. */
  | { readonly kind: 'moved'; readonly pull: Pull }
  | { readonly kind: 'none' };

/**
 * The open pull request that a workflow run was for. `workflow_run` does not name it when it comes from a fork, and a
 * number that a fork's artifact names may be of another one: so it is found by what GitHub says of the run. Of several
 * with the same head the newest one.
 */
export async function findPull(
  access: GithubAccess,
  { headSha, headRepository, headBranch }: HeadToFind,
): Promise<Result<FoundPull, GithubFailure>> {
  const owner = headRepository.split('/')[0]!;
  const head = headBranch === undefined ? '' : `&head=${encodeURIComponent(`${owner}:${headBranch}`)}`;
  const all = await readAll(
    access,
    { ...question(access), url: `${access.root}/pulls?state=open&per_page=100${head}` },
    (json) => (Array.isArray(json) ? json.map(pullOf) : undefined),
  );
  if (!all.ok) return all;
  const pulls: Pull[] = [];
  for (const pull of all.value) {
    if (pull === undefined) return failed(answerUnclear(question(access).place, 'one is not understood'));
    if (pull.headRepository?.toLowerCase() === headRepository.toLowerCase()) pulls.push(pull);
  }
  pulls.sort((a, b) => b.number - a.number);
  const found = pulls.find((pull) => pull.headSha === headSha);
  if (found !== undefined) return success({ kind: 'found', pull: found });
  const moved = pulls.find((pull) => pull.headBranch === headBranch);
  return success(moved === undefined ? { kind: 'none' } : { kind: 'moved', pull: moved });
}

/**
 * The pull request that brought a commit: the one of which it is the merge, else one that was merged with it, else the
 * newest open one that has it; `undefined` for a commit that came without.
 * https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
export async function pullOfCommit(
  access: GithubAccess,
  commit: string,
): Promise<Result<Pull | undefined, GithubFailure>> {
  const url = `${access.root}/commits/${encodeURIComponent(commit)}/pulls?per_page=100`;
  const all = await readAll(access, { ...question(access), url }, (json) =>
    Array.isArray(json) ? (json as readonly (ListedPull | null)[]) : undefined,
  );
  if (!all.ok) return all;
  const rank = (each: ListedPull | null): number =>
    typeof each?.merged_at !== 'string' ? 2 : each.merge_commit_sha === commit ? 0 : 1;
  const found = all.value
    .filter((each) => rank(each) < 2 || each?.state === 'open')
    .toSorted((a, b) => rank(a) - rank(b) || (b?.number ?? 0) - (a?.number ?? 0))[0];
  if (found === undefined) return success(undefined);
  const pull = pullOf(found);
  return pull === undefined
    ? failed(answerUnclear(question(access).place, 'one is not understood'))
    : success(pull);
}

export async function getPull(access: GithubAccess, number: number): Promise<Result<Pull, GithubFailure>> {
  const place = `pull request ${access.repository}#${number}`;
  const got = await read(access, { ...question(access), place, url: `${access.root}/pulls/${number}` });
  if (!got.ok) return got;
  if (got.value === undefined) return failed(notFound(place, 'HTTP 404'));
  const pull = pullOf(got.value.json);
  return pull === undefined ? failed(answerUnclear(place, 'it is not understood')) : success(pull);
}

export interface PullFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  readonly previousPath: string | undefined;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks of a unified diff; not there for binary files and for large changes. */
  readonly patch: string | undefined;
}

export interface PullFiles {
  readonly files: readonly PullFile[];
  /** GitHub lists the first 3,000 and says nothing of others. */
  readonly isComplete: boolean;
}

const mostFiles = 3_000;

/** Files that a pull request changes, against its merge base. */
export async function pullFiles(
  access: GithubAccess,
  number: number,
): Promise<Result<PullFiles, GithubFailure>> {
  const url = `${access.root}/pulls/${number}/files?per_page=100`;
  const all = await readAll(access, { ...question(access), url }, (json) =>
    Array.isArray(json) ? (json as ListedFile[]) : undefined,
  );
  if (!all.ok) return all;
  const files = all.value.map((file) => ({
    path: file.filename,
    status: file.status,
    previousPath: file.previous_filename,
    additions: file.additions,
    deletions: file.deletions,
    patch: file.patch,
  }));
  return success({ files, isComplete: files.length < mostFiles });
}

export interface Comparison {
  /** Where both parted: right also when the clone is shallow. */
  readonly mergeBase: string;
  readonly status: 'ahead' | 'behind' | 'diverged' | 'identical';
  readonly aheadBy: number;
  readonly behindBy: number;
}

/** Two commits (ids, branches or tags); `undefined` when one is not there or they have no common ancestor. */
export async function compareCommits(
  access: GithubAccess,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<Result<Comparison | undefined, GithubFailure>> {
  const place = `the comparison of ${base} with ${head}`;
  const range = `${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
  const url = `${access.root}/compare/${range}?per_page=1`;
  const got = await read(access, { place, needs: 'contents: read', url });
  if (!got.ok) return got;
  if (got.value === undefined) return success(undefined);
  const json = got.value.json as {
    merge_base_commit?: { sha?: string };
    status?: Comparison['status'];
    ahead_by?: number;
    behind_by?: number;
  };
  const mergeBase = json.merge_base_commit?.sha;
  if (mergeBase === undefined || json.status === undefined) {
    return failed(answerUnclear(place, 'it names no merge base'));
  }
  return success({
    mergeBase,
    status: json.status,
    aheadBy: json.ahead_by ?? 0,
    behindBy: json.behind_by ?? 0,
  });
}

interface ListedFile {
  readonly filename: string;
  readonly status: PullFile['status'];
  readonly previous_filename?: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
}

function question({ repository }: GithubAccess): { readonly place: string; readonly needs: string } {
  return { place: `pull requests of ${repository}`, needs: 'pull-requests: read' };
}

interface ListedPull {
  readonly number?: number;
  readonly html_url?: string;
  readonly title?: string;
  readonly state?: string;
  readonly draft?: boolean;
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string | null;
  readonly user?: { readonly login?: string } | null;
  readonly labels?: readonly { readonly name?: string }[];
  readonly head?: {
    readonly ref?: string;
    readonly sha?: string;
    readonly repo?: { readonly full_name?: string } | null;
  };
  readonly base?: { readonly ref?: string; readonly sha?: string };
}

function pullOf(json: unknown): Pull | undefined {
  const { number, html_url: url, title, state, draft, user, labels, head, base } = (json ?? {}) as ListedPull;
  if (number === undefined || url === undefined || head?.sha === undefined || base?.sha === undefined) {
    return undefined;
  }
  return {
    number,
    url,
    title: title ?? '',
    author: user?.login ?? 'ghost',
    isOpen: state === 'open',
    isDraft: draft === true,
    headRepository: head.repo?.full_name,
    headBranch: head.ref ?? '',
    headSha: head.sha,
    baseBranch: base.ref ?? '',
    baseSha: base.sha,
    labels: (labels ?? []).map(({ name }) => name ?? ''),
  };
}
