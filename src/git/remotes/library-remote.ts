import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { gitIoFailed } from '../failures.ts';
import type { ObjectId } from '../object-id.ts';
import { listRefs } from '../refs.ts';
import type { FetchedRef, Ref, RefAnswer, RefUpdate } from '../remote.ts';
import type { Advertisement } from './advertisement.ts';
import { listCommand, readAdvertisement, readListing } from './advertisement.ts';
import { pushRefused, remoteBroken } from './failures.ts';
import type { HttpSession } from './http.ts';
import { httpSession } from './http.ts';
import { objectsToSend } from './objects-to-send.ts';
import { movedRefs, pairsToFetch } from './pairs.ts';
import { ProtocolError } from './pkt-line.ts';
import type { LookAgain } from './push-outcome.ts';
import { judgeBrokenPush, judgeRefusals, otherThanBefore } from './push-outcome.ts';
import { pushCommand, readPushReport } from './receive-pack.ts';
import { setRefs } from './set-refs.ts';
import { changeShallow, fetchCommand, keepPack, readFetchAnswer, readShallow } from './upload-pack.ts';

export interface LibraryRemote {
  readonly context: GitContext;
  /** With its credential, if any. */
  readonly url: string;
  readonly timeLimitMs: number;
  /** Fetch only what refs point to, without the past and the files of commits. */
  readonly tipsOnly: boolean;
}

const protocol2 = { 'git-protocol': 'version=2' };

export async function listByLibrary(
  remote: LibraryRemote,
  prefixes: readonly string[],
): Promise<Result<readonly Ref[], GitFailure>> {
  if (prefixes.length === 0) return success([]);
  return await withSession(remote, async (session) => {
    const asked = await ask(session, prefixes);
    return asked.ok ? success(asked.value.refs) : asked;
  });
}

export async function fetchByLibrary(
  remote: LibraryRemote,
  wanted: readonly FetchedRef[],
): Promise<Result<void, GitFailure>> {
  const { context, tipsOnly } = remote;
  return await withSession(remote, async (session) => {
    const prefixes = wanted.map(({ from }) => from.split('*')[0]!);
    const asked = await ask(session, prefixes);
    if (!asked.ok) return asked;
    const pairs = pairsToFetch(wanted, asked.value.refs).flatMap(({ refs }) => refs);
    const moved = await movedRefs(context.folders, pairs);
    if (moved.length === 0) return success(undefined);
    const command = fetchCommand(asked.value.server, {
      wants: [...new Set(moved.map(({ ref }) => ref.id))],
      haves: await tipsHere(
        context,
        moved.map(({ to }) => to),
      ),
      shallow: await readShallow(context),
      tipsOnly,
    });
    const headers = asked.value.server.protocol === 2 ? protocol2 : {};
    const answered = await session.call('git-upload-pack', Buffer.from(command), headers);
    if (!answered.ok) return answered;
    const answer = readFetchAnswer(answered.value);
    await keepPack(context, answer.pack);
    await changeShallow(context, answer);
    return await setRefs(context, moved);
  });
}

export async function pushByLibrary(
  remote: LibraryRemote,
  updates: readonly RefUpdate[],
): Promise<Result<RefAnswer, GitFailure>> {
  const { context } = remote;
  const names = updates.map(({ ref }) => ref);
  const lookAgain: LookAgain = () => listByLibrary(remote, names);
  return await withSession(remote, async (session) => {
    const discovered = await session.discover('git-receive-pack', {});
    if (!discovered.ok) return discovered;
    const server = readAdvertisement(discovered.value);
    const now = new Map(server.refs.map((ref) => [ref.name, ref.id]));
    const moves = updates.filter(({ ref, after }) => now.get(ref) !== after);
    if (moves.length === 0) {
      const changes = updates.filter(({ before, after }) => before !== after).map(({ ref }) => ref);
      return success(changes.length === 0 ? { kind: 'done' } : { kind: 'lost', refs: changes });
    }
    const lost = otherThanBefore(moves, server.refs);
    if (lost.length > 0) return success({ kind: 'lost', refs: lost });
    const lacking = missingAbility(server, moves);
    if (lacking !== undefined) return failed(pushRefused(session.url, moves[0]!.ref, lacking));
    const body = pushCommand(server, moves, await packFor(context, moves, server.refs));
    const answered = await session.call('git-receive-pack', body, {});
    if (!answered.ok) return await judgeBrokenPush(updates, answered.failure, lookAgain);
    const report = attempt(() => readPushReport(server, answered.value));
    if (report instanceof ProtocolError) {
      const broken = remoteBroken(session.url, session.clean(report.message), report);
      return await judgeBrokenPush(updates, broken, lookAgain);
    }
    if (report.refused.length === 0) {
      if (moves.every(({ ref }) => report.moved.includes(ref))) return success({ kind: 'done' });
      const broken = remoteBroken(session.url, 'its report does not name every ref');
      return await judgeBrokenPush(updates, broken, lookAgain);
    }
    const { refused: refusals, words } = report;
    return await judgeRefusals({
      url: session.url,
      updates,
      refusals,
      words,
      clean: session.clean,
      lookAgain,
    });
  });
}

