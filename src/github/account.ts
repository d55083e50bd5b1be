import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { read, refusal } from './access.ts';
import type { GithubFailure } from './failures.ts';
import { answerUnclear } from './failures.ts';

/** Whose token this is: `github-actions[bot]` for that of a job, as comments name their author. */
export async function accountOf(access: GithubAccess): Promise<Result<string, GithubFailure>> {
  const place = 'the account of the token';
  const got = await access.api.call({
    method: 'POST',
    url: access.graphqlUrl,
    body: { query: 'query { viewer { login } }' },
  });
  if (!got.ok) return got;
  if (got.value.status !== 200) return failed(refusal(got.value, { place, needs: 'contents: read' }));
  const login = (got.value.json as { data?: { viewer?: { login?: unknown } } } | undefined)?.data?.viewer
    ?.login;
  return typeof login === 'string' ? success(login) : failed(answerUnclear(place, 'it has no login'));
}

export type RepositoryPermission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

const permissions: readonly string[] = ['admin', 'maintain', 'write', 'triage', 'read', 'none'];

/**
 * What somebody may do with the repository; `none` for who is nobody there. A role of an organisation's own counts as
 * the one that it was made from.
 */
export async function permissionOf(
  access: GithubAccess,
  user: string,
): Promise<Result<RepositoryPermission, GithubFailure>> {
  const place = `the permission of ${user}`;
  const url = `${access.root}/collaborators/${encodeURIComponent(user)}/permission`;
  const got = await read(access, { place, needs: 'metadata: read', url });
  if (!got.ok) return got;
  if (got.value === undefined) return success('none');
  const { role_name: role, permission } = (got.value.json ?? {}) as Record<string, unknown>;
  const found = [role, permission].find((each) => permissions.includes(each as string));
  return found === undefined
    ? failed(answerUnclear(place, 'it names no role'))
    : success(found as RepositoryPermission);
}
