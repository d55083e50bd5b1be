import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { NewFile, ObjectId } from '../git/index.ts';
import type { ApiAnswer, GithubApi } from './api.ts';
import type { GithubFailure } from './failures.ts';
import { answerUnclear, branchProtected, denied, notFound, repositoryEmpty } from './failures.ts';

/** The four things that are asked of GitHub to grow a branch. Nothing here tries twice. */
export interface BranchCalls {
  readonly place: string;
  /** The commit that the branch stands at. */
  head(): Promise<Result<ObjectId | undefined, GithubFailure>>;
  /** Ids of the blobs at some paths of a commit. */
  blobs(commit: ObjectId, paths: readonly string[]): Promise<Result<BlobsByPath, GithubFailure>>;
  /** One more commit on top of the head; `lost` when the head is another one by now. */
  commit(head: ObjectId, files: readonly NewFile[], message: string): Promise<Result<Written, GithubFailure>>;
  /** The first commit of the branch; `lost` when somebody else has made the branch. */
  start(files: readonly NewFile[], message: string): Promise<Result<Written, GithubFailure>>;
}

export type BlobsByPath = ReadonlyMap<string, ObjectId>;

export type Written =
  | { readonly kind: 'done'; readonly commit: ObjectId }
  | { readonly kind: 'lost' }
  /** Nobody knows whether it was written: the connection broke, or a gateway answered. */
  | { readonly kind: 'unclear'; readonly failure: GithubFailure };

export interface BranchPlace {
  readonly owner: string;
  readonly name: string;
  readonly branch: string;
  readonly graphqlUrl: string;
}

const headQuery =
  'query ($owner: String!, $name: String!, $ref: String!) { repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { target { oid } } } }';

/** What GitHub says of rules of a branch: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository */
const protection =
  /protected branch|rule violations|through (a|the) (pull request|merge queue)|status checks? .* (is|are) expected|approving review|not authorized to push|locked branch|verified signatures/i;

const commitMutation =
  'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }';

