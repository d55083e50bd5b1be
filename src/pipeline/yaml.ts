import type { Alias, Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Json } from '../base/index.ts';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import type { SourceText } from './source.ts';
import type { LongLists } from './yaml-lists.ts';
import { filledList, withoutLongLists } from './yaml-lists.ts';
import type { YamlPlaces } from './yaml-places.ts';
import { YamlTree } from './yaml-places.ts';
import { syntaxFailures } from './yaml-syntax.ts';

/** A YAML file as plain values, with the place of each. Maps have no prototype, so that `constructor` is no key. */
export interface YamlValue {
  readonly value: Json;
  readonly places: YamlPlaces;
}

export interface YamlReading {
  /** Absent when the text is no YAML; there can be failures beside a value (a key that stands twice). */
  readonly document?: YamlValue;
  readonly failures: readonly FileFailure[];
}

/** Levels of maps and lists. */
const deepest = 64;
/** How many values aliases may repeat, in all: against a few lines that unfold to gigabytes. */
const mostRepeated = 20_000;
const standardTags = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Reads one YAML 1.2 document (core schema, no merge keys). */
export function readYaml(source: SourceText): YamlReading {
  const short = withoutLongLists(source.text);
  return (short.runs.size > 0 ? readShort(source, short) : undefined) ?? readWhole(source);
}

export function readWhole(source: SourceText): YamlReading {
  const document = parse(source.text);
  const syntax = syntaxFailures(document, source);
  if (document.errors.length > 0) return { failures: syntax };
  return new Reader(source, document).reading(syntax);
}

