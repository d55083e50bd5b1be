import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { RepositoryFolders } from './discover.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed, refLocked, refNameInvalid, refNameTaken } from './failures.ts';
import type { RefLock } from './lock.ts';
import { lockRef } from './lock.ts';
import { objectTypes } from './objects.ts';
import { deleteRefs, refInTheWay, replaceRef } from './ref-files.ts';
import { isRefName, readRef } from './refs.ts';
import type { RefAnswer, RefUpdate } from './remote.ts';

const patienceMs = 30_000;
const done: RefAnswer = { kind: 'done' };

/** One transaction of the command where it is there; else under Git's own locks of all the refs, in sorted order. */
export async function updateRefs(
  context: GitContext,
  updates: readonly RefUpdate[],
): Promise<Result<RefAnswer, GitFailure>> {
  const wrong = updates.find((update) => !isRefName(update.ref));
  if (wrong !== undefined) return failed(refNameInvalid(wrong.ref));
  if (new Set(updates.map((update) => update.ref)).size < updates.length) {
    throw new Error('One ref stands twice in one update');
  }
  if (updates.length === 0) return success(done);
  try {
    const output = await context.system.run(
      ['-c', 'core.filesRefLockTimeout=1000', 'update-ref', '--no-deref', '-z', '--stdin'],
      transaction(updates),
    );
    if (output?.exitCode === 0) return success(done);
    const lost = await otherThanBefore(context.folders, updates);
    if (lost.length > 0) return success({ kind: 'lost', refs: lost });
    // No command, or a lock that a killed process left, or a name in the way: this way waits, clears, and says so.
    return await underLocks(context, updates);
  } catch (error) {
    return failed(gitIoFailed('move the refs', error));
  }
}

const zero = '0'.repeat(40);

function transaction(updates: readonly RefUpdate[]): string {
  const commands = updates.map(({ ref, before, after }) => {
    if (before === after) return `verify ${ref}\0${before ?? zero}\0`;
    if (after === undefined) return `delete ${ref}\0${before!}\0`;
    return `update ${ref}\0${after}\0${before ?? zero}\0`;
  });
  return ['start\0', ...commands, 'prepare\0', 'commit\0'].join('');
}

async function otherThanBefore(
  folders: RepositoryFolders,
  updates: readonly RefUpdate[],
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { ref, before } of updates) if ((await readRef(folders, ref)) !== before) lost.push(ref);
  return lost;
}

async function underLocks(
  context: GitContext,
  updates: readonly RefUpdate[],
): Promise<Result<RefAnswer, GitFailure>> {
  const { folders } = context;
  const sorted = [...updates].sort((a, b) => (a.ref < b.ref ? -1 : 1));
  const there = await objectTypes(
    context,
    sorted.flatMap((update) => update.after ?? []),
  );
  if (!there.ok) return there;
  for (const { ref, after } of sorted) {
    const taken = after === undefined ? undefined : await refInTheWay(folders, ref);
    if (taken !== undefined) return failed(refNameTaken(ref, taken));
  }
  const locks: RefLock[] = [];
  try {
    for (const { ref } of sorted) {
      const file = join(folders.commonFolder, ref);
      await mkdir(dirname(file), { recursive: true });
      const lock = await lockRef(`${file}.lock`, patienceMs);
      if (lock === undefined) return failed(refLocked(ref, `${file}.lock`));
      locks.push(lock);
    }
    const lost = await otherThanBefore(folders, sorted);
    if (lost.length > 0) return success({ kind: 'lost', refs: lost });
    const gone = sorted.filter((update) => update.after === undefined).map((update) => update.ref);
    if (gone.length > 0 && !(await deleteRefs(folders, gone, patienceMs))) {
      return failed(refLocked('packed-refs', join(folders.commonFolder, 'packed-refs.lock')));
    }
    for (const { ref, before, after } of sorted) {
      if (after !== undefined && after !== before) {
        await replaceRef(join(folders.commonFolder, ref), after);
      }
    }
    return success(done);
  } finally {
    for (const lock of locks) await lock[Symbol.asyncDispose]();
  }
}
