import { execFile } from 'node:child_process';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { GithubEvent } from './events.ts';
import { eventStream } from './events.ts';
import { gitOf } from './git.ts';
import type { Job } from './identity.ts';
import { identityProvider } from './identity.ts';
import { environmentOf, giveToken } from './jobs.ts';
import { tellRun } from './operations/runs.ts';
import type { Permissions } from './permissions.ts';
import type { PullToOpen } from './pulls.ts';
import { changeBase, mergePull, openPull } from './pulls.ts';
import { afterPush } from './pushes.ts';
import { respond } from './server.ts';
import type { Artifact, Comment, Issue, Pull, Token, WorkflowRun, World } from './world.ts';
import { timestamp } from './world.ts';

export type { GithubEvent } from './events.ts';
export * from './faults.ts';
export type { Job } from './identity.ts';
export type { Permissions } from './permissions.ts';
export { actionsBot } from './shapes/account.ts';
export type { World } from './world.ts';
export type { ZipEntry } from './zip.ts';
export { makeZip } from './zip.ts';

export interface GithubFakeOptions {
  /** A bare repository. */
  readonly gitFolder: string;
  /** `owner/name` */
  readonly repository: string;
  /** In a private one a token reads only what its permissions name: the default. */
  readonly visibility?: World['visibility'];
  readonly defaultBranch?: string;
  readonly now?: () => Date;
}

/**
 * GitHub as far as Trainyard uses it, on loopback, over a real bare repository: REST and GraphQL (checked against the
 * official descriptions, 501 for the rest), Git over HTTP, artifacts on another origin, the identity of jobs, and the
 * events that start workflows. What the descriptions leave out is enforced by hand: permissions of each token, limits,
 * lengths, who starts workflows. The token `good` may do all that the token of a job may.
 */
export interface GithubFake extends AsyncDisposable {
  readonly origin: string;
  /** All state, to be read and changed by tests. */
  readonly world: World;
  /** `POST issues/create-comment 201` */
  readonly seen: string[];
  /** What reached the server of artifacts with an authorization. */
  readonly leaks: readonly string[];
  readonly events: readonly GithubEvent[];
  /** Address of a repository for Git, with a token in it when one is given. */
  cloneUrl(token?: string, repository?: string): string;
  /** Makes a token known: of a job by default. */
  token(name: string, options: { permissions: Permissions } & Partial<Pick<Token, 'actor' | 'kind'>>): string;
  /** The environment of a job, with a new token, and the way to its identity when it may ask for that. */
  job(job: Pick<Job, 'permissions'> & Partial<Job>): Promise<Readonly<Record<string, string>>>;
  /** A bare copy of the repository that somebody owns. */
  fork(fullName: string): Promise<string>;
  openPull(by: string, pull: Partial<PullToOpen> & Pick<PullToOpen, 'headRef'>): Promise<Pull>;
  mergePull(by: string, number: number): Promise<string>;
  /** Points a pull request at another branch. */
  changeBase(number: number, branch: string): Promise<void>;
  /** Runs a change of the repository (by Git itself, say) as somebody's push. */
  pushed(by: string, change: () => Promise<unknown>): Promise<void>;
  addIssue(issue: Partial<Issue> & Pick<Issue, 'title'>): Issue;
  addComment(comment: Pick<Comment, 'issue' | 'author' | 'body'>): Comment;
  addRun(run: Partial<WorkflowRun> & Pick<WorkflowRun, 'path' | 'headSha'>): Promise<WorkflowRun>;
  finishRun(id: number, conclusion: WorkflowRun['conclusion']): Promise<void>;
  addArtifact(artifact: Pick<Artifact, 'run' | 'name' | 'zip'>): Artifact;
}

const everything: Permissions = {
  actions: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  'pull-requests': 'write',
  statuses: 'write',
  members: 'read',
};

