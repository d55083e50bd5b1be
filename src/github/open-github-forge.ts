import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { openGithubApi } from './api.ts';
import { answerUnclear, denied, notFound } from './failures.ts';

/** Who is in which team, as GitHub knows it. */
export interface GithubForge {
  /** Whether an account (`octocat`) is in a team (`organisation/team`). */
  isMember(team: string, account: string): Promise<Result<boolean, Failure>>;
}

export interface GithubForgeOptions {
  /** TRAINYARD_GITHUB_TOKEN, else GITHUB_TOKEN; GITHUB_API_URL for Enterprise. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * `undefined` without a token. The token of a workflow may not read teams: that takes one with `read:org`, or an app
 * with the permission "Members: read", as TRAINYARD_GITHUB_TOKEN.
 * https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user
 */
export function openGithubForge({ environment, sleep }: GithubForgeOptions): GithubForge | undefined {
  const token = environment['TRAINYARD_GITHUB_TOKEN'] ?? environment['GITHUB_TOKEN'] ?? '';
  if (token === '') return undefined;
  const apiUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  return {
    isMember: async (team, account) => {
      const [organisation, slug] = team.split('/').map(encodeURIComponent) as [string, string];
      await using api = await openGithubApi({ apiUrl, token, environment, sleep, timeLimitMs: 30_000 });
      const at = `/orgs/${organisation}/teams/${slug}`;
      const get = (url: string) => api.call({ method: 'GET', url, body: undefined });
      const membership = await get(`${at}/memberships/${encodeURIComponent(account)}`);
      if (!membership.ok) return membership;
      const { status, json } = membership.value;
      if (status === 200) return success((json as { state?: unknown } | undefined)?.state === 'active');
      if (status === 401 || status === 403)
        return failed(denied(`teams of ${organisation}`, `HTTP ${status}`));
      if (status !== 404) return failed(answerUnclear(api.origin, `HTTP ${status}`));
      // Not a member, or a team that this token does not see: the second answer tells.
      const seen = await get(at);
      if (!seen.ok) return seen;
      return seen.value.status === 200
        ? success(false)
        : failed(notFound(`the team ${team}`, `HTTP ${seen.value.status}`));
    },
  };
}
