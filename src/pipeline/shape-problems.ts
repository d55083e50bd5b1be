import type { Json, JsonScalar } from '../base/index.ts';
import { nearest } from '../base/index.ts';
import type { FileFailureCode } from './file-failures.ts';
import type { PlacePath } from './pipeline.ts';
import type { Schema } from './schema.ts';
import { boundsOf, expectedOf, foundOf, inBounds, shown } from './shape-words.ts';

/** What is wrong with a single value. */
export interface Problem {
  readonly code: FileFailureCode;
  readonly message: string;
  readonly remedy?: string;
}

/** What is wrong with a single value whose type is right; `undefined` when nothing is. */
export function problemOf(value: JsonScalar, schema: Schema, path: PlacePath): Problem | undefined {
  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (choices !== undefined) {
    if (choices.includes(value)) return undefined;
    const name = shown(nameOf(path));
    const meant = typeof value === 'string' ? nearest(value, choices.map(String)) : undefined;
    const message = `${name} must be ${expectedOf([schema])}, not ${foundOf(value)}`;
    return {
      code: 'pipeline-value-unknown',
      message,
      ...(meant === undefined ? {} : { remedy: `did you mean \`${meant}\`?` }),
    };
  }
  if (typeof value === 'number') return numberProblem(value, schema, path);
  return typeof value === 'string' ? textProblem(value, schema, path) : undefined;
}

function numberProblem(value: number, schema: Schema, path: PlacePath): Problem | undefined {
  const name = shown(nameOf(path));
  if (schema.type === 'integer' && !Number.isInteger(value)) {
    return { code: 'pipeline-value-type', message: `${name} must be a whole number, not ${shown(value)}` };
  }
  if (inBounds(value, schema)) return undefined;
  const percent =
    value > 1 && (schema.maximum ?? schema.exclusiveMaximum) === 1 && inBounds(value / 100, schema);
  return {
    code: 'pipeline-value-range',
    message: `${name} must be ${boundsOf(schema)}, not ${shown(value)}`,
    ...(percent ? { remedy: `write ${value / 100}` } : {}),
  };
}

function textProblem(value: string, schema: Schema, path: PlacePath): Problem | undefined {
  const { pattern, minLength, maxLength } = schema;
  if (pattern === undefined && minLength === undefined && maxLength === undefined) return undefined;
  const name = shown(nameOf(path));
  const length = [...value].length;
  if (length < (minLength ?? 0)) return { code: 'pipeline-value-empty', message: `${name} is an empty text` };
  if (length > (maxLength ?? Infinity)) {
    const most = maxLength === 1 ? 'one character' : `${maxLength} characters`;
    return { code: 'pipeline-value-range', message: `${name} must have at most ${most}, not ${length}` };
  }
  if (pattern === undefined || new RegExp(pattern, 'u').test(value)) return undefined;
  const remedy = schema.patternErrorMessage;
  if (path[path.length - 2] === 'secrets') {
    // What stands there may be the secret itself.
    const message = 'names of environment variables stand here, and this is none';
    return { code: 'pipeline-secret-value', message, ...(remedy === undefined ? {} : { remedy }) };
  }
  return {
    code: 'pipeline-value-form',
    message: `${name} cannot be ${shown(value)}`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** The last key of a path: `test`, `columns[0]`. */
export function nameOf(path: PlacePath): string {
  const last = path.at(-1);
  return typeof last === 'number' ? `${nameOf(path.slice(0, -1))}[${last}]` : (last ?? 'the file');
}

/** `steps.train.with`, `features[0]` */
export function pathText(path: PlacePath): string {
  return path.reduce<string>(
    (text, at) => (typeof at === 'number' ? `${text}[${at}]` : text === '' ? at : `${text}.${at}`),
    '',
  );
}

/** What to do about a value of the wrong type, where that is known. */
export function remedyForType(value: Json, expected: string, items?: Schema): string | undefined {
  if (
    typeof value === 'string' &&
    /number/.test(expected) &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  ) {
    return 'remove the quotes';
  }
  if (expected === 'a list' && typeof value === 'string') return remedyForItem(value, items);
  if (expected === 'a text' && (typeof value === 'number' || typeof value === 'boolean'))
    return 'put it in quotes';
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && /text/.test(expected)) {
    return 'a `{` starts a map in YAML: put a text that starts with it in quotes';
  }
  return undefined;
}

/** A text that should be a list of it; one that could not be in the list is none to copy. */
function remedyForItem(value: string, { pattern, patternErrorMessage }: Schema = {}): string {
  const isItem = pattern === undefined || new RegExp(pattern, 'u').test(value);
  if (!isItem && patternErrorMessage !== undefined) return `in a list, ${patternErrorMessage}`;
  const isPlain = /^[A-Za-z0-9_./][^,:#[\]{}"']*$/.test(value);
  return `write a list: \`[${isPlain ? value : JSON.stringify(value)}]\``;
}