export async function githubFake(options: GithubFakeOptions): Promise<GithubFake> {
  const world = await newWorld(options);
  const seen: string[] = [];
  const broken: string[] = [];
  const leaks: string[] = [];
  const identities = await identityProvider(world);
  const api = createServer((request, response) => {
    void respond({ world, identities, seen, broken }, request, response).catch(() => response.destroy());
  });
  const blobs = createServer((request, response) => answerBlob(world, leaks, request, response));
  const [origin, blobOrigin] = [await listening(api), await listening(blobs)];
  Object.assign(world, { origin: () => origin, blobOrigin: () => blobOrigin });
  giveToken(world, 'good', { actor: 'github-actions[bot]', kind: 'actions', permissions: everything });
  const now = (): string => timestamp(world);
  return {
    origin,
    world,
    seen,
    leaks,
    events: world.events.all,
    cloneUrl: (token, repository = options.repository) => {
      const credentials = token === undefined ? '' : `x-access-token:${token}@`;
      return `${origin.replace('://', `://${credentials}`)}/${repository}.git`;
    },
    token: (name, { permissions, actor = 'github-actions[bot]', kind = 'actions' }) =>
      giveToken(world, name, { actor, kind, permissions }),
    job: async (job) => {
      const ref = job.ref ?? `refs/heads/${world.defaultBranch}`;
      const sha = job.sha ?? (await world.git.find(`${ref}^{commit}`)) ?? '0'.repeat(40);
      const rest = { event: 'push', workflowPath: '.github/workflows/main.yml', actor: 'octocat' };
      return environmentOf(world, identities, { ...rest, runId: world.nextId(), ...job, ref, sha });
    },
    fork: async (fullName) => {
      const folder = `${options.gitFolder}.${fullName.replace('/', '-')}`;
      await promisify(execFile)('git', ['clone', '-q', '--bare', options.gitFolder, folder]);
      world.forks.set(fullName, await gitOf(folder));
      return folder;
    },
    openPull: async (by, pull) => {
      const rest = { title: 'A change', headRepository: world.repository, baseRef: world.defaultBranch };
      const made = await openPull(world, by, { ...rest, ...pull });
      if (made === undefined) throw new Error(`There is nothing to pull from ${pull.headRef}`);
      return made;
    },
    mergePull: async (by, number) => {
      const before = await world.git.refs();
      const sha = await mergePull(world, number);
      await afterPush(world, by, before);
      return sha;
    },
    changeBase: (number, branch) => changeBase(world, world.pulls.get(number)!, branch),
    pushed: async (by, change) => {
      const before = await world.git.refs();
      await change();
      await afterPush(world, by, before);
    },
    addIssue: (issue) => {
      const made: Issue = {
        ...{ id: world.nextId(), number: world.issues.size + 1, author: 'octocat', body: '', labels: [] },
        ...{ createdAt: now(), updatedAt: now(), state: 'open', stateReason: null },
        ...issue,
      };
      world.issues.set(made.number, made);
      return made;
    },
    addComment: (comment) => {
      const made: Comment = { id: world.nextId(), createdAt: now(), updatedAt: now(), ...comment };
      world.comments.set(made.id, made);
      return made;
    },
    addRun: async (run) => {
      const made: WorkflowRun = {
        ...{
          id: world.nextId(),
          number: world.runs.size + 1,
          name: run.path,
          event: 'push',
          actor: 'octocat',
        },
        ...{ headBranch: world.defaultBranch, headRepository: world.repository, createdAt: now() },
        ...{ status: 'in_progress', conclusion: null },
        ...run,
      };
      world.runs.set(made.id, made);
      await tellRun(world, made, 'requested');
      return made;
    },
    finishRun: async (id, conclusion) => {
      const run = world.runs.get(id)!;
      Object.assign(run, { status: 'completed', conclusion });
      await tellRun(world, run, 'completed');
    },
    addArtifact: (artifact) => {
      const made: Artifact = { id: world.nextId(), createdAt: now(), expired: false, ...artifact };
      world.artifacts.set(made.id, made);
      return made;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([closed(api), closed(blobs)]);
      await Promise.all([world.git, ...world.forks.values()].map((git) => git.dispose()));
      if (broken.length > 0) throw new Error(`The fake of GitHub broke:\n${broken.join('\n')}`);
    },
  };
}

async function newWorld(options: GithubFakeOptions): Promise<World> {
  let id = 1_000;
  return {
    repository: options.repository,
    visibility: options.visibility ?? 'private',
    defaultBranch: options.defaultBranch ?? 'main',
    git: await gitOf(options.gitFolder),
    forks: new Map(),
    tokens: new Map(),
    collaborators: new Map([['octocat', 'admin']]),
    teams: new Map(),
    issues: new Map(),
    pulls: new Map(),
    comments: new Map(),
    labels: new Map(),
    statuses: [],
    deployments: new Map(),
    deploymentStatuses: new Map(),
    environments: new Map(),
    releases: new Map(),
    runs: new Map(),
    artifacts: new Map(),
    faults: [],
    events: eventStream(),
    rate: { limit: 1_000, contentsAMinute: 80, contentsAnHour: 500 },
    now: options.now ?? (() => new Date()),
    nextId: () => ++id,
    origin: () => 'http://127.0.0.1',
    blobOrigin: () => 'http://127.0.0.1',
    turn: Promise.resolve(),
  };
}

/** The server of artifacts: the signature in the address is the permission, and a token beside it is refused. */
function answerBlob(world: World, leaks: string[], request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.authorization !== undefined) {
    leaks.push(`${request.method} ${request.url}`);
    response.writeHead(400).end('InvalidAuthenticationInfo');
    return;
  }
  const [, id] = /^\/artifacts\/(\d+)\?sig=signed$/.exec(request.url ?? '') ?? [];
  const found = world.artifacts.get(Number(id));
  if (found === undefined) {
    response.writeHead(403).end('AuthenticationFailed');
    return;
  }
  const at = world.faults.findIndex(({ on }) => on === 'blob');
  const fault = at === -1 ? undefined : world.faults.splice(at, 1)[0];
  if (fault?.status !== undefined) {
    response.writeHead(fault.status, fault.headers).end(String(fault.body ?? ''));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/zip', 'content-length': found.zip.length });
  if (fault?.reset === undefined) response.end(found.zip);
  else response.write(found.zip.subarray(0, found.zip.length / 2), () => response.destroy());
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
