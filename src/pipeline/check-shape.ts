import type { Json, JsonScalar } from '../base/index.ts';
import { nearest } from '../base/index.ts';
import type { FileFailure, FileFailureCode } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import type { PlacePath } from './pipeline.ts';
import type { Schema } from './schema.ts';
import { admits, alternatives, resolve, typeOfValue } from './schema.ts';
import { nameOf, pathText, problemOf, remedyForType } from './shape-problems.ts';
import { expectedOf, foundOf, isExpression, listed, lowerFirst, shown } from './shape-words.ts';
import type { YamlPlaces } from './yaml-places.ts';

export interface Shape {
  /**
   * What has the right shape. What has not is `undefined`: so positions in lists stay, and a key that is there, if
   * only misspelt, is told from one that is missing.
   */
  readonly usable: unknown;
  readonly failures: readonly FileFailure[];
}

type Map = { readonly [key: string]: Json };

/**
 * Chooses the alternative that a map is meant to be, where keys alone cannot tell; or says what is wrong and gives
 * none.
 */
export type Chooser = (
  value: Map,
  branches: readonly Schema[],
  path: PlacePath,
) => Schema | FileFailure | undefined;

export interface ShapeOptions {
  readonly places: YamlPlaces;
  /** By name of the definition. */
  readonly choosers?: Readonly<Record<string, Chooser>>;
}

/** Checks a value against a schema, and says every mistake in words. */
export function checkShape(value: Json, root: Schema, options: ShapeOptions): Shape {
  const checker = new ShapeChecker(root, options);
  const usable = checker.check(value, root, []);
  return { usable, failures: checker.failures };
}

class ShapeChecker {
  readonly failures: FileFailure[] = [];
  readonly #root: Schema;
  readonly #options: ShapeOptions;
  readonly #alternatives = new Map<Schema, readonly Schema[]>();

  constructor(root: Schema, options: ShapeOptions) {
    this.#root = root;
    this.#options = options;
  }

  check(value: Json, schema: Schema, path: PlacePath): unknown {
    const branches = this.#alternativesOf(schema);
    const fitting = branches.filter((branch) => admits(branch, typeOfValue(value)));
    if (fitting.length === 0) return this.#wrongType(value, branches, path);
    if (Array.isArray(value)) return this.#list(value, fitting[0]!, path);
    if (typeof value === 'object' && value !== null)
      return this.#alternative(value as Map, schema, fitting, path);
    return this.#scalar(value as JsonScalar, fitting, branches, path);
  }

  #alternativesOf(schema: Schema): readonly Schema[] {
    let known = this.#alternatives.get(schema);
    if (known === undefined) {
      known = alternatives(schema, this.#root);
      this.#alternatives.set(schema, known);
    }
    return known;
  }

