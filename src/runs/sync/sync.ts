import { join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId, Patience, Remote, Repository, TreeFile } from '../../git/index.ts';
import { lockRef, pauseBefore } from '../../git/index.ts';
import type { SyncFailure } from './failures.ts';
import { clash, overtaken } from './failures.ts';
import type { Union } from './union.ts';
import { unite } from './union.ts';

export interface SyncRequest {
  readonly repository: Repository;
  readonly remote: Remote;
  /** Name of the remote in this repository. */
  readonly remoteName: string;
  readonly branch: string;
  /** `pull` changes nothing on the remote. */
  readonly direction: 'push' | 'pull';
  readonly patience: Patience;
  readonly now: () => Date;
  /** Say what would be done; the remote is looked at, and nothing moves but the copy of its branch. */
  readonly dryRun?: boolean;
}

export interface Synced {
  readonly place: string;
  /** Files that only this clone had. */
  readonly sent: number;
  /** Files that only the remote had. */
  readonly received: number;
  /** Files that were taken away there, as they had been here. */
  readonly removed: number;
  /** Tip of the local branch now; `undefined` when neither side has the branch. */
  readonly commit: ObjectId | undefined;
  readonly tries: number;
}

/**
 * Makes the branch of records the same here and on the remote (with `pull`: brings theirs here). Processes of one clone
 * take turns, so that the first one carries what the others have written, and they find nothing left to do. Each try
 * is a whole read-modify-write; it ends well only when both branches moved by compare-and-swap.
 */
export async function syncRuns(request: SyncRequest): Promise<Result<Synced, SyncFailure>> {
  const { repository, patience, remote, branch } = request;
  const before = await localRefs(request);
  if (!before.ok) return before;
  for (let attempt = 0; attempt < patience.tries; attempt++) {
    if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
    // Whoever waits for minutes goes on without its turn: the lock saves work, and keeps nothing safe.
    await using _turn = await lockRef(join(repository.commonFolder, 'trainyard-runs.lock'), turnMs);
    const carried = attempt === 0 ? await carriedByOthers(request, before.value) : success(undefined);
    if (!carried.ok || carried.value !== undefined) return carried as Result<Synced, SyncFailure>;
    const synced = await tryOnce(request, attempt + 1);
    if (!synced.ok) return synced;
    if (synced.value !== undefined) return success(synced.value);
  }
  return failed(overtaken(`the branch ${branch} of ${remote.url}`, patience.tries));
}

const turnMs = 120_000;

interface LocalRefs {
  readonly ours: ObjectId | undefined;
  /** What was last seen of the remote. */
  readonly seen: ObjectId | undefined;
}

async function localRefs({
  repository,
  branch,
  remoteName,
}: SyncRequest): Promise<Result<LocalRefs, SyncFailure>> {
  const [local, tracking] = [`refs/heads/${branch}`, `refs/remotes/${remoteName}/${branch}`];
  const ids = new Map<string, ObjectId>();
  for (const name of [local, tracking]) {
    const refs = await repository.listRefs(name);
    if (!refs.ok) return refs;
    for (const ref of refs.value) ids.set(ref.name, ref.id);
  }
  return success({ ours: ids.get(local), seen: ids.get(tracking) });
}

/** While this process waited for its turn, another one made both sides the same, with what is here now. */
async function carriedByOthers(
  request: SyncRequest,
  before: LocalRefs,
): Promise<Result<Synced | undefined, SyncFailure>> {
  const now = await localRefs(request);
  if (!now.ok) return now;
  const { ours, seen } = now.value;
  if (ours === undefined || ours !== seen || seen === before.seen) return success(undefined);
  return success({ place: request.remote.url, sent: 0, received: 0, removed: 0, commit: ours, tries: 1 });
}

