import type { TreeEntry } from 'isomorphic-git';
import type { Library } from '../library.ts';
import type { ObjectId } from '../object-id.ts';

export interface SendRequest {
  /** What the remote's refs will point to. */
  readonly tips: readonly ObjectId[];
  /** What they point to now; those that are not here are passed over. */
  readonly known: readonly ObjectId[];
  /** Commits here whose parents are not. */
  readonly shallow: ReadonlySet<ObjectId>;
}

interface Commit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly time: number;
}

/**
 * The objects that tips lead to and that the remote has not: tags, commits that none of its refs reaches, and of
 * their trees what differs from those of their parents. Some that it has may be among them, when clocks were wrong.
 */
export async function objectsToSend(library: Library, request: SendRequest): Promise<readonly ObjectId[]> {
  const { git, where } = library;
  const known = new Set(request.known);
  const sent = new Set<ObjectId>();
  const commits: ObjectId[] = [];
  const trees: ObjectId[] = [];
  for (const tip of request.tips) {
    for (let id = tip; !known.has(id) && !sent.has(id); ) {
      const { type, object } = await git.readObject({ ...where, oid: id, format: 'content' });
      if (type === 'tag') {
        sent.add(id);
        id = /^object ([0-9a-f]{40})$/m.exec(Buffer.from(object as Uint8Array).toString('latin1'))![1]!;
        continue;
      }
      if (type === 'commit') commits.push(id);
      else if (type === 'tree') trees.push(id);
      else sent.add(id);
      break;
    }
  }
  for (const id of trees) await addTree(library, id, [], sent);
  for (const commit of await unknownCommits(library, commits, request)) {
    sent.add(commit.id);
    const bases: ObjectId[] = [];
    for (const parent of commit.parents) {
      const base = await readCommit(library, parent, request.shallow).catch(() => undefined);
      if (base !== undefined) bases.push(base.tree);
    }
    if (!bases.includes(commit.tree)) await addTree(library, commit.tree, bases, sent);
  }
  return [...sent];
}

/** Walks from both sides to older commits until every one left is the remote's. */
async function unknownCommits(
  library: Library,
  tips: readonly ObjectId[],
  request: SendRequest,
): Promise<readonly Commit[]> {
  if (tips.length === 0) return [];
  const queue: Commit[] = [];
  const theirs = new Set<ObjectId>();
  const seen = new Map<ObjectId, Commit>();
  const add = async (id: ObjectId, isTheirs: boolean): Promise<void> => {
    const before = seen.get(id);
    if (before !== undefined && (!isTheirs || theirs.has(id))) return;
    const commit = before ?? (await readCommit(library, id, request.shallow));
    if (isTheirs) theirs.add(id);
    seen.set(id, commit);
    let at = queue.length;
    while (at > 0 && queue[at - 1]!.time < commit.time) at--;
    queue.splice(at, 0, commit);
  };
  for (const id of request.known) await add(id, true).catch(() => undefined);
  for (const id of tips) await add(id, false);
  while (queue.some((commit) => !theirs.has(commit.id))) {
    const next = queue.shift()!;
    for (const parent of next.parents) await add(parent, theirs.has(next.id));
  }
  return [...seen.values()].filter((commit) => !theirs.has(commit.id));
}

async function readCommit(
  { git, where }: Library,
  id: ObjectId,
  shallow: ReadonlySet<ObjectId>,
): Promise<Commit> {
  const { oid, commit } = await git.readCommit({ ...where, oid: id });
  if (oid !== id) throw new Error(`${id} is no commit`);
  const { tree, parent, committer } = commit;
  return { id, tree, parents: shallow.has(id) ? [] : parent, time: committer.timestamp };
}

async function addTree(
  library: Library,
  id: ObjectId,
  bases: readonly ObjectId[],
  sent: Set<ObjectId>,
): Promise<void> {
  if (sent.has(id)) return;
  sent.add(id);
  const { git, where } = library;
  const old: ReadonlyMap<string, TreeEntry>[] = [];
  for (const base of bases) {
    const { tree } = await git.readTree({ ...where, oid: base });
    old.push(new Map(tree.map((entry) => [entry.path, entry])));
  }
  const { tree } = await git.readTree({ ...where, oid: id });
  for (const entry of tree) {
    const before = old.flatMap((entries) => entries.get(entry.path) ?? []);
    if (entry.type === 'commit' || before.some((each) => each.oid === entry.oid)) continue;
    const below = before.filter((each) => each.type === 'tree').map((each) => each.oid);
    if (entry.type === 'tree') await addTree(library, entry.oid, below, sent);
    else sent.add(entry.oid);
  }
}
