import type { ObjectId } from '../../git/index.ts';

/** An event's place in the order, as it says itself. */
export interface Link {
  readonly tag: string;
  readonly id: ObjectId;
  readonly after: ObjectId | null;
  readonly counter?: number;
}

export interface Chain<L extends Link> {
  /** From the first to the last. */
  readonly links: readonly L[];
  /** What is in no chain. */
  readonly outside: readonly L[];
  readonly problems: readonly { readonly tag: string; readonly problem: string }[];
}

/**
 * Puts events into the order in which each names the one before it, from the last one back. Where the last one is not
 * known, the longest chain counts. Where a tag was deleted, the chain has a gap: that is told, and what can only have
 * been before the gap (by its counters) is put before it. Whatever is in no chain is told and left out.
 *
 * The answer does not depend on the order of the links given.
 */
export function chainOf<L extends Link>(given: readonly L[], last: ObjectId | undefined): Chain<L> {
  const problems: { tag: string; problem: string }[] = [];
  const links = new Map<ObjectId, L>();
  for (const link of given.toSorted(byTag)) {
    if (links.has(link.id)) problems.push({ tag: link.tag, problem: 'it is the tag object of another tag' });
    else links.set(link.id, link);
  }
  const depths = depthsOf(links);
  let segment: readonly L[];
  if (last !== undefined && links.has(last)) segment = walkBack(links, links.get(last)!);
  else {
    segment = bestEnd(links, depths);
    const end = segment.at(-1);
    if (last !== undefined && end !== undefined) {
      problems.push({
        tag: end.tag,
        problem: `it is not the last event: the tag of the last one (tag object ${short(last)}) was deleted, or is not in this clone`,
      });
    }
  }
  const whole: L[] = [];
  const inChain = new Set<ObjectId>();
  while (segment.length > 0) {
    whole.unshift(...segment);
    for (const link of segment) inChain.add(link.id);
    const first = segment[0]!;
    if (first.after === null) break;
    problems.push({
      tag: first.tag,
      problem: `the event before it (tag object ${short(first.after)}) is missing: its tag was deleted, or is not in this clone`,
    });
    segment = beforeTheGap(links, depths, inChain, whole);
  }
  const outside = [...links.values()].filter(({ id }) => !inChain.has(id));
  for (const link of outside) problems.push({ tag: link.tag, problem: whyOutside(link, inChain, links) });
  return { links: whole, outside, problems };
}

/** The links from the oldest that can be reached to this one. */
function walkBack<L extends Link>(
  links: ReadonlyMap<ObjectId, L>,
  end: L,
  until?: ReadonlySet<ObjectId>,
): readonly L[] {
  const segment: L[] = [];
  const seen = new Set<ObjectId>();
  let at: L | undefined = end;
  while (at !== undefined && !seen.has(at.id) && until?.has(at.id) !== true) {
    seen.add(at.id);
    segment.push(at);
    at = at.after === null ? undefined : links.get(at.after);
  }
  return segment.reverse();
}

interface Depth {
  readonly length: number;
  /** It leads to a first event, without a gap. */
  readonly rooted: boolean;
}

function depthsOf(links: ReadonlyMap<ObjectId, Link>): ReadonlyMap<ObjectId, Depth> {
  const depths = new Map<ObjectId, Depth>();
  for (const start of links.values()) {
    const open: Link[] = [];
    const seen = new Set<ObjectId>();
    let at: Link | undefined = start;
    while (at !== undefined && !depths.has(at.id) && !seen.has(at.id)) {
      seen.add(at.id);
      open.push(at);
      at = at.after === null ? undefined : links.get(at.after);
    }
    // A circle cannot be made of real tags, whose ids are hashes; it counts as a gap.
    let depth = (at === undefined ? undefined : depths.get(at.id)) ?? {
      length: 0,
      rooted: open.at(-1)?.after === null,
    };
    for (const link of open.reverse()) {
      depth = { length: depth.length + 1, rooted: depth.rooted };
      depths.set(link.id, depth);
    }
  }
  return depths;
}

function bestEnd<L extends Link>(
  links: ReadonlyMap<ObjectId, L>,
  depths: ReadonlyMap<ObjectId, Depth>,
): readonly L[] {
  const ends = [...links.values()].sort((a, b) => {
    const [x, y] = [depths.get(a.id)!, depths.get(b.id)!];
    return Number(y.rooted) - Number(x.rooted) || y.length - x.length || byTag(a, b);
  });
  return ends[0] === undefined ? [] : walkBack(links, ends[0]);
}

/** The piece whose counters come next below those of the chain so far. */
function beforeTheGap<L extends Link>(
  links: ReadonlyMap<ObjectId, L>,
  depths: ReadonlyMap<ObjectId, Depth>,
  inChain: ReadonlySet<ObjectId>,
  whole: readonly L[],
): readonly L[] {
  const lowest = whole.find(({ counter }) => counter !== undefined)?.counter ?? Number.POSITIVE_INFINITY;
  const followed = new Set([...links.values()].map(({ after }) => after));
  const pieces = [...links.values()]
    .filter(({ id }) => !inChain.has(id) && !followed.has(id))
    .map((end) => ({ end, piece: walkBack(links, end, inChain) }))
    .map(({ end, piece }) => ({
      end,
      piece,
      highest: Math.max(0, ...piece.flatMap((link) => link.counter ?? [])),
    }))
    // What hangs on an event of the chain comes after it, and not before the gap.
    .filter(({ piece, highest }) => highest < lowest && !inChain.has(piece[0]!.after ?? ''))
    .sort(
      (a, b) =>
        b.highest - a.highest ||
        depths.get(b.end.id)!.length - depths.get(a.end.id)!.length ||
        byTag(a.end, b.end),
    );
  return pieces[0]?.piece ?? [];
}

function whyOutside(link: Link, inChain: ReadonlySet<ObjectId>, links: ReadonlyMap<ObjectId, Link>): string {
  if (link.after !== null && !links.has(link.after)) {
    return `the event that it names as the one before it (tag object ${short(link.after)}) is not among the tags of the model`;
  }
  if (link.after !== null && !inChain.has(link.after)) {
    return 'it follows an event that counts for nothing';
  }
  return link.after === null
    ? 'it says that it is the first event, and another one is'
    : `another event follows ${links.get(link.after)!.tag} already`;
}

function byTag(a: Link, b: Link): number {
  if (a.tag !== b.tag) return a.tag < b.tag ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function short(id: ObjectId): string {
  return id.slice(0, 7);
}
