import { createRequire } from 'node:module';
import { account } from './shapes/account.ts';
import { repository } from './shapes/repository.ts';
import type { Token, World } from './world.ts';

/** Something that happened, as GitHub tells webhooks and starts workflows of. */
export interface GithubEvent {
  /** `push`, `pull_request`, ... */
  readonly name: string;
  /** In the shape of GitHub's own examples. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** GITHUB_REF and GITHUB_SHA of a workflow that it starts. */
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  /** Not what the token of a job did, unless it was a dispatch; see also `why`. */
  readonly startsWorkflows: boolean;
  readonly why: string;
}

/** All events so far, and those to come. */
export interface Events {
  readonly all: readonly GithubEvent[];
  /** Gives the way to stop listening. */
  subscribe(listener: (event: GithubEvent) => void): () => void;
  add(event: GithubEvent): void;
}

export function eventStream(): Events {
  const all: GithubEvent[] = [];
  const listeners = new Set<(event: GithubEvent) => void>();
  return {
    all,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add: (event) => {
      all.push(event);
      for (const listener of listeners) listener(event);
    },
  };
}

export interface Happening {
  readonly name: string;
  readonly action?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly ref?: string;
  readonly sha?: string;
  /** Why it starts no workflow, whoever did it. */
  readonly silent?: string | undefined;
}

const dispatches = new Set(['workflow_dispatch', 'repository_dispatch']);

/** Tells that something happened; `by` is whose token did it, or the name of who did it elsewhere. */
export async function happened(world: World, by: Token | string, happening: Happening): Promise<void> {
  const { name, action, facts } = happening;
  const ref = happening.ref ?? `refs/heads/${world.defaultBranch}`;
  const sha = happening.sha ?? (await world.git.find(ref)) ?? '0'.repeat(40);
  const actor = typeof by === 'string' ? by : by.actor;
  const isJob = typeof by !== 'string' && by.kind === 'actions' && !dispatches.has(name);
  const why = happening.silent ?? (isJob ? 'the token of a job did it' : '');
  const payload = payloadOf(world, name, action, {
    ...facts,
    ...(action === undefined ? {} : { action }),
    repository: repository(world),
    sender: account(world, actor),
  });
  world.events.add({ name, payload, ref, sha, actor, startsWorkflows: why === '', why });
}

type Example = Readonly<Record<string, unknown>>;

let examples: ReadonlyMap<string, readonly Example[]> | undefined;

function examplesOf(name: string): readonly Example[] {
  if (examples === undefined) {
    const require = createRequire(import.meta.url);
    const all = require('@octokit/webhooks-examples') as readonly {
      name: string;
      examples: readonly Example[];
    }[];
    examples = new Map(all.map((each) => [each.name, each.examples]));
  }
  return examples.get(name) ?? [];
}

/** Of organisations, apps and settings that the fake has not. */
const foreign = new Set(['organization', 'installation', 'enterprise', 'check_run']);

/** GitHub's examples with our facts in them: their keys, and no others. */
function payloadOf(world: World, name: string, action: string | undefined, facts: Example): Example {
  const isFree = name === 'repository_dispatch';
  const found = examplesOf(name).filter((each) => isFree || each['action'] === action);
  if (found.length === 0) throw new Error(`GitHub has no example of ${name} ${action ?? ''}`);
  const own = found.map((each) => {
    const entries = Object.entries(each).filter(([key]) => isFree || !foreign.has(key));
    return Object.fromEntries(entries);
  });
  const renamed = (text: string): string => {
    const about = found[0]!['repository'] as { full_name: string; owner: { login: string } };
    return text
      .replaceAll('https://api.github.com', world.origin())
      .replaceAll('https://github.com', world.origin())
      .replaceAll(about.full_name, world.repository)
      .replaceAll(about.owner.login, world.repository.split('/')[0]!);
  };
  return fitted(own, facts, renamed) as Example;
}

/** What users fill is taken as it is. */
const free = new Set(['client_payload', 'inputs', 'payload', 'labels', 'commits', 'parents']);

/** Of what we do not say, an example's value stands for a key that all examples have. */
function fitted(examples: readonly unknown[], ours: unknown, renamed: (text: string) => string): unknown {
  if (ours === undefined) return copied(examples[0], renamed);
  const objects = examples.filter(isObject);
  if (objects.length === 0 || !isObject(ours)) return ours;
  const keys = new Set(objects.flatMap((each) => Object.keys(each)));
  const entries: (readonly [string, unknown])[] = [];
  for (const key of keys) {
    const values = objects.filter((each) => key in each).map((each) => each[key]);
    if (key in ours) entries.push([key, free.has(key) ? ours[key] : fitted(values, ours[key], renamed)]);
    else if (values.length === objects.length) entries.push([key, copied(values[0], renamed)]);
  }
  return Object.fromEntries(entries);
}

function copied(example: unknown, renamed: (text: string) => string): unknown {
  if (typeof example === 'string') return renamed(example);
  if (Array.isArray(example)) return example.map((each) => copied(each, renamed));
  if (!isObject(example)) return example;
  return Object.fromEntries(Object.entries(example).map(([key, each]) => [key, copied(each, renamed)]));
}

function isObject(value: unknown): value is Example {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
