import type { Operation } from './description.ts';
import type { Events } from './events.ts';
import type { Fault } from './faults.ts';
import type { Git } from './git.ts';
import type { Permissions } from './permissions.ts';

/** Everything that the fake knows, as plain data that a test may read and change. */
export interface World {
  /** `owner/name` */
  readonly repository: string;
  readonly visibility: 'private' | 'public';
  readonly defaultBranch: string;
  readonly git: Git;
  /** Bare repositories of forks, by `owner/name`. */
  readonly forks: Map<string, Git>;
  readonly tokens: Map<string, Token>;
  /** What an account may do with the repository; who is not here may read what is public. */
  readonly collaborators: Map<string, RepositoryRole>;
  /** Accounts by `organisation/team`; a team that is not here cannot be seen. */
  readonly teams: Map<string, ReadonlyMap<string, 'active' | 'pending'>>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, Pull>;
  readonly comments: Map<number, Comment>;
  readonly labels: Map<string, { readonly color: string; readonly description: string | null }>;
  readonly statuses: CommitStatus[];
  readonly deployments: Map<number, Deployment>;
  readonly deploymentStatuses: Map<number, DeploymentStatus>;
  /** Names of environments, each with its number. */
  readonly environments: Map<string, { readonly id: number; readonly createdAt: string }>;
  readonly releases: Map<number, Release>;
  readonly runs: Map<number, WorkflowRun>;
  readonly artifacts: Map<number, Artifact>;
  readonly faults: Fault[];
  readonly events: Events;
  readonly rate: Rate;
  readonly now: () => Date;
  /** A number that nothing else has. */
  readonly nextId: () => number;
  readonly origin: () => string;
  readonly blobOrigin: () => string;
  /** Writes happen one after the other, as GitHub locks a branch. */
  turn: Promise<unknown>;
}

export type RepositoryRole = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface Token {
  /** `github-actions[bot]`, `octocat` */
  readonly actor: string;
  /** The token of a job (its acts start no workflow), an app's, or a person's. */
  readonly kind: 'actions' | 'app' | 'user';
  readonly permissions: Permissions;
  /** Calls that are left in this hour. */
  remaining: number;
  /** Moments of the last contents that it made. */
  readonly created: number[];
}

export interface Rate {
  /** Calls an hour of one token. */
  limit: number;
  /** Contents (comments, issues, ...) a minute, and an hour. */
  contentsAMinute: number;
  contentsAnHour: number;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  readonly createdAt: string;
  title: string;
  body: string;
  labels: string[];
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  updatedAt: string;
}

/** A pull request is an issue too, with the same number. */
export interface Pull {
  readonly number: number;
  readonly id: number;
  readonly headRepository: string;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  draft: boolean;
  /** `refs/pull/<n>/merge`, while it merges without conflict. */
  mergeSha: string | undefined;
  mergedAt: string | undefined;
  /** Moments when it was pointed at another branch. */
  readonly baseChanges: string[];
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly creator: string;
  readonly transient: boolean;
  readonly production: boolean;
  readonly createdAt: string;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly deployment: number;
  readonly state: string;
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly creator: string;
  readonly createdAt: string;
}

export interface Release {
  readonly id: number;
  readonly author: string;
  readonly createdAt: string;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  publishedAt: string | null;
}

export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  /** `.github/workflows/pull-request.yml` */
  readonly path: string;
  readonly name: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly headRepository: string;
  readonly actor: string;
  readonly createdAt: string;
  status: 'requested' | 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped' | null;
}

export interface Artifact {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  readonly zip: Uint8Array;
  readonly createdAt: string;
  expired: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request that may come in: of the right form, from a token that may. */
export interface Call {
  readonly world: World;
  readonly operation: Operation;
  readonly token: Token;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Path and query as they came, for links to other pages. */
  readonly url: URL;
}

export type Handler = (call: Call) => Promise<Answer> | Answer;
export type Handlers = Readonly<Record<string, Handler>>;

export const docs = 'https://docs.github.com/rest';

export function problem(status: number, message: string, errors?: unknown): Answer {
  const body = { message, documentation_url: docs, status: String(status) };
  return { status, body: errors === undefined ? body : { ...body, errors } };
}

export function notFound(): Answer {
  return problem(404, 'Not Found');
}

export function unprocessable(message: string): Answer {
  return problem(422, 'Validation Failed', [{ code: 'custom', message }]);
}

/** One page of a list, with the addresses of the others in `Link`. */
export function paged<T>(call: Call, all: readonly T[], shape: (page: readonly T[]) => unknown): Answer {
  const size = Math.min(Math.max(Number(call.query['per_page'] ?? 30), 1), 100);
  const page = Math.max(Number(call.query['page'] ?? 1), 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const link = (to: number, rel: string): string => {
    const url = new URL(call.url);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return {
    status: 200,
    ...(links.length === 0 ? {} : { headers: { link: links.join(', ') } }),
    body: shape(all.slice((page - 1) * size, page * size)),
  };
}

export function timestamp(world: World): string {
  return `${world.now().toISOString().slice(0, 19)}Z`;
}
