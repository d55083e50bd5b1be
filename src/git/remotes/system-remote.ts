import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { isRefName } from '../refs.ts';
import type { FetchedRef, Ref, RefAnswer, RefUpdate } from '../remote.ts';
import type { ExchangeOutput } from '../system.ts';
import { oneLine, withoutSecrets } from './address.ts';
import { mayMeanRace, meansRace, remoteFailure } from './classify.ts';
import { pushRefused, remoteBroken, remoteTooSlow } from './failures.ts';
import { movedRefs, pairsToFetch } from './pairs.ts';

export interface SystemRemote {
  readonly context: GitContext;
  /** What `git` takes: a configured name, or a URL. */
  readonly target: string;
  /** For messages. */
  readonly url: string;
  readonly timeLimitMs: number;
  /** Variables that hold a credential of Trainyard's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** `--depth` and `--filter` of a scratch repository. */
  readonly fetchOptions: readonly string[];
}

/** `undefined`: there is no `git` command. */
type Maybe<T> = Promise<Result<T, GitFailure> | undefined>;

export async function listBySystem(remote: SystemRemote, prefixes: readonly string[]): Maybe<readonly Ref[]> {
  const patterns = prefixes.map((prefix) => `${prefix}*`);
  // Protocol 2 lets the server leave the others out. The pattern's star stands for slashes too.
  const output = await exchange(remote, ['ls-remote', '--refs', '--quiet', '--', remote.target, ...patterns]);
  if (output === undefined) return undefined;
  if (!output.ok) return output;
  const refs: Ref[] = [];
  for (const line of output.value.stdout.toString('utf8').split('\n')) {
    const entry = /^([0-9a-f]{40})\t(.+)$/.exec(line);
    if (entry === null) continue;
    const [, id, name] = entry as unknown as [string, string, string];
    if (prefixes.some((prefix) => name.startsWith(prefix)) && isRefName(name)) refs.push({ name, id });
  }
  return success(refs.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** Above so many refs of one pattern the pattern itself is fetched, since Git compares each ref with each name. */
const many = 64;

export async function fetchBySystem(remote: SystemRemote, wanted: readonly FetchedRef[]): Maybe<void> {
  const there = await listBySystem(
    remote,
    wanted.map(({ from }) => from.split('*')[0]!),
  );
  if (there === undefined || !there.ok) return there;
  const pairs = pairsToFetch(wanted, there.value);
  const specs: string[] = [];
  for (const { wish, refs } of pairs) {
    const moved = await movedRefs(remote.context.folders, refs);
    if (moved.length > many && wish.from.includes('*')) specs.push(`+${wish.from}:${wish.to}`);
    else specs.push(...moved.map(({ ref, to }) => `+${ref.name}:${to}`));
  }
  if (specs.length === 0) return success(undefined);
  const output = await exchange(
    remote,
    [
      'fetch',
      ...['--quiet', '--no-tags', '--no-prune', '--no-recurse-submodules', '--no-write-fetch-head'],
      ...['--no-auto-maintenance', '--refmap=', ...remote.fetchOptions, '--stdin', '--', remote.target],
    ],
    `${specs.join('\n')}\n`,
  );
  return output === undefined || !output.ok ? output : success(undefined);
}

export async function pushBySystem(remote: SystemRemote, updates: readonly RefUpdate[]): Maybe<RefAnswer> {
  const output = await run(remote, [
    'push',
    ...['--porcelain', '--atomic', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'],
    ...['--no-signed', '--no-progress'],
    ...updates.map(({ ref, before }) => `--force-with-lease=${ref}:${before ?? ''}`),
    '--',
    remote.target,
    ...updates.map(({ ref, after }) => `${after ?? ''}:${ref}`),
  ]);
  if (output === undefined) return undefined;
  const lines = output.stdout.toString('utf8').split('\n');
  const states = lines.flatMap((line) => {
    const parts = /^(.)\t[^\t]*?:([^\t]+)\t(.*)$/.exec(line);
    return parts === null ? [] : [{ flag: parts[1]!, ref: parts[2]!, said: parts[3]! }];
  });
  const refused = states.filter((state) => state.flag === '!');
  if (output.exitCode === 0 && refused.length === 0) {
    const idle = states.filter((state) => state.flag === '=').map((state) => state.ref);
    const wanted = updates.filter(({ ref, before, after }) => before !== after && idle.includes(ref));
    // Everything was there already before this push: somebody else has moved it.
    const lost = wanted.length > 0 && wanted.length === updates.length;
    return success(lost ? { kind: 'lost', refs: idle } : { kind: 'done' });
  }
  if (refused.length === 0) return await afterABrokenPush(remote, updates, output);
  const reasons = refused.map((state) => ({
    ...state,
    why: /\((.*)\)\s*$/.exec(state.said)?.[1] ?? state.said,
  }));
  const own = reasons.filter((state) => !/^atomic (push|transaction) fail/i.test(state.why));
  const races = own.filter((state) => meansRace(state.why));
  if (own.every((state) => meansRace(state.why))) {
    return success({ kind: 'lost', refs: (races.length > 0 ? races : reasons).map((state) => state.ref) });
  }
  const culprit = own.find((state) => !meansRace(state.why))!;
  if (mayMeanRace(culprit.why)) {
    const lost = await otherThere(remote, updates);
    if (lost.length > 0) return success({ kind: 'lost', refs: lost });
  }
  const said = serverWords(output.stderr);
  return failed(
    pushRefused(
      remote.url,
      culprit.ref,
      oneLine(withoutSecrets(said === '' ? culprit.why : `${culprit.why}; ${said}`)),
    ),
  );
}

/** Nobody knows what became of it, so the refs are asked. */
async function afterABrokenPush(
  remote: SystemRemote,
  updates: readonly RefUpdate[],
  output: ExchangeOutput,
): Promise<Result<RefAnswer, GitFailure>> {
  const failure = failureOf(remote, output) ?? remoteFailure(remote.url, output.stderr);
  if (failure.code === 'git-remote-denied' || failure.code === 'git-remote-not-found') return failed(failure);
  const now = await listBySystem(
    remote,
    updates.map((update) => update.ref),
  );
  if (now === undefined || !now.ok) return failed(failure);
  const ids = new Map(now.value.map((ref) => [ref.name, ref.id]));
  if (updates.every(({ ref, after }) => ids.get(ref) === after)) return success({ kind: 'done' });
  const lost = updates.filter(({ ref, before }) => ids.get(ref) !== before).map((update) => update.ref);
  return lost.length > 0 ? success({ kind: 'lost', refs: lost }) : failed(failure);
}

async function otherThere(remote: SystemRemote, updates: readonly RefUpdate[]): Promise<readonly string[]> {
  const now = await listBySystem(
    remote,
    updates.map((update) => update.ref),
  );
  if (now === undefined || !now.ok) return [];
  const ids = new Map(now.value.map((ref) => [ref.name, ref.id]));
  return updates.filter(({ ref, before }) => ids.get(ref) !== before).map((update) => update.ref);
}

function serverWords(stderr: string): string {
  return stderr
    .split(/[\n\r]/)
    .flatMap((line) => /^remote: (.*\S)/.exec(line)?.[1] ?? [])
    .join(' ');
}

async function exchange(
  remote: SystemRemote,
  args: readonly string[],
  input?: string,
): Maybe<ExchangeOutput> {
  const output = await run(remote, args, input);
  if (output === undefined) return undefined;
  const failure = failureOf(remote, output);
  return failure === undefined ? success(output) : failed(failure);
}

function failureOf(remote: SystemRemote, output: ExchangeOutput): GitFailure | undefined {
  if (output.ended === 'too-slow') return remoteTooSlow(remote.url, Math.round(remote.timeLimitMs / 1000));
  if (output.ended === 'too-much') return remoteBroken(remote.url, 'it does not end');
  return output.exitCode === 0 ? undefined : remoteFailure(remote.url, output.stderr);
}

function run(
  remote: SystemRemote,
  args: readonly string[],
  input?: string,
): Promise<ExchangeOutput | undefined> {
  const { timeLimitMs, environment } = remote;
  return remote.context.system.exchange(args, {
    timeLimitMs,
    environment,
    ...(input === undefined ? {} : { input }),
  });
}
