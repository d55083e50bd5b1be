import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { GitFailure, NewFile, Repository, TreeFile } from '../../git/index.ts';

/** Files of the local branch that the remote's did not have when it was last looked at, with their bytes. */
export async function addedFiles(options: {
  readonly repository: Repository;
  readonly branch: string;
  readonly remoteName: string;
}): Promise<Result<readonly NewFile[], GitFailure>> {
  const { repository, branch, remoteName } = options;
  const [local, tracking] = [`refs/heads/${branch}`, `refs/remotes/${remoteName}/${branch}`];
  const ours = await filesOf(repository, local);
  if (!ours.ok) return ours;
  const theirs = await filesOf(repository, tracking);
  if (!theirs.ok) return theirs;
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