export function branchCalls(api: GithubApi, to: BranchPlace): BranchCalls {
  const place = `${to.owner}/${to.name}`;
  const repository = { owner: to.owner, name: to.name };
  const ref = `refs/heads/${to.branch}`;
  const rest = `/repos/${encodeURIComponent(to.owner)}/${encodeURIComponent(to.name)}/git`;

  const graphql = async (query: string, variables: object): Promise<Result<ApiAnswer, GithubFailure>> =>
    await api.call({ method: 'POST', url: to.graphqlUrl, body: { query, variables } });
  const post = async (path: string, body: object): Promise<Result<ApiAnswer, GithubFailure>> =>
    await api.call({ method: 'POST', url: `${rest}${path}`, body });
  /** What a reading query found; anything else is a failure. */
  const read = async (query: string, variables: object): Promise<Result<RepositoryData, GithubFailure>> => {
    const answer = await graphql(query, variables);
    if (!answer.ok) return answer;
    const { data, errors } = graphqlBody(answer.value);
    if (data?.repository !== undefined && data.repository !== null && errors.length === 0)
      return success(data.repository);
    return failed(refusal(place, answer.value, errors));
  };

  return {
    place: `the branch ${to.branch} of ${place}`,
    head: async () => {
      const found = await read(headQuery, { ...repository, ref });
      if (!found.ok) return found;
      return success((found.value['ref'] as { target?: { oid?: ObjectId } } | null)?.target?.oid);
    },
    blobs: async (commit, paths) => {
      const names = paths.map((_, i) => `$e${i}: String!`).join(', ');
      const fields = paths.map((_, i) => `f${i}: object(expression: $e${i}) { oid }`).join(' ');
      const query = `query ($owner: String!, $name: String!, ${names}) { repository(owner: $owner, name: $name) { ${fields} } }`;
      const expressions = Object.fromEntries(paths.map((path, i) => [`e${i}`, `${commit}:${path}`]));
      const found = await read(query, { ...repository, ...expressions });
      if (!found.ok) return found;
      const ids = new Map<string, ObjectId>();
      for (const [i, path] of paths.entries()) {
        const oid = (found.value[`f${i}`] as { oid?: ObjectId } | null)?.oid;
        if (oid !== undefined) ids.set(path, oid);
      }
      return success(ids);
    },
    commit: async (head, files, message) => {
      const [headline, ...body] = message.split('\n');
      const input = {
        branch: { repositoryNameWithOwner: place, branchName: to.branch },
        expectedHeadOid: head,
        message: { headline, body: body.join('\n').trim() },
        fileChanges: {
          additions: files.map(({ path, bytes }) => ({
            path,
            contents: Buffer.from(bytes).toString('base64'),
          })),
        },
      };
      const answer = await graphql(commitMutation, { input });
      if (!answer.ok) return maybeWritten(answer.failure);
      const { data, errors } = graphqlBody(answer.value);
      const commit = data?.createCommitOnBranch?.commit?.oid;
      if (commit !== undefined) return success({ kind: 'done', commit });
      if (
        errors.some(
          ({ type, message: said }) =>
            type === 'STALE_DATA' || /expected .* to (be at|point to)|stale/i.test(said),
        )
      )
        return success({ kind: 'lost' });
      if (
        answer.value.status >= 500 ||
        errors.some(({ message: said }) => /something went wrong/i.test(said))
      )
        return success({ kind: 'unclear', failure: answerUnclear(place, shown(answer.value, errors)) });
      if (errors.some(({ message: said }) => protection.test(said)))
        return failed(branchProtected(to.branch, place, shown(answer.value, errors)));
      return failed(refusal(place, answer.value, errors));
    },
    start: async (files, message) => {
      const tree: object[] = [];
      for (const { path, bytes } of files) {
        const entry = { path, mode: '100644', type: 'blob' };
        const text = textOf(bytes);
        if (text !== undefined) {
          tree.push({ ...entry, content: text });
          continue;
        }
        const blob = await created(
          await post('/blobs', { content: Buffer.from(bytes).toString('base64'), encoding: 'base64' }),
        );
        if (!blob.ok) return blob;
        tree.push({ ...entry, sha: blob.value });
      }
      const root = await created(await post('/trees', { tree }));
      if (!root.ok) return root;
      const commit = await created(await post('/commits', { message, tree: root.value, parents: [] }));
      if (!commit.ok) return commit;
      const answer = await post('/refs', { ref, sha: commit.value });
      if (!answer.ok) return maybeWritten(answer.failure);
      const { status } = answer.value;
      if (status === 201) return success({ kind: 'done', commit: commit.value });
      if (status === 422 && /already exists/i.test(shown(answer.value, []))) return success({ kind: 'lost' });
      if (status >= 500) return success({ kind: 'unclear', failure: refusal(place, answer.value, []) });
      return failed(refusal(place, answer.value, []));
    },
  };

  function created(answer: Result<ApiAnswer, GithubFailure>): Result<ObjectId, GithubFailure> {
    if (!answer.ok) return answer;
    const sha = (answer.value.json as { sha?: unknown } | undefined)?.sha;
    if (answer.value.status === 201 && typeof sha === 'string') return success(sha);
    if (answer.value.status === 409) return failed(repositoryEmpty(place));
    return failed(refusal(place, answer.value, []));
  }
}

/** A write whose answer never came may have been carried out. */
function maybeWritten(failure: GithubFailure): Result<Written, GithubFailure> {
  return failure.code === 'github-unreachable' ? success({ kind: 'unclear', failure }) : failed(failure);
}

interface RepositoryData {
  readonly [field: string]: unknown;
}

interface GraphqlError {
  readonly type: string;
  readonly message: string;
}

function graphqlBody({ json }: ApiAnswer): {
  readonly data?: {
    readonly repository?: RepositoryData | null;
    readonly createCommitOnBranch?: { readonly commit?: { readonly oid?: ObjectId } };
  };
  readonly errors: readonly GraphqlError[];
} {
  const body = (json ?? {}) as { data?: object | null; errors?: unknown };
  const errors = (Array.isArray(body.errors) ? body.errors : []).map(
    (error: Partial<GraphqlError> | null) => ({
      type: String(error?.type ?? ''),
      message: String(error?.message ?? ''),
    }),
  );
  return body.data === null || body.data === undefined ? { errors } : { data: body.data, errors };
}

function refusal(place: string, answer: ApiAnswer, errors: readonly GraphqlError[]): GithubFailure {
  const said = shown(answer, errors);
  const types = errors.map(({ type }) => type);
  if (answer.status === 401 || answer.status === 403 || types.includes('FORBIDDEN'))
    return denied(place, said);
  if (/resource not accessible|must have (push|admin) access/i.test(said)) return denied(place, said);
  if (answer.status === 404 || types.includes('NOT_FOUND')) return notFound(place, said);
  return answerUnclear(place, said);
}

function shown(answer: ApiAnswer, errors: readonly GraphqlError[]): string {
  const message = (answer.json as { message?: unknown } | undefined)?.message;
  const words = [...(typeof message === 'string' ? [message] : []), ...errors.map((error) => error.message)];
  return `HTTP ${answer.status}, ${words.join('; ') || 'no message'}`.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
