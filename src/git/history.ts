import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { RepositoryFolders } from './discover.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { withLibrary } from './objects.ts';
import type { MergeBase } from './repository.ts';

interface Commit {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Seconds since 1970. */
  readonly time: number;
}

type ReadCommit = (id: ObjectId) => Promise<Commit>;

export async function isShallow(folders: RepositoryFolders): Promise<boolean> {
  return (await shallowCommits(folders)).size > 0;
}

export async function history(
  context: GitContext,
  commit: ObjectId,
  limit: number,
): Promise<Result<readonly ObjectId[], GitFailure>> {
  const output = await context.system.run(['rev-list', `--max-count=${limit}`, commit, '--']);
  if (output?.exitCode === 0) {
    return success(
      output.stdout
        .toString('latin1')
        .split('\n')
        .filter((line) => line !== ''),
    );
  }
  return await withHistory(context, async (read) => {
    const queue = [await read(commit)];
    const seen = new Set([commit]);
    const order: ObjectId[] = [];
    while (queue.length > 0 && order.length < limit) {
      const next = queue.shift()!;
      order.push(next.id);
      for (const parent of next.parents) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        insertByTime(queue, await read(parent));
      }
    }
    return order;
  });
}

/** When commits were made, in their order; what this clone does not have is left out. */
export async function commitTimes(
  context: GitContext,
  commits: readonly ObjectId[],
): Promise<Result<ReadonlyMap<ObjectId, Date>, GitFailure>> {
  return await withHistory(context, async (read) => {
    const times = new Map<ObjectId, Date>();
    for (const id of commits) {
      const commit = await read(id).catch(() => undefined);
      if (commit !== undefined) times.set(id, new Date(commit.time * 1000));
    }
    return times;
  });
}

/**
 * The best common ancestor. In a shallow clone the one that is found is a common ancestor for certain; when none is
 * found, nobody can know.
 */
export async function mergeBase(
  context: GitContext,
  one: ObjectId,
  other: ObjectId,
): Promise<Result<MergeBase, GitFailure>> {
  const output = await context.system.run(['merge-base', '--', one, other]);
  if (output?.exitCode === 0)
    return success({ kind: 'found', commit: output.stdout.toString('latin1').trim() });
  const found =
    output?.exitCode === 1
      ? success(undefined)
      : await withHistory(context, (read) => paintDown(read, one, other));
  if (!found.ok) return failed(found.failure);
  if (found.value !== undefined) return success({ kind: 'found', commit: found.value });
  if (!(await isShallow(context.folders))) return success({ kind: 'none' });
  return success({
    kind: 'unknown',
    because:
      'this is a shallow clone, and the common ancestor is below its depth (git fetch --unshallow gets it)',
  });
}

const ofOne = 1;
const ofOther = 2;
const stale = 4;
const both = ofOne | ofOther;

/**
 * Walks from both commits to older ones and marks what each reaches. The newest commit that both reach, and that no
 * other such commit reaches, is the answer. The same method as Git's own `paint_down_to_common`.
 */
async function paintDown(read: ReadCommit, one: ObjectId, other: ObjectId): Promise<ObjectId | undefined> {
  const marks = new Map<ObjectId, number>();
  const found: Commit[] = [];
  const queue: Commit[] = [];
  const paint = async (id: ObjectId, mark: number): Promise<void> => {
    const before = marks.get(id) ?? 0;
    if ((before & mark) === mark) return;
    marks.set(id, before | mark);
    insertByTime(queue, await read(id));
  };
  await paint(one, ofOne);
  await paint(other, ofOther);
  while (queue.some((commit) => (marks.get(commit.id)! & stale) === 0)) {
    const next = queue.shift()!;
    let mark = marks.get(next.id)!;
    if ((mark & both) === both) {
      if ((mark & stale) === 0 && !found.includes(next)) found.push(next);
      mark |= stale;
    }
    for (const parent of next.parents) await paint(parent, mark);
  }
  return found.find((commit) => (marks.get(commit.id)! & stale) === 0)?.id;
}

async function withHistory<T>(
  context: GitContext,
  walk: (read: ReadCommit) => Promise<T>,
): Promise<Result<T, GitFailure>> {
  const shallow = await shallowCommits(context.folders);
  return await withLibrary(context, 'A commit of the history', ({ git, where }) => {
    const known = new Map<ObjectId, Commit>();
    return walk(async (id) => {
      const cached = known.get(id);
      if (cached !== undefined) return cached;
      const { commit } = await git.readCommit({ ...where, oid: id });
      const parents = shallow.has(id) ? [] : commit.parent;
      const read = { id, parents, time: commit.committer.timestamp };
      known.set(id, read);
      return read;
    });
  });
}

/** Commits whose parents were left out of this clone. */
async function shallowCommits(folders: RepositoryFolders): Promise<ReadonlySet<ObjectId>> {
  const text = await readFile(join(folders.commonFolder, 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}

function insertByTime(queue: Commit[], commit: Commit): void {
  let at = queue.length;
  while (at > 0 && queue[at - 1]!.time < commit.time) at--;
  queue.splice(at, 0, commit);
}
