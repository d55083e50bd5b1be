import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schema as official } from '@octokit/graphql-schema';
import { Ajv } from 'ajv';
import type { GraphQLSchema } from 'graphql';
import { buildSchema, graphql } from 'graphql';
import { restCalls } from './github-rest.ts';

export interface GithubApiOptions {
  /** A bare repository. */
  readonly gitFolder: string;
  /** `owner/name` */
  readonly repository: string;
}

/** What the fake does to requests from now on. */
export interface GithubBehaviour {
  /** Permissions of each token, as a workflow's `permissions: contents`. */
  readonly tokens: Map<string, 'read' | 'write'>;
  /** Accounts by `organisation/team`; a team that is not here cannot be seen. */
  readonly teams: Map<string, ReadonlyMap<string, 'active' | 'pending'>>;
  /** The next answers to writes, one each: an answer in place of the work, or after it was done. */
  readonly faults: ({ readonly when: 'before' | 'after' } & Answer)[];
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface GithubApiFake extends AsyncDisposable {
  readonly origin: string;
  readonly behaviour: GithubBehaviour;
  /** `POST /graphql createCommitOnBranch 200` */
  readonly seen: string[];
}

/**
 * GitHub's API as far as Trainyard uses it, over a real bare repository. Strict: GraphQL is validated and executed
 * against the official schema, bodies of the REST calls against what their description says; a call that it does not
 * know gets 501.
 */
export async function githubApi(options: GithubApiOptions): Promise<GithubApiFake> {
  const behaviour: GithubBehaviour = { tokens: new Map([['good', 'write']]), teams: new Map(), faults: [] };
  const seen: string[] = [];
  const git = await gitOf(options.gitFolder);
  const world: World = { ...options, git, behaviour, turn: Promise.resolve() };
  const server = createServer((request, response) => {
    void respond(world, request, response, seen);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behaviour,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await git.dispose();
    },
  };
}

export interface World extends GithubApiOptions {
  readonly git: Git;
  readonly behaviour: GithubBehaviour;
  /** Writes happen one after the other, as GitHub locks a branch. */
  turn: Promise<unknown>;
}

export interface Git {
  run(args: readonly string[], input?: Buffer | string): Promise<string>;
  dispose(): Promise<void>;
}

async function gitOf(gitFolder: string): Promise<Git> {
  const scratch = await mkdtemp(join(tmpdir(), 'trainyard-github-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    GIT_DIR: gitFolder,
    GIT_INDEX_FILE: join(scratch, 'index'),
    GIT_AUTHOR_NAME: 'octocat',
    GIT_AUTHOR_EMAIL: 'octocat@example.org',
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@example.org',
  };
  return {
    run: (args, input) =>
      new Promise((resolve, reject) => {
        const child = execFile('git', args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
          error === null ? resolve(stdout.trim()) : reject(error),
        );
        child.stdin!.on('error', () => undefined);
        child.stdin!.end(input ?? '');
      }),
    dispose: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function respond(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  seen: string[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const call = `${request.method} ${request.url}`;
  const answer = await answerTo(world, call, request, text).catch((error: Error) => ({
    status: 500,
    body: { message: `The fake broke: ${error.message}` },
  }));
  seen.push(`${call} ${/createCommitOnBranch/.test(text) ? 'createCommitOnBranch ' : ''}${answer.status}`);
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...('headers' in answer ? answer.headers : {}),
  });
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}

async function answerTo(
  world: World,
  call: string,
  { headers }: IncomingMessage,
  text: string,
): Promise<Answer> {
  const token = /^(?:bearer|token) (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const permission = world.behaviour.tokens.get(token);
  if (permission === undefined) return { status: 401, body: { message: 'Bad credentials' } };
  if (headers['user-agent'] === undefined) {
    return { status: 403, body: { message: 'Request forbidden by administrative rules.' } };
  }
  const team = /^GET \/orgs\/([\w-]+\/)teams\/([\w-]+)(?:\/memberships\/([\w-]+))?$/.exec(call);
  if (team !== null) return answerTeam(world, `${team[1]}${team[2]}`, team[3]);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { status: 400, body: { message: 'Problems parsing JSON' } };
  }
  const isWrite = call !== 'POST /graphql' || /\bmutation\b/.test(text);
  const work = async (): Promise<Answer> =>
    call === 'POST /graphql'
      ? await answerGraphql(world, body, permission)
      : await answerRest(world, call, body, permission);
  if (!isWrite) return await work();
  const turn = world.turn.then(async () => {
    const fault = world.behaviour.faults.shift();
    if (fault?.when === 'before') return fault;
    const done = await work();
    return fault ?? done;
  });
  world.turn = turn.catch(() => undefined);
  return await turn;
}

/** https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user */
function answerTeam({ behaviour }: World, team: string, account: string | undefined): Answer {
  const members = behaviour.teams.get(team);
  if (members === undefined) return { status: 404, body: { message: 'Not Found' } };
  if (account === undefined) return { status: 200, body: { slug: team.split('/')[1] } };
  const state = members.get(account);
  if (state === undefined) return { status: 404, body: { message: 'Not Found' } };
  return { status: 200, body: { url: '', role: 'member', state } };
}

async function answerRest(
  world: World,
  call: string,
  body: unknown,
  permission: 'read' | 'write',
): Promise<Answer> {
  const known = restCalls.find(({ path }) => call === `POST /repos/${world.repository}${path}`);
  if (known === undefined) {
    const isOther = call.startsWith('POST /repos/') && !call.startsWith(`POST /repos/${world.repository}/`);
    return isOther
      ? { status: 404, body: { message: 'Not Found' } }
      : { status: 501, body: { message: `The fake does not know ${call}` } };
  }
  if (permission !== 'write') {
    return { status: 403, body: { message: 'Resource not accessible by integration' } };
  }
  const validate = new Ajv({ allowUnionTypes: true }).compile(known.body);
  if (!validate(body)) {
    return { status: 422, body: { message: 'Invalid request.', errors: validate.errors } };
  }
  return await known.answer(world, body as Record<string, string>);
}

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

async function answerGraphql(world: World, body: unknown, permission: 'read' | 'write'): Promise<Answer> {
  const { query, variables } = body as { query?: unknown; variables?: unknown };
  if (typeof query !== 'string')
    return { status: 400, body: { message: 'A query attribute must be specified' } };
  const done = await graphql({
    schema: officialSchema(),
    source: query,
    variableValues: (variables ?? {}) as Record<string, unknown>,
    rootValue: {
      repository: (args: { owner: string; name: string }) =>
        repositoryOf(world, `${args.owner}/${args.name}`),
      createCommitOnBranch: (args: { input: CommitInput }) => createCommit(world, args.input, permission),
    },
  });
  const errors = done.errors?.map((error) => ({
    type: (error.originalError as Partial<ApiError> | undefined)?.type,
    path: error.path,
    message: error.message,
  }));
  return { status: 200, body: { data: done.data, ...(errors === undefined ? {} : { errors }) } };
}

function repositoryOf(world: World, name: string): object {
  if (name !== world.repository) {
    throw new ApiError('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
  }
  const objectOf = async (expression: string): Promise<object | null> => {
    const oid = await world.git.run(['rev-parse', '--verify', '--quiet', expression]).catch(() => '');
    if (oid === '') return null;
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
  };
}

async function createCommit(world: World, input: CommitInput, permission: 'read' | 'write'): Promise<object> {
  const { branch, expectedHeadOid, message, fileChanges } = input;
  if (permission !== 'write') throw new ApiError('FORBIDDEN', 'Resource not accessible by integration');
  if (branch.repositoryNameWithOwner !== world.repository) {
    throw new ApiError(
      'NOT_FOUND',
      `Could not resolve to a Repository with the name '${branch.repositoryNameWithOwner}'.`,
    );
  }
  const { git } = world;
  const ref = `refs/heads/${branch.branchName}`;
  const head = await git.run(['rev-parse', '--verify', '--quiet', ref]).catch(() => '');
  if (head === '') throw new ApiError('NOT_FOUND', 'The branch does not exist.');
  if (head !== expectedHeadOid) {
    throw new ApiError('STALE_DATA', `Expected branch to point to "${expectedHeadOid}" but it did not.`);
  }
  if (message.headline.trim() === '') throw new ApiError('UNPROCESSABLE', 'A commit message is required');
  await git.run(['read-tree', head]);
  for (const { path, contents } of fileChanges?.additions ?? []) {
    const blob = await git.run(['hash-object', '-w', '--stdin'], Buffer.from(contents, 'base64'));
    await git.run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
  }
  const tree = await git.run(['write-tree']);
  const text =
    message.body === undefined || message.body === ''
      ? message.headline
      : `${message.headline}\n\n${message.body}`;
  const oid = await git.run(['commit-tree', tree, '-p', head], text);
  await git.run(['update-ref', ref, oid, head]);
  return { commit: { oid } };
}
