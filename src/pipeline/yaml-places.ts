import type { Node, Pair } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Place } from '../base/index.ts';
import type { Span } from './expression-parse.ts';
import type { PlacePath } from './pipeline.ts';
import type { SourceText } from './source.ts';
import type { FilledList } from './yaml-lists.ts';
import { LineOfList } from './yaml-lists.ts';

/** Where the values of a YAML file stand, by their path. */
export interface YamlPlaces {
  /** Of the value; of its key when the value is empty; of the nearest value around it when it is not there. */
  place(path: PlacePath): Place;
  /** Of the key that holds the value; of the value itself when it has none. */
  keyPlace(path: PlacePath): Place;
  /** Of a part of a text, by its offset in the text after YAML has unfolded it. */
  placeIn(path: PlacePath, span: Span): Place;
}

type Child = { readonly key?: Node; readonly value: Node | null };

/** The nodes of a document, as the `yaml` package made them. */
export class YamlTree implements YamlPlaces {
  /** What each alias stands for. */
  readonly aliases: Map<Node, Node> = new Map();
  /** Lists with lines that the parser was not shown. */
  readonly lists: Map<Node, FilledList['items']> = new Map();
  readonly #source: SourceText;
  readonly #root: Node | null;
  readonly #original: (offset: number) => number;
  readonly #children = new WeakMap<Node, ReadonlyMap<string, Child>>();

  /** `original` is where an offset of the parsed text stands in the source. */
  constructor(
    source: SourceText,
    root: Node | null,
    original: (offset: number) => number = (offset) => offset,
  ) {
    this.#original = original;
    this.#source = source;
    this.#root = root;
  }

  place(path: PlacePath): Place {
    const found = this.#find(path);
    if (found.missing && found.key !== undefined) return this.placeOf(found.key);
    if (found.missing && isMap(found.value))
      return this.placeOf((found.value.items[0] as Pair<Node> | undefined)?.key ?? null);
    return isEmpty(found.value) && found.key !== undefined
      ? this.placeOf(found.key)
      : this.placeOf(found.value);
  }

  keyPlace(path: PlacePath): Place {
    const found = this.#find(path);
    return this.placeOf(found.key ?? found.value);
  }

  placeIn(path: PlacePath, span: Span): Place {
    const { value: node, missing } = this.#find(path);
    const range = this.#rangeOf(node);
    if (missing || !isScalar(node) || typeof node.value !== 'string' || !range) return this.place(path);
    const [start, end] = range;
    const raw = this.#source.text.slice(start, end);
    const words = node.value.slice(span.offset, span.offset + span.length);
    if (words.trim() === '') {
      const before = node.value.slice(0, span.offset);
      const offset = raw.lastIndexOf(before.slice(-8)) + Math.min(8, before.length);
      return before === '' ? this.place(path) : this.#source.place(start + offset, start + offset + 1);
    }
    const offset = nthIndexOf(raw, words, occurrencesBefore(node.value, words, span.offset));
    return offset < 0 ? this.place(path) : this.#source.place(start + offset, start + offset + words.length);
  }

  placeOf(node: Node | null): Place {
    const range = this.#rangeOf(node);
    return range ? this.#source.place(range[0], range[1]) : this.#source.place(0, 1);
  }

  #rangeOf(node: Node | null): readonly [number, number] | undefined {
    if (!node?.range) return undefined;
    const [start, end] = node.range;
    return node instanceof LineOfList ? [start, end] : [this.#original(start), this.#original(end)];
  }

  /** The text of a pair's key. */
  keyOf(pair: Pair): string | undefined {
    const key = pair.key as { value?: unknown; source?: string } | null;
    if (!isScalar(key)) return undefined;
    return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  }

  #find(path: PlacePath): { key?: Node; value: Node | null; missing: boolean } {
    let at: Child = { value: this.#root };
    for (const segment of path) {
      const node = isAlias(at.value) ? (this.aliases.get(at.value) ?? at.value) : at.value;
      const child = this.#child(node, segment);
      if (child === undefined) return { ...at, missing: true };
      at = child;
    }
    return { ...at, missing: false };
  }

  #child(node: Node | null, segment: string | number): Child | undefined {
    if (isSeq(node)) {
      const items = this.lists.get(node) ?? (node.items as Node[]);
      const value = items[Number(segment)];
      if (value === undefined) return undefined;
      return { value: isNode(value) ? value : new LineOfList(value) };
    }
    if (!isMap(node)) return undefined;
    let children = this.#children.get(node);
    if (children === undefined) {
      const made = new Map<string, Child>();
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        const key = this.keyOf(pair);
        if (key !== undefined && !made.has(key)) made.set(key, { key: pair.key, value: pair.value });
      }
      children = made;
      this.#children.set(node, children);
    }
    return children.get(String(segment));
  }
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range !== undefined && node.range?.[0] === node.range?.[1]);
}

function occurrencesBefore(text: string, words: string, offset: number): number {
  let count = 0;
  for (let i = text.indexOf(words); i >= 0 && i < offset; i = text.indexOf(words, i + 1)) count++;
  return count;
}

function nthIndexOf(text: string, words: string, n: number): number {
  let at = text.indexOf(words);
  for (let i = 0; i < n && at >= 0; i++) at = text.indexOf(words, at + 1);
  return at;
}