  #wrongType(value: Json, branches: readonly Schema[], path: PlacePath): undefined {
    const expected = expectedOf(branches);
    const found = foundOf(value);
    const what = path.length === 0 ? 'the file' : shown(nameOf(path));
    const message =
      value === null
        ? `${what} is empty, and must be ${expected}`
        : `${what} must be ${expected}, not ${found}`;
    const list = branches.find(({ items }) => items !== undefined)?.items;
    const items = list === undefined ? undefined : this.#alternativesOf(list)[0];
    const remedy = path.length === 0 ? 'start it with `version: 1`' : remedyForType(value, expected, items);
    this.#report('pipeline-value-type', message, path, remedy);
    return undefined;
  }

  #list(value: readonly Json[], schema: Schema, path: PlacePath): unknown {
    if (value.length < (schema.minItems ?? 0)) {
      this.#report('pipeline-value-empty', `${shown(nameOf(path))} is an empty list`, path);
    }
    const items = schema.items ?? {};
    // Most long lists are of texts of any form.
    if (isAnyText(this.#alternativesOf(items)) && value.every((item) => typeof item === 'string'))
      return value;
    return value.map((item, i) => this.check(item, items, [...path, i]));
  }

  #alternative(value: Map, schema: Schema, fitting: readonly Schema[], path: PlacePath): unknown {
    const name = schema.$ref?.slice('#/definitions/'.length);
    const chooser = name === undefined ? undefined : this.#options.choosers?.[name];
    const chosen = chooser === undefined ? bestOf(fitting, value) : chooser(value, fitting, path);
    if (chosen === undefined) return undefined;
    if (!('code' in chosen)) return this.#map(value, chosen, fitting, path);
    this.failures.push(chosen);
    return undefined;
  }

  #map(value: Map, schema: Schema, siblings: readonly Schema[], path: PlacePath): unknown {
    const usable: Record<string, unknown> = Object.create(null);
    const properties = schema.properties ?? {};
    const additional = schema.additionalProperties;
    const misspelt = new Set<string>();
    for (const [key, member] of Object.entries(value)) {
      const at = [...path, key];
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (known !== undefined) usable[key] = this.check(member, known, at);
      else if (typeof additional === 'object') {
        this.#checkName(key, schema, at);
        usable[key] = this.check(member, additional, at);
      } else if (additional === false) {
        const meant = this.#unknownKey(key, value, schema, siblings, at);
        if (meant !== undefined) misspelt.add(meant);
      }
    }
    for (const key of misspelt) usable[key] = undefined;
    this.#checkRequired(value, schema, misspelt, path);
    if (Object.keys(value).length < (schema.minProperties ?? 0)) {
      this.#report('pipeline-value-empty', `${shown(nameOf(path))} is an empty map`, path);
    }
    return usable;
  }

  #unknownKey(
    key: string,
    value: Map,
    schema: Schema,
    siblings: readonly Schema[],
    path: PlacePath,
  ): string | undefined {
    const known = Object.keys(schema.properties ?? {});
    const near = nearest(key, known);
    const meant = near !== undefined && !Object.hasOwn(value, near) ? near : undefined;
    const where = path.length === 1 ? 'the file' : shown(pathText(path.slice(0, -1)));
    const elsewhere = siblings.some((sibling) => Object.hasOwn(sibling.properties ?? {}, key));
    const list = known.length === 0 ? 'leave it empty' : `the keys are ${listed(known, 'and')}`;
    const kind = path[0] === 'steps' ? 'step' : 'entry';
    const suggestion =
      meant === undefined ? `\`${near}\` is there already: remove one` : `did you mean \`${meant}\`?`;
    const remedy = elsewhere
      ? `it belongs to another kind of ${kind}; here ${list}`
      : near === undefined
        ? list
        : suggestion;
    this.failures.push(
      mistake(
        'pipeline-key-unknown',
        `${where} has no key ${shown(key)}`,
        this.#options.places.keyPlace(path),
        key === '<<' ? 'there are no merge keys in YAML 1.2: write the keys out' : remedy,
      ),
    );
    return elsewhere ? undefined : meant;
  }

  #checkRequired(value: Map, schema: Schema, misspelt: ReadonlySet<string>, path: PlacePath): void {
    for (const key of schema.required ?? []) {
      if (Object.hasOwn(value, key) || misspelt.has(key)) continue;
      const where = path.length === 0 ? 'the file' : shown(pathText(path));
      const property = resolve(schema.properties?.[key] ?? {}, this.#root);
      const remedy =
        property.description === undefined
          ? undefined
          : `add \`${key}\`: ${lowerFirst(property.description)}`;
      this.failures.push(
        mistake(
          'pipeline-key-missing',
          `${where} has no ${shown(key)}`,
          this.#options.places.keyPlace(path),
          remedy?.replace(/\.$/, ''),
        ),
      );
    }
  }

  #checkName(key: string, schema: Schema, path: PlacePath): void {
    const pattern = schema.propertyNames?.pattern;
    if (pattern === undefined || new RegExp(pattern, 'u').test(key)) return;
    const dash = pattern.includes('_-') ? ', `-`' : '';
    this.failures.push(
      mistake(
        'pipeline-name',
        `${key === '' ? 'an empty text' : shown(key)} cannot be a name`,
        this.#options.places.keyPlace(path),
        `use letters, digits${dash} and \`_\`, and start with a letter or \`_\``,
      ),
    );
  }

  #scalar(
    value: JsonScalar,
    fitting: readonly Schema[],
    branches: readonly Schema[],
    path: PlacePath,
  ): unknown {
    if (fitting.some((branch) => problemOf(value, branch, path) === undefined)) return value;
    const choices = fitting.flatMap(
      (branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const]),
    );
    const real = fitting.filter((branch) => !isExpression(branch));
    const only = real.length === 1 ? problemOf(value, real[0]!, path) : undefined;
    if (only !== undefined) this.#report(only.code, only.message, path, only.remedy);
    else {
      const meant = typeof value === 'string' ? nearest(value, choices.map(String)) : undefined;
      const message = `${shown(nameOf(path))} must be ${expectedOf(branches)}, not ${foundOf(value)}`;
      this.#report(
        'pipeline-value-unknown',
        message,
        path,
        meant === undefined ? undefined : `did you mean \`${meant}\`?`,
      );
    }
    return undefined;
  }

  #report(code: FileFailureCode, message: string, path: PlacePath, remedy?: string): void {
    this.failures.push(mistake(code, message, this.#options.places.place(path), remedy));
  }
}

function isAnyText(branches: readonly Schema[]): boolean {
  const limits = ['enum', 'const', 'pattern', 'minLength', 'maxLength'] as const;
  return (
    branches.length === 1 &&
    branches[0]!.type === 'string' &&
    limits.every((key) => branches[0]![key] === undefined)
  );
}

/** The alternative that has most of the keys and lacks fewest of its own. */
function bestOf(branches: readonly Schema[], value: Map): Schema {
  const keys = Object.keys(value);
  const score = (branch: Schema): number => {
    const known = keys.filter((key) => Object.hasOwn(branch.properties ?? {}, key)).length;
    const missing = (branch.required ?? []).filter((key) => !Object.hasOwn(value, key)).length;
    return 2 * known - keys.length - missing;
  };
  return branches.reduce((best, branch) => (score(branch) > score(best) ? branch : best));
}
