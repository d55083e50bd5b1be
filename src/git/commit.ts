import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { authorOf } from './author.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { branchLocked, branchNameInvalid, branchNameTaken, gitIoFailed, pathInvalid } from './failures.ts';
import { lockRef } from './lock.ts';
import type { ObjectId } from './object-id.ts';
import { refInTheWay, replaceRef } from './ref-files.ts';
import { isBranchName } from './refs.ts';
import type { CommitOptions, DraftCommit, NewCommit, NewFile, Person, TreeFile } from './repository.ts';
import { branchTip } from './revisions.ts';
import { writeTree } from './tree.ts';

const patienceMs = 120_000;

/**
 * Objects are written first and lead nowhere until the branch moves, in one rename under Git's own lock of the ref:
 * whoever is killed at any moment leaves the branch as it was or as it should be. When the branch moved meanwhile,
 * the commit is made again on top of the new tip.
 */
export async function commitFiles(
  context: GitContext,
  branch: string,
  files: readonly NewFile[],
  options: CommitOptions,
): Promise<Result<NewCommit, GitFailure>> {
  if (!isBranchName(branch)) return failed(branchNameInvalid(branch));
  for (const { path } of files) if (!isTreePath(path)) return failed(pathInvalid(path));
  try {
    const author = options.author ?? (await authorOf(context));
    const { message, time, onlyNew = false } = options;
    const make = (parent: ObjectId | undefined): Promise<Result<ObjectId, GitFailure>> =>
      commitTree(context, { branch, parent, files, message, time, author, onlyNew });
    const expected = await branchTip(context.folders, branch);
    const first = await make(expected);
    if (!first.ok) return first;
    const moved = await moveBranch(context, branch, async (tip) =>
      tip === expected ? first : await make(tip),
    );
    return moved.ok ? success({ commit: moved.value, author }) : moved;
  } catch (error) {
    return failed(gitIoFailed(`commit to the branch ${branch}`, error));
  }
}

/** Only objects, which no ref leads to yet: for whoever moves the ref, here or there, by compare-and-swap. */
export async function writeCommit(
  context: GitContext,
  draft: DraftCommit,
): Promise<Result<ObjectId, GitFailure>> {
  const { parent, add = [], remove = [], message, time } = draft;
  for (const path of [...add.map((file) => file.path), ...remove]) {
    if (!isTreePath(path)) return failed(pathInvalid(path));
  }
  try {
    const author = draft.author ?? (await authorOf(context));
    const branch = 'to come';
    return await commitTree(context, {
      branch,
      parent,
      files: add,
      remove,
      message,
      time,
      author,
      onlyNew: false,
    });
  } catch (error) {
    return failed(gitIoFailed('write a commit', error));
  }
}

interface CommitRequest {
  readonly branch: string;
  readonly parent: ObjectId | undefined;
  readonly files: readonly (NewFile | TreeFile)[];
  readonly remove?: readonly string[];
  readonly message: string;
  readonly time: Date;
  readonly author: Person;
  readonly onlyNew: boolean;
}

async function commitTree(
  context: GitContext,
  request: CommitRequest,
): Promise<Result<ObjectId, GitFailure>> {
  const tree = await writeTree(context, request);
  if (!tree.ok) return tree;
  const { git, where } = await context.library();
  const timestamp = Math.floor(request.time.getTime() / 1000);
  const stamp = { ...request.author, timestamp, timezoneOffset: 0 };
  const parent = request.parent === undefined ? [] : [request.parent];
  const message = request.message.endsWith('\n') ? request.message : `${request.message}\n`;
  const commit = { tree: tree.value, parent, author: stamp, committer: stamp, message };
  return success(await git.writeCommit({ ...where, commit }));
}

/** Under the lock: reads the tip, has the next commit made, and moves the branch to it. */
async function moveBranch(
  context: GitContext,
  branch: string,
  next: (tip: ObjectId | undefined) => Promise<Result<ObjectId, GitFailure>>,
): Promise<Result<ObjectId, GitFailure>> {
  const ref = `refs/heads/${branch}`;
  const file = join(context.folders.commonFolder, ref);
  const taken = await refInTheWay(context.folders, ref);
  if (taken !== undefined) return failed(branchNameTaken(branch, taken.slice('refs/heads/'.length)));
  for (;;) {
    await mkdir(dirname(file), { recursive: true });
    await using lock = await lockRef(`${file}.lock`, patienceMs);
    if (lock === undefined) return failed(branchLocked(branch, `${file}.lock`));
    const commit = await next(await branchTip(context.folders, branch));
    if (!commit.ok) return commit;
    if (!(await lock.isHeld())) continue;
    await replaceRef(file, commit.value);
    return commit;
  }
}

function isTreePath(path: string): boolean {
  if (path === '' || path.includes('\0') || path.includes('\\')) return false;
  return path.split('/').every((part) => !['', '.', '..'].includes(part) && part.toLowerCase() !== '.git');
}