function missingAbility(server: Advertisement, moves: readonly RefUpdate[]): string | undefined {
  const has = (word: string): boolean => server.abilities.has(word);
  if (!has('report-status')) return 'the server does not report what became of a push';
  if (moves.length > 1 && !has('atomic')) return 'the server cannot move several refs all or none';
  const deletes = moves.some(({ after }) => after === undefined);
  return deletes && !has('delete-refs') ? 'the server deletes no refs' : undefined;
}

/** Of a remote with thousands of branches, these many are enough to find common history. */
const manyTips = 200;

async function packFor(
  context: GitContext,
  moves: readonly RefUpdate[],
  there: readonly Ref[],
): Promise<Uint8Array | undefined> {
  const tips = moves.flatMap(({ after }) => after ?? []);
  if (tips.length === 0) return undefined;
  const library = await context.library();
  const branches = there.filter(({ name }) => name.startsWith('refs/heads/')).slice(0, manyTips);
  const known = [...moves.flatMap(({ before }) => before ?? []), ...branches.map(({ id }) => id)];
  const oids = await objectsToSend(library, { tips, known, shallow: new Set(await readShallow(context)) });
  const { git, where } = library;
  return (await git.packObjects({ ...where, oids: [...oids] })).packfile!;
}

/** What this repository has that the remote may have too: first of all what the refs were before. */
async function tipsHere(context: GitContext, first: readonly string[]): Promise<readonly ObjectId[]> {
  const refs = await listRefs(context.folders, 'refs/');
  const wanted = new Set(first);
  const before = refs.filter(({ name }) => wanted.has(name));
  const tags = refs.filter(({ name }) => name.startsWith('refs/tags/'));
  const others = refs.filter(({ name }) => !name.startsWith('refs/tags/'));
  return [...new Set([...before, ...others, ...tags].map(({ id }) => id))].slice(0, manyTips);
}

async function ask(
  session: HttpSession,
  prefixes: readonly string[],
): Promise<Result<{ readonly server: Advertisement; readonly refs: readonly Ref[] }, GitFailure>> {
  const discovered = await session.discover('git-upload-pack', protocol2);
  if (!discovered.ok) return discovered;
  const server = readAdvertisement(discovered.value);
  let { refs } = server;
  if (server.protocol === 2) {
    const listed = await session.call('git-upload-pack', Buffer.from(listCommand(prefixes)), protocol2);
    if (!listed.ok) return listed;
    refs = readListing(listed.value);
  }
  const below = refs.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  return success({ server, refs: [...below].sort((a, b) => (a.name < b.name ? -1 : 1)) });
}

async function withSession<T>(
  remote: LibraryRemote,
  work: (session: HttpSession) => Promise<Result<T, GitFailure>>,
): Promise<Result<T, GitFailure>> {
  const { url, timeLimitMs } = remote;
  await using session = await httpSession({ url, timeLimitMs, environment: remote.context.environment });
  try {
    return await work(session);
  } catch (error) {
    if (error instanceof ProtocolError) {
      return failed(remoteBroken(session.url, session.clean(error.message), error));
    }
    return failed(gitIoFailed(`exchange objects with ${session.url}`, error));
  }
}

function attempt<T>(call: () => T): T | ProtocolError {
  try {
    return call();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
