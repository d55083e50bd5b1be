import { schema as official } from '@octokit/graphql-schema';
import type { GraphQLSchema } from 'graphql';
import { buildSchema, graphql } from 'graphql';
import { has } from './permissions.ts';
import type { Answer, Token, World } from './world.ts';
import { problem } from './world.ts';

let schema: GraphQLSchema | undefined;

function officialSchema(): GraphQLSchema {
  // Some of its fields stand twice: the published description is taken as it is.
  schema ??= buildSchema(official.idl, { assumeValidSDL: true, assumeValid: true });
  return schema;
}

/** GitHub's errors have a type beside the message. */
class ApiError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Validated and executed against the official schema; what the fake does not know is `null` or an error there. */
export async function answerGraphql(world: World, token: Token, body: unknown): Promise<Answer> {
  const { query, variables } = (body ?? {}) as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string') return problem(400, 'A query attribute must be specified');
  const done = await graphql({
    schema: officialSchema(),
    source: query,
    variableValues: (variables ?? {}) as Record<string, unknown>,
    rootValue: {
      viewer: () => ({ login: token.actor }),
      repository: (args: { owner: string; name: string }) =>
        repositoryOf(world, token, `${args.owner}/${args.name}`),
      createCommitOnBranch: (args: { input: CommitInput }) => createCommit(world, token, args.input),
    },
  });
  const errors = done.errors?.map((error) => ({
    type: (error.originalError as Partial<ApiError> | undefined)?.type,
    path: error.path,
    message: error.message,
  }));
  return { status: 200, body: { data: done.data, ...(errors === undefined ? {} : { errors }) } };
}

function repositoryOf(world: World, token: Token, name: string): object {
  if (name !== world.repository) {
    throw new ApiError('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  if (world.visibility === 'private' && !has(token.permissions, 'contents', 'read')) {
    throw new ApiError('FORBIDDEN', 'Resource not accessible by integration');
  }
  const objectOf = async (expression: string): Promise<object | null> => {
    const oid = await world.git.find(expression);
    if (oid === undefined) return null;
    const type = await world.git.run(['cat-file', '-t', oid]);
    return { __typename: `${type[0]!.toUpperCase()}${type.slice(1)}`, oid };
  };
  return {
    ref: async ({ qualifiedName }: { qualifiedName: string }) => {
      const target = await objectOf(qualifiedName);
      return target === null ? null : { target };
    },
    object: ({ expression }: { expression: string }) => objectOf(expression),
  };
}

interface CommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
}

async function createCommit(world: World, token: Token, input: CommitInput): Promise<object> {
  const { branch, expectedHeadOid, message, fileChanges } = input;
  if (!has(token.permissions, 'contents', 'write')) {
    throw new ApiError('FORBIDDEN', 'Resource not accessible by integration');
  }
  if (branch.repositoryNameWithOwner !== world.repository) {
    throw new ApiError(
      'NOT_FOUND',
      `Could not resolve to a Repository with the name '${branch.repositoryNameWithOwner}'.`,
    );
  }
  const { git } = world;
  const ref = `refs/heads/${branch.branchName}`;
  const head = await git.find(ref);
  if (head === undefined) throw new ApiError('NOT_FOUND', 'The branch does not exist.');
  if (head !== expectedHeadOid) {
    throw new ApiError('STALE_DATA', `Expected branch to point to "${expectedHeadOid}" but it did not.`);
  }
  if (message.headline.trim() === '') throw new ApiError('UNPROCESSABLE', 'A commit message is required');
  await git.run(['read-tree', head]);
  for (const { path, contents } of fileChanges?.additions ?? []) {
    const blob = await git.run(['hash-object', '-w', '--stdin'], Buffer.from(contents, 'base64'));
    await git.run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
  }
  for (const { path } of fileChanges?.deletions ?? []) {
    await git.run(['update-index', '--force-remove', '--', path]);
  }
  const tree = await git.run(['write-tree']);
  const hasBody = message.body !== undefined && message.body !== '';
  const text = hasBody ? `${message.headline}\n\n${message.body}` : message.headline;
  const oid = await git.run(['commit-tree', tree, '-p', head], text);
  await git.run(['update-ref', ref, oid, head]);
  return { commit: { oid } };
}
