import type { Repository } from '../../git/index.ts';

/** The default branch as far as a clone knows it; else the branch that is checked out. */
export async function defaultBranchOf(repository: Repository): Promise<string | undefined> {
  const known = await repository.defaultBranch();
  const head = await repository.head();
  return (known.ok ? known.value?.name : undefined) ?? (head.ok ? head.value.branch : undefined);
}

/**
 * The default branch where it is sure enough to call workflows mistaken that do not hear it: the remote told it, or none
 * of the branches that they hear is there. `undefined` where it is not.
 */
export async function sureDefaultBranch(
  repository: Repository,
  heard: readonly string[],
): Promise<string | undefined> {
  const known = await repository.defaultBranch();
  const head = await repository.head();
  if (!known.ok || !head.ok) return undefined;
  if (known.value === undefined) return head.value.commit === undefined ? head.value.branch : undefined;
  const isThere = async (revision: string): Promise<boolean> => {
    const commit = await repository.resolve(revision);
    return commit.ok && commit.value !== undefined;
  };
  if (await isThere('refs/remotes/origin/HEAD')) return known.value.name;
  for (const branch of heard) {
    if (branch === known.value.name) return branch;
    if ((await isThere(`refs/heads/${branch}`)) || (await isThere(`refs/remotes/origin/${branch}`)))
      return undefined;
  }
  return known.value.name;
}
