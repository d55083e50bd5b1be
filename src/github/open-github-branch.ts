import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { BranchWriter, Patience } from '../git/index.ts';
import type { GithubApi } from './api.ts';
import { openGithubApi } from './api.ts';
import type { BranchCalls } from './branch-calls.ts';
import { branchCalls } from './branch-calls.ts';
import type { GithubFailure } from './failures.ts';
import { settingMissing } from './failures.ts';
import { githubBranchWriter } from './github-branch-writer.ts';

export interface GithubBranchOptions {
  readonly branch: string;
  /** GITHUB_REPOSITORY, GITHUB_TOKEN, and for GitHub Enterprise GITHUB_API_URL and GITHUB_GRAPHQL_URL: as Actions sets them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly patience: Patience;
}

/** A branch of the repository that this CI job belongs to. */
export async function openGithubBranch(
  options: GithubBranchOptions,
): Promise<Result<BranchWriter & AsyncDisposable, GithubFailure>> {
  const { patience, branch } = options;
  const opened = await openBranchCalls(options);
  if (!opened.ok) return opened;
  const { calls, api } = opened.value;
  return success({
    ...githubBranchWriter(calls, branch, patience),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  });
}

export interface OpenedCalls {
  readonly calls: BranchCalls;
  readonly api: GithubApi;
}

export async function openBranchCalls(
  options: GithubBranchOptions,
): Promise<Result<OpenedCalls, GithubFailure>> {
  const { environment, patience, branch } = options;
  const token = environment['GITHUB_TOKEN'];
  if (token === undefined || token === '') return failed(settingMissing('GITHUB_TOKEN'));
  const repository = /^([\w.-]+)\/([\w.-]+)$/.exec(environment['GITHUB_REPOSITORY'] ?? '');
  if (repository === null) return failed(settingMissing('GITHUB_REPOSITORY ("owner/name")'));
  const apiUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  const graphqlUrl = environment['GITHUB_GRAPHQL_URL'] ?? `${apiUrl.replace(/\/+$/, '')}/graphql`;
  for (const [name, url] of [
    ['GITHUB_API_URL', apiUrl],
    ['GITHUB_GRAPHQL_URL', graphqlUrl],
  ] as const) {
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      return failed(settingMissing(`${name} that is an address`));
  }
  const api = await openGithubApi({
    apiUrl,
    graphqlUrl,
    token,
    environment,
    sleep: patience.sleep,
    timeLimitMs: 60_000,
  });
  const calls = branchCalls(api, { owner: repository[1]!, name: repository[2]!, branch, graphqlUrl });
  return success({ calls, api });
}
