import type { Node, YAMLSeq } from 'yaml';
import { isScalar, Scalar } from 'yaml';

/**
 * A shortcut for long lists of paths: parsing 10,000 of them takes most of the time of reading a file.
 *
 * Consecutive lines `- some/path` of one indentation say the same wherever YAML sees a list in the first of them.
 * So the parser is shown the first and the last line, and those between are put into the list afterwards. Where the
 * parser saw something else in the first line (such lines can stand in a text), the file is parsed anew as it is.
 */
export interface LongLists {
  /** Without the lines between. */
  readonly text: string;
  /** By the offset of the first item's text, in `text`. */
  readonly runs: ReadonlyMap<number, Run>;
  /** Where something of `text` stands in the original. */
  readonly original: (offset: number) => number;
}

interface Run {
  readonly first: Item;
  readonly between: readonly Item[];
}

export interface Item {
  /** In the original. */
  readonly start: number;
  readonly text: string;
}

/** Fewer lines are not worth it. */
const shortest = 8;

/** A path with a slash: no number, no word with a meaning, and nothing that YAML gives a meaning to. */
const line = /^( *)- +([A-Za-z0-9_.][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_.-]+)+)$/;

export function withoutLongLists(text: string): LongLists {
  const runs = new Map<number, Run>();
  const parts: string[] = [];
  const cuts: Cut[] = [];
  let removed = 0;
  let kept = 0;
  let run: Item[] = [];
  let indent = -1;
  const close = (): void => {
    if (run.length >= shortest) {
      const first = run[0]!;
      const end = first.start + first.text.length;
      const last = text.lastIndexOf('\n', run.at(-1)!.start);
      parts.push(text.slice(kept, end));
      kept = last;
      runs.set(first.start - removed, { first, between: run.slice(1, -1) });
      cuts.push({ at: end - removed, removed: removed + last - end });
      removed += last - end;
    }
    run = [];
  };
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const match = text.startsWith('- ', firstCharacter(text, at, end))
      ? line.exec(text.slice(at, end))
      : null;
    if (match === null || match[1]!.length !== indent) close();
    if (match !== null) {
      indent = match[1]!.length;
      run.push({ start: end - match[2]!.length, text: match[2]! });
    }
    at = end + 1;
  }
  close();
  return {
    text: parts.join('') + text.slice(kept),
    runs,
    original: (offset) => offset + removedBefore(cuts, offset),
  };
}

/** From an offset on, so many characters of the original are left out before it. */
interface Cut {
  readonly at: number;
  readonly removed: number;
}

function removedBefore(cuts: readonly Cut[], offset: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // The end of the first line is before the cut, the line break after it behind.
    if (cuts[middle]!.at < offset) low = middle + 1;
    else high = middle;
  }
  return cuts[low - 1]?.removed ?? 0;
}

function firstCharacter(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  return at;
}

/** What stands in a list: nodes of the parser, and lines that it was not shown. */
export interface FilledList {
  readonly items: readonly (Node | Item)[];
  /** How many runs of lines found their place. */
  readonly runs: number;
}

/** Puts the lines back into a list; `undefined` when none belongs there. */
export function filledList(list: YAMLSeq, runs: LongLists['runs']): FilledList | undefined {
  if (runs.size === 0 || list.flow === true) return undefined;
  let found = 0;
  const items: (Node | Item)[] = [];
  for (const item of list.items as Node[]) {
    items.push(item);
    const run = isScalar(item) && item.range ? runs.get(item.range[0]) : undefined;
    if (run === undefined || !isScalar(item) || item.value !== run.first.text) continue;
    if (item.range![1] - item.range![0] !== run.first.text.length || item.anchor !== undefined) continue;
    found++;
    for (const line of run.between) items.push(line);
  }
  return found === 0 ? undefined : { items, runs: found };
}

/** A line that the parser was not shown, as a node. Its range is of the original. */
export class LineOfList extends Scalar<string> {
  constructor({ start, text }: Item) {
    super(text);
    const end = start + text.length;
    this.range = [start, end, end];
    this.source = text;
  }
}
