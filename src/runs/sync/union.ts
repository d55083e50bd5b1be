import type { ObjectId, TreeFile } from '../../git/index.ts';

/** What has to happen to the remote's files so that they hold what both sides know. */
export interface Union {
  /** Added here since the two were last the same. */
  readonly add: readonly TreeFile[];
  /** Removed here since then. */
  readonly remove: readonly string[];
  /** Paths that hold other bytes there and here: a record never changes, so one of the two is wrong. */
  readonly clashes: readonly string[];
}

/**
 * The three-way union by path: theirs, with what we added to the base, without what we removed from it. What they
 * removed stays removed, what they added stays.
 */
export function unite(sides: {
  readonly base: readonly TreeFile[];
  readonly ours: readonly TreeFile[];
  readonly theirs: readonly TreeFile[];
}): Union {
  const base = byPath(sides.base);
  const ours = byPath(sides.ours);
  const theirs = byPath(sides.theirs);
  const add: TreeFile[] = [];
  const clashes: string[] = [];
  for (const file of sides.ours) {
    const before = base.get(file.path);
    if (before === file.blob) continue;
    const there = theirs.get(file.path);
    if (there === file.blob) continue;
    if (there !== undefined || before !== undefined) clashes.push(file.path);
    else add.push(file);
  }
  const remove = sides.base
    .filter(({ path, blob }) => !ours.has(path) && theirs.get(path) === blob)
    .map(({ path }) => path);
  return { add, remove, clashes };
}

function byPath(files: readonly TreeFile[]): ReadonlyMap<string, ObjectId> {
  return new Map(files.map(({ path, blob }) => [path, blob]));
}
