import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { isRefName } from '../refs.ts';
import type { FetchedRef, Ref, RefAnswer, RefUpdate } from '../remote.ts';
import type { ExchangeOutput } from '../system.ts';
import { oneLine, withoutSecrets } from './address.ts';
import { remoteFailure } from './classify.ts';
import { remoteBroken, remoteTooSlow } from './failures.ts';
import { movedRefs, pairsToFetch } from './pairs.ts';
import type { LookAgain } from './push-outcome.ts';
import { judgeBrokenPush, judgeRefusals } from './push-outcome.ts';

export interface SystemRemote {
  readonly context: GitContext;
  /** The name of a remote in the configuration, or in the variables. */
  readonly target: string;
  /** For messages. */
  readonly url: string;
  readonly timeLimitMs: number;
  /** Variables with settings for Git. */
  readonly environment: Readonly<Record<string, string>>;
  /** Fetch only what refs point to, without the past and the files of commits. */
  readonly tipsOnly: boolean;
}

/** `undefined`: there is no `git` command. */
type Maybe<T> = Promise<Result<T, GitFailure> | undefined>;

export async function listBySystem(remote: SystemRemote, prefixes: readonly string[]): Maybe<readonly Ref[]> {
  if (prefixes.length === 0) return success([]);
  // Git asks the server for everything that these two do not narrow down. The star stands for slashes too.
  const kinds = ['heads', 'tags'].filter((kind) => prefixes.some((each) => each.startsWith(`refs/${kind}/`)));
  const narrow = prefixes.every((prefix) => /^refs\/(heads|tags)\//.test(prefix));
  const output = await exchange(remote, [
    ...['ls-remote', '--refs', '--quiet', ...(narrow ? kinds.map((kind) => `--${kind}`) : [])],
    ...['--', remote.target, ...prefixes.map((prefix) => `${prefix}*`)],
  ]);
  if (output === undefined) return undefined;
  if (!output.ok) return output;
  const refs: Ref[] = [];
  for (const line of output.value.stdout.toString('utf8').split('\n')) {
    const entry = /^([0-9a-f]{40})\t(.+)$/.exec(line);
    if (entry === null) continue;
    const [, id, name] = entry as unknown as [string, string, string];
    if (prefixes.some((prefix) => name.startsWith(prefix)) && isRefName(name)) refs.push({ name, id });
  }
  if (refs.length === 0 && !(await speaksGit(remote))) {
    return failed(remoteBroken(remote.url, 'it does not speak the protocol of Git'));
  }
  return success(refs.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** To Git, any page on the web is a repository without refs on a server of the oldest kind. */
async function speaksGit(remote: SystemRemote): Promise<boolean> {
  if (!/^https?:/i.test(remote.url)) return true;
  const environment = { ...remote.environment, GIT_TRACE_PACKET: '1' };
  const output = await run({ ...remote, environment }, [
    'ls-remote',
    '--quiet',
    '--heads',
    '--',
    remote.target,
  ]);
  return output !== undefined && /packet: .*< (version|#|[0-9a-f]{40}|0000)/.test(output.stderr);
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
  let count = 0;
  for (const { wish, refs } of pairs) {
    const moved = await movedRefs(remote.context.folders, refs);
    count += moved.length;
    if (moved.length > many && wish.from.includes('*')) specs.push(`+${wish.from}:${wish.to}`);
    else specs.push(...moved.map(({ ref, to }) => `+${ref.name}:${to}`));
  }
  if (specs.length === 0) return success(undefined);
  const output = await exchange(
    remote,
    [
      'fetch',
      ...['--quiet', '--no-tags', '--no-prune', '--no-recurse-submodules', '--no-write-fetch-head'],
      ...[
        '--no-auto-maintenance',
        '--refmap=',
        ...(remote.tipsOnly ? ['--depth=1', '--filter=tree:0'] : []),
        '--stdin',
        '--',
        remote.target,
      ],
    ],
    `${specs.join('\n')}\n`,
  );
  await forgetPromise(remote);
  if (output === undefined || !output.ok) return output;
  // A file for each of ten thousand refs takes seconds to write and a third of a second to read.
  if (count > many) {
    await remote.context.system.run(['pack-refs', '--all']);
  }
  return success(undefined);
}

/**
 * A fetch with a filter notes that the remote promises whatever is missing here; then Git would go and get it, file
 * by file, for a push.
 */
async function forgetPromise({ context, target, tipsOnly }: SystemRemote): Promise<void> {
  if (tipsOnly) await context.system.run(['config', '--remove-section', `remote.${target}`]);
}

export async function pushBySystem(remote: SystemRemote, updates: readonly RefUpdate[]): Maybe<RefAnswer> {
  await forgetPromise(remote);
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
  const lookAgain: LookAgain = async () => {
    const names = updates.map((update) => update.ref);
    return (await listBySystem(remote, names)) ?? failed(remoteFailure(remote.url, ''));
  };
  if (refused.length === 0) {
    const failure = failureOf(remote, output) ?? remoteFailure(remote.url, output.stderr);
    return await judgeBrokenPush(updates, failure, lookAgain);
  }
  return await judgeRefusals({
    url: remote.url,
    updates,
    refusals: refused.map(({ ref, said }) => ({ ref, why: /\((.*)\)\s*$/.exec(said)?.[1] ?? said })),
    words: serverWords(output.stderr),
    clean: (text) => oneLine(withoutSecrets(text)),
    lookAgain,
  });
}

function serverWords(stderr: string): string {
  return stderr
    .split(/[\n\r]/)
    .flatMap((line) => /^remote: (.*\S)/.exec(line)?.[1] ?? [])
    .join(' ');
}

/** Runs the command; `undefined` where there is none. */
export async function exchange(
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

async function run(
  remote: SystemRemote,
  args: readonly string[],
  input?: string,
): Promise<ExchangeOutput | undefined> {
  const { timeLimitMs, environment } = remote;
  const output = await remote.context.system.exchange(args, {
    timeLimitMs,
    environment,
    ...(input === undefined ? {} : { input }),
  });
  // A Git that is too old for an option (before 2.29) is as good as none.
  return output?.exitCode === 129 ? undefined : output;
}
