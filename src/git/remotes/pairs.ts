import type { RepositoryFolders } from '../discover.ts';
import { listRefs } from '../refs.ts';
import type { FetchedRef, Ref } from '../remote.ts';

export interface FetchedPair {
  readonly ref: Ref;
  /** The ref here that comes to point at it. */
  readonly to: string;
}

/** What each wish stands for, of the refs that the remote has. A name without star is meant in full. */
export function pairsToFetch(
  wishes: readonly FetchedRef[],
  there: readonly Ref[],
): readonly { readonly wish: FetchedRef; readonly refs: readonly FetchedPair[] }[] {
  return wishes.map((wish) => {
    const [start, end] = wish.from.split('*') as [string, string?];
    if (end === undefined) {
      const ref = there.find((each) => each.name === start);
      return { wish, refs: ref === undefined ? [] : [{ ref, to: wish.to }] };
    }
    const refs = there
      .filter(
        ({ name }) =>
          name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end),
      )
      .map((ref) => {
        const middle = ref.name.slice(start.length, ref.name.length - end.length);
        // A function, since "$&" in a name must stay what it is.
        return { ref, to: wish.to.replace('*', () => middle) };
      });
    return { wish, refs };
  });
}

/** Those that point elsewhere here, or nowhere. */
export async function movedRefs(
  folders: RepositoryFolders,
  pairs: readonly FetchedPair[],
): Promise<readonly FetchedPair[]> {
  const here = new Map<string, string>();
  for (const prefix of new Set(pairs.map(({ to }) => to.slice(0, to.indexOf('/', 'refs/'.length) + 1)))) {
    for (const { name, id } of await listRefs(folders, prefix)) here.set(name, id);
  }
  return pairs.filter(({ ref, to }) => here.get(to) !== ref.id);
}
