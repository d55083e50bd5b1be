import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitFailure, NewFile, Repository, TreeFile } from '../../git/index.ts';
import type { SyncFailure } from './failures.ts';
import { removedHere } from './failures.ts';

/**
 * Files of the local branch that the remote's did not have when it was last looked at, with their bytes. What was taken
 * away here since then needs a push over Git: a way that only adds would leave it in two places.
 */
export async function addedFiles(options: {
  readonly repository: Repository;
  readonly branch: string;
  readonly remoteName: string;
}): Promise<Result<readonly NewFile[], SyncFailure>> {
  const { repository, branch, remoteName } = options;
  const [local, tracking] = [`refs/heads/${branch}`, `refs/remotes/${remoteName}/${branch}`];
  const ours = await filesOf(repository, local);
  if (!ours.ok) return ours;
  const theirs = await filesOf(repository, tracking);
  if (!theirs.ok) return theirs;
  const here = new Set(ours.value.map(({ path }) => path));
  const gone = await removedSince(repository, local, tracking, theirs.value, here);
  if (!gone.ok) return gone;
  if (gone.value.length > 0) return failed(removedHere(branch, gone.value));
  const there = new Set(theirs.value.map(({ path }) => path));
  const added = ours.value.filter(({ path }) => !there.has(path));
  const contents = await repository.readFiles(added);
  if (!contents.ok) return contents;
  return success(added.map(({ path }, i) => ({ path, bytes: contents.value[i]! })));
}

async function filesOf(
  repository: Repository,
  ref: string,
): Promise<Result<readonly TreeFile[], GitFailure>> {
  const refs = await repository.listRefs(ref);
  if (!refs.ok) return refs;
  const commit = refs.value.find(({ name }) => name === ref)?.id;
  return commit === undefined ? success([]) : await repository.listFiles(commit, '');
}

/** Of the files that both sides once had, those that are gone here; none before the two first met. */
async function removedSince(
  repository: Repository,
  local: string,
  tracking: string,
  theirs: readonly TreeFile[],
  here: ReadonlySet<string>,
): Promise<Result<readonly string[], GitFailure>> {
  const [ours, seen] = [await repository.resolve(local), await repository.resolve(tracking)];
  if (!ours.ok) return ours;
  if (!seen.ok) return seen;
  if (ours.value === undefined || seen.value === undefined) return success([]);
  const base = await repository.mergeBase(ours.value, seen.value);
  if (!base.ok) return base;
  if (base.value.kind !== 'found') return success([]);
  const before = await repository.listFiles(base.value.commit, '');
  if (!before.ok) return before;
  const there = new Set(theirs.map(({ path }) => path));
  return success(before.value.map(({ path }) => path).filter((path) => there.has(path) && !here.has(path)));
}