/** `undefined` when the text has to be read whole. */
function readShort(source: SourceText, short: LongLists): YamlReading | undefined {
  const document = parse(short.text);
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  const reader = new Reader(source, document, short);
  const reading = reader.reading([]);
  return reader.runsFound === short.runs.size ? reading : undefined;
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, {
    version: '1.2',
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
}

/** A value that was read, and how many values it unfolds to. */
interface Sized {
  readonly value: Json;
  readonly size: number;
}

class Reader {
  readonly failures: FileFailure[] = [];
  readonly tree: YamlTree;
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #anchors = new Map<string, { readonly node: Node; readonly read?: Sized }>();
  #repeated = 0;
  #stopped = false;

  runsFound = 0;
  readonly #lists: LongLists | undefined;

  constructor(source: SourceText, document: Document.Parsed, lists?: LongLists) {
    this.#lists = lists;
    this.#document = document;
    this.#text = lists?.text ?? source.text;
    this.tree = new YamlTree(source, document.contents, lists?.original);
  }

  reading(syntax: readonly FileFailure[]): YamlReading {
    const root = this.#document.contents as Node | null;
    const value = root === null ? null : this.#node(root, 1).value;
    const failures = [...syntax, ...this.failures];
    return this.#stopped ? { failures } : { document: { value, places: this.tree }, failures };
  }

  #node(node: Node, depth: number): Sized {
    if (this.#stopped) return nothing;
    if (isAlias(node)) return this.#alias(node);
    this.#checkTag(node);
    const anchor = node.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, { node });
    const read = this.#content(node, depth);
    if (anchor !== undefined) this.#anchors.set(anchor, { node, read });
    return read;
  }

  #content(node: Node, depth: number): Sized {
    if (isScalar(node)) return { value: this.#scalar(node), size: 1 };
    if (depth > deepest) {
      this.#stop(node, 'pipeline-yaml-deep', `values are nested more than ${deepest} levels deep`);
      return nothing;
    }
    return isMap(node) ? this.#map(node, depth) : this.#list(node as YAMLSeq, depth);
  }

  #map(node: YAMLMap, depth: number): Sized {
    const value: Record<string, Json> = Object.create(null);
    let size = 1;
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key);
      const read = pair.value === null ? { value: null, size: 1 } : this.#node(pair.value, depth + 1);
      size += read.size;
      if (key === undefined) continue;
      if (Object.hasOwn(value, key)) this.#duplicate(node, pair.key, key);
      else value[key] = read.value;
    }
    return { value, size };
  }

  #list(node: YAMLSeq, depth: number): Sized {
    const filled = this.#lists === undefined ? undefined : filledList(node, this.#lists.runs);
    if (filled !== undefined) {
      this.runsFound += filled.runs;
      this.tree.lists.set(node, filled.items);
    }
    let size = 1;
    const value = (filled?.items ?? (node.items as Node[])).map((item) => {
      const read = isNode(item) ? this.#node(item, depth + 1) : { value: item.text, size: 1 };
      size += read.size;
      return read.value;
    });
    return { value, size };
  }

  #alias(node: Alias): Sized {
    const target = this.#anchors.get(node.source);
    if (target?.read === undefined) {
      const remedy = target === undefined ? 'put the anchor before the alias' : undefined;
      const what = target === undefined ? 'has no anchor before it' : 'stands inside of its own anchor';
      this.#stop(node, 'pipeline-yaml-alias', `the alias \`*${node.source}\` ${what}`, remedy);
      return nothing;
    }
    this.tree.aliases.set(node, target.node);
    this.#repeated += target.read.size;
    if (this.#repeated > mostRepeated) {
      this.#stop(node, 'pipeline-yaml-alias', `aliases repeat more than ${mostRepeated} values`);
    }
    return target.read;
  }

  #key(node: Node | null): string | undefined {
    if (isAlias(node) || isMap(node) || isSeq(node) || node === null) {
      this.failures.push(
        mistake(
          'pipeline-yaml-key',
          'a key is a text, not a list, a map or an alias',
          this.tree.placeOf(node),
          this.#dollar(node),
        ),
      );
      return undefined;
    }
    const scalar = node as { value: unknown; source?: string };
    const key = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
    if (key === '__proto__') {
      this.failures.push(
        mistake(
          'pipeline-yaml-key',
          'no key can be called `__proto__`',
          this.tree.placeOf(node),
          'choose another name',
        ),
      );
      return undefined;
    }
    return key;
  }

  /** `{{ x }}` is a map with a map as its key. */
  #dollar(node: Node | null): string | undefined {
    const start = node?.range?.[0] ?? 0;
    const isTemplate = isMap(node) && this.#text[start - 1] === '{';
    return isTemplate
      ? 'an expression starts with a dollar, and stands in quotes inside of `{ }`'
      : undefined;
  }

  #scalar(node: Node & { value: unknown; source?: string }): Json {
    const { value } = node;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      if (value.search(unfit) < 0) return value;
      const message =
        'the text holds a character that no file or command can take (NUL or half of a surrogate pair)';
      this.failures.push(
        mistake('pipeline-yaml-text', message, this.tree.placeOf(node), 'remove the character'),
      );
      return value.replace(unfit, '');
    }
    if (typeof value !== 'number') return String(value);
    const exact =
      Number.isFinite(value) &&
      (!Number.isInteger(value) || Number.isSafeInteger(value) || /[.e]/i.test(node.source ?? ''));
    if (exact) return value;
    const message = `\`${node.source ?? value}\` cannot be kept exactly as a number`;
    this.failures.push(
      mistake('pipeline-yaml-number', message, this.tree.placeOf(node), 'put it in quotes when it is a text'),
    );
    return 0;
  }

  #duplicate(map: YAMLMap, node: Node, key: string): void {
    const first = (map.items as Pair<Node, Node>[]).find((pair) => this.tree.keyOf(pair) === key)?.key;
    const line = first === undefined ? undefined : this.tree.placeOf(first).line;
    const where = line === undefined ? '' : ` (first on line ${line})`;
    const message = `the key \`${key}\` stands twice in one map${where}`;
    this.failures.push(
      mistake('pipeline-yaml-duplicate', message, this.tree.placeOf(node), 'keep one of them'),
    );
  }

  #checkTag(node: Node): void {
    if (node.tag === undefined || standardTags.test(node.tag)) return;
    this.failures.push(
      mistake(
        'pipeline-yaml-tag',
        `the tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\` has no meaning here`,
        this.tree.placeOf(node),
        'remove it',
      ),
    );
  }

  #stop(node: Node, code: FileFailure['code'], message: string, remedy?: string): void {
    if (!this.#stopped) this.failures.push(mistake(code, message, this.tree.placeOf(node), remedy));
    this.#stopped = true;
  }
}

const unfit = /[\0\p{Surrogate}]/gu;
const nothing: Sized = { value: null, size: 1 };