/** `undefined`: somebody else moved one of the branches meanwhile. */
async function tryOnce(
  request: SyncRequest,
  tries: number,
): Promise<Result<Synced | undefined, SyncFailure>> {
  const { repository, remote, branch } = request;
  const theirs = await theirTip(request);
  if (!theirs.ok) return theirs;
  const local = `refs/heads/${branch}`;
  const refs = await localRefs(request);
  if (!refs.ok) return refs;
  const { ours } = refs.value;
  const answer = (counts: Partial<Synced>): Result<Synced, SyncFailure> =>
    success({ place: remote.url, sent: 0, received: 0, removed: 0, commit: ours, tries, ...counts });
  if (ours === theirs.value) return answer({});

  const difference = await compare(repository, ours, theirs.value);
  if (!difference.ok) return difference;
  const { union, received, ahead } = difference.value;
  if (union.clashes.length > 0) return failed(clash(branch, union.clashes));
  const counts = {
    received,
    ...(request.direction === 'push' ? { sent: union.add.length, removed: union.remove.length } : {}),
  };
  if (request.dryRun === true) return answer(counts);

  const united = ahead ? success(ours!) : await unitedCommit(request, theirs.value, union);
  if (!united.ok) return united;
  const after = united.value;
  if (request.direction === 'push' && after !== theirs.value) {
    const pushed = await remote.push([{ ref: local, before: theirs.value, after }]);
    if (!pushed.ok) return pushed;
    if (pushed.value.kind === 'lost') return success(undefined);
    const tracking = `refs/remotes/${request.remoteName}/${branch}`;
    await repository.updateRefs([{ ref: tracking, before: theirs.value, after }]);
  }
  if (after === ours) return answer(counts);
  const moved = await repository.updateRefs([{ ref: local, before: ours, after }]);
  if (!moved.ok) return moved;
  return moved.value.kind === 'lost' ? success(undefined) : answer({ ...counts, commit: after });
}

/** The tip on the remote, with everything that it leads to brought here. */
async function theirTip(request: SyncRequest): Promise<Result<ObjectId | undefined, SyncFailure>> {
  const { remote, remoteName, branch } = request;
  const ref = `refs/heads/${branch}`;
  const listed = await remote.list([ref]);
  if (!listed.ok) return listed;
  const there = listed.value.find(({ name }) => name === ref)?.id;
  const before = await localRefs(request);
  if (!before.ok) return before;
  if (there === undefined || there === before.value.seen) return success(there);
  const fetched = await remote.fetch([{ from: ref, to: `refs/remotes/${remoteName}/${branch}` }]);
  if (!fetched.ok) return fetched;
  const after = await localRefs(request);
  return after.ok ? success(after.value.seen) : after;
}

interface Difference {
  readonly union: Union;
  readonly received: number;
  /** Ours stands on top of theirs and can go there as it is. */
  readonly ahead: boolean;
}

async function compare(
  repository: Repository,
  ours: ObjectId | undefined,
  theirs: ObjectId | undefined,
): Promise<Result<Difference, SyncFailure>> {
  const base = await lastCommon(repository, ours, theirs);
  if (!base.ok) return base;
  const lists: (readonly TreeFile[])[] = [];
  for (const commit of [base.value, ours, theirs]) {
    const files = commit === undefined ? success([]) : await repository.listFiles(commit, '');
    if (!files.ok) return files;
    lists.push(files.value);
  }
  const sides = { base: lists[0]!, ours: lists[1]!, theirs: lists[2]! };
  const here = new Set(sides.ours.map(({ path }) => path));
  const once = new Set(sides.base.map(({ path }) => path));
  const received = sides.theirs.filter(({ path }) => !here.has(path) && !once.has(path)).length;
  return success({
    union: unite(sides),
    received,
    ahead: ours !== undefined && base.value === theirs,
  });
}

/** What both sides once agreed on. Without a common history, as after the remote's was rewritten, that is nothing. */
async function lastCommon(
  repository: Repository,
  ours: ObjectId | undefined,
  theirs: ObjectId | undefined,
): Promise<Result<ObjectId | undefined, SyncFailure>> {
  if (ours === undefined || theirs === undefined) return success(undefined);
  const base = await repository.mergeBase(ours, theirs);
  if (!base.ok) return base;
  return success(base.value.kind === 'found' ? base.value.commit : undefined);
}

async function unitedCommit(
  { repository, branch, now }: SyncRequest,
  theirs: ObjectId | undefined,
  { add, remove }: Union,
): Promise<Result<ObjectId, SyncFailure>> {
  if (theirs !== undefined && add.length === 0 && remove.length === 0) return success(theirs);
  return await repository.writeCommit({
    parent: theirs,
    add,
    remove,
    message: messageOf(branch, add, remove),
    time: now(),
  });
}

function messageOf(branch: string, add: readonly TreeFile[], remove: readonly string[]): string {
  const parts = [
    ...(add.length === 1 ? [`Add ${add[0]!.path}`] : add.length > 1 ? [`Add ${add.length} files`] : []),
    ...(remove.length > 0 ? [`Remove ${remove.length} files`] : []),
  ];
  return `${branch}: ${parts.join(', ')}`;
}
