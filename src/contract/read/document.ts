import { isUtf8 } from 'node:buffer';
import type { Document, Node, ParsedNode } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Place } from '../../base/index.ts';
import { nearest } from '../../base/index.ts';
import type { ContractFailure, ContractFailureCode } from '../failures.ts';
import { mistakeAt } from '../failures.ts';

/** A contract is a page of text; more than this is something else. */
const largestFile = 2 ** 20;
/** Aliases multiply: this many can be followed at any depth that a contract has. */
const mostAliases = 100;
const mostMistakes = 100;

export type YamlNode = ParsedNode | Node | null | undefined;

/** One entry of a map. */
export interface Entry {
  readonly key: string;
  readonly keyNode: YamlNode;
  readonly node: YamlNode;
}

/** A YAML file with the place of everything in it, and the mistakes that were found so far. */
export class ContractDocument {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;
  readonly mistakes: ContractFailure[] = [];
  readonly root: YamlNode;

  constructor(file: string, bytes: Uint8Array) {
    this.#file = file;
    this.#document = this.#parse(bytes);
    this.root = this.#document.contents;
    if (this.mistakes.length === 0 && this.root === null) {
      this.add('contract-shape', null, 'the file is empty', 'Write an ODCS data contract into it.');
    }
  }

  #parse(bytes: Uint8Array): Document {
    const nothing = parseDocument('');
    if (bytes.length > largestFile) {
      const remedy = 'Keep a contract to one table; put examples and documentation elsewhere.';
      this.add('contract-too-large', null, `the file is larger than ${largestFile} bytes`, remedy);
      return nothing;
    }
    if (!isUtf8(bytes)) {
      this.add('contract-not-utf8', null, 'the file is not UTF-8', 'Save the file as UTF-8.');
      return nothing;
    }
    const text = new TextDecoder().decode(bytes);
    let document: Document;
    try {
      document = parseDocument(text, { version: '1.2', lineCounter: this.#lines, stringKeys: true });
    } catch (cause) {
      const message = cause instanceof RangeError ? 'the file nests too deeply' : String(cause);
      this.add('contract-yaml', null, message, 'Write plain YAML.');
      return nothing;
    }
    for (const error of document.errors) {
      const { line, col } = this.#lines.linePos(error.pos[0]);
      const message = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
      this.#push({ line, column: col }, 'contract-yaml', message, 'Correct the YAML.');
    }
    let aliases = 0;
    let depth = 0;
    try {
      visit(document, {
        Alias: () => {
          aliases++;
        },
        Collection: (_, __, path) => {
          depth = Math.max(depth, path.length);
        },
      });
    } catch {
      depth = Number.POSITIVE_INFINITY;
    }
    if (aliases > mostAliases) {
      this.add(
        'contract-yaml',
        null,
        `the file has more than ${mostAliases} aliases`,
        'Write the values out.',
      );
    }
    if (depth > 200) this.add('contract-yaml', null, 'the file nests too deeply', 'Write plain YAML.');
    return document;
  }

  /** What an alias stands for. An alias of an alias is not followed further than a few steps. */
  resolve(node: YamlNode): YamlNode {
    let current = node;
    for (let step = 0; step < 5 && isAlias(current); step++) current = current.resolve(this.#document);
    return isAlias(current) ? null : current;
  }

  place(node: YamlNode): Place {
    const range = node?.range;
    if (range === undefined || range === null) return { file: this.#file };
    const { line, col } = this.#lines.linePos(range[0]);
    const end = this.#lines.linePos(range[1]);
    const length = end.line === line ? end.col - col : 0;
    return { file: this.#file, line, column: col, ...(length > 0 ? { length } : {}) };
  }

  line(node: YamlNode): number {
    return this.place(node).line ?? 1;
  }

  add(code: ContractFailureCode, node: YamlNode, message: string, remedy: string): void {
    const { file: _, ...position } = this.place(node);
    this.#push(position, code, message, remedy);
  }

  #push(position: Omit<Place, 'file'>, code: ContractFailureCode, message: string, remedy: string): void {
    if (this.mistakes.length >= mostMistakes) return;
    this.mistakes.push(mistakeAt({ file: this.#file, ...position }, { code, message, remedy }));
  }

  /** The entries of a map; anything else is a mistake. An absent node has no entries. */
  entries(node: YamlNode, what: string): readonly Entry[] {
    const map = this.resolve(node);
    if (map === undefined || isNothing(map)) return [];
    if (!isMap(map)) {
      this.add(
        'contract-shape',
        node,
        `${what} must be a map of keys and values`,
        'Write `key: value` lines.',
      );
      return [];
    }
    return map.items.map((pair) => {
      const keyNode = pair.key as YamlNode;
      const key = isScalar(keyNode) ? String(keyNode.value) : '';
      return { key, keyNode, node: this.resolve(pair.value as YamlNode) };
    });
  }

  /** Entries by key, after mistakes for the unknown ones. */
  fields(node: YamlNode, what: string, known: readonly string[]): ReadonlyMap<string, Entry> {
    const fields = new Map<string, Entry>();
    for (const entry of this.entries(node, what)) {
      fields.set(entry.key, entry);
      if (known.includes(entry.key)) continue;
      const meant = nearest(entry.key, known);
      this.add(
        'contract-key-unknown',
        entry.keyNode,
        `"${entry.key}" is no key of ${what}`,
        meant === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean "${meant}"?`,
      );
    }
    return fields;
  }

  /** The items of a list; anything else is a mistake. */
  items(node: YamlNode, what: string): readonly YamlNode[] {
    const list = this.resolve(node);
    if (list === undefined || isNothing(list)) return [];
    if (isSeq(list)) return list.items.map((item) => this.resolve(item as YamlNode));
    this.add('contract-shape', node, `${what} must be a list`, 'Write one `- ` line an item.');
    return [];
  }

  /** The value of a scalar; `undefined` for null, for nothing, and, after a mistake, for lists and maps. */
  scalar(node: YamlNode, what: string): string | number | boolean | undefined {
    const scalar = this.resolve(node);
    if (scalar === undefined || isNothing(scalar)) return undefined;
    const value: unknown = isScalar(scalar) ? scalar.value : undefined;
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.add(
      'contract-value',
      node,
      `${what} must be a single value`,
      'Write a text, a number, true or false.',
    );
    return undefined;
  }

  text(node: YamlNode, what: string): string | undefined {
    const value = this.scalar(node, what);
    if (value === undefined || typeof value === 'string') return value;
    this.add('contract-value', node, `${what} must be text`, `Put it into quotes: "${value}".`);
    return undefined;
  }

  flag(node: YamlNode, what: string): boolean {
    const value = this.scalar(node, what);
    if (typeof value === 'boolean') return value;
    if (value !== undefined)
      this.add('contract-value', node, `${what} must be true or false`, 'Write true or false.');
    return false;
  }

  number(node: YamlNode, what: string): number | undefined {
    const value = this.scalar(node, what);
    if (value === undefined || typeof value === 'number') return value;
    this.add('contract-value', node, `${what} must be a number`, 'Write a number without quotes.');
    return undefined;
  }

  /** An integer from `minimum` on. */
  count(node: YamlNode, what: string, minimum: number): number | undefined {
    const value = this.number(node, what);
    if (value === undefined || (Number.isSafeInteger(value) && value >= minimum)) return value;
    this.add(
      'contract-value',
      node,
      `${what} must be an integer of at least ${minimum}`,
      'Correct the number.',
    );
    return undefined;
  }
}

/** Null, however it is written. */
function isNothing(node: YamlNode): boolean {
  return (
    node === null ||
    node === undefined ||
    (isScalar(node) && (node.value === null || node.value === undefined))
  );
}
