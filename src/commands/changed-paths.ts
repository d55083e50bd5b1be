import type { ObjectId, Repository } from '../git/index.ts';

/**
 * Paths of the files that differ between the commit that is checked out and where it left a base: a branch, a tag, or a
 * commit. `undefined` when this clone cannot tell.
 */
export async function changedPaths(
  repository: Repository,
  base: string,
): Promise<readonly string[] | undefined> {
  const head = await repository.head();
  const other = await repository.resolve(base);
  if (!head.ok || !other.ok || head.value.commit === undefined || other.value === undefined) return undefined;
  const left = await repository.mergeBase(head.value.commit, other.value);
  if (!left.ok || left.value.kind !== 'found') return undefined;
  const before = await filesAt(repository, left.value.commit);
  const after = await filesAt(repository, head.value.commit);
  if (before === undefined || after === undefined) return undefined;
  const changed = [...after].filter(([path, file]) => before.get(path) !== file).map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...gone].sort();
}

async function filesAt(
  repository: Repository,
  commit: ObjectId,
): Promise<ReadonlyMap<string, string> | undefined> {
  const files = await repository.filesOfCommit(commit);
  return files.ok ? new Map(files.value.map(({ path, kind, id }) => [path, `${kind} ${id}`])) : undefined;
}
