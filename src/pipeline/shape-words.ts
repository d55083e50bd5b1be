import type { Json, JsonScalar } from '../base/index.ts';
import type { Schema, SchemaType } from './schema.ts';
import { typeOfValue, typesOf } from './schema.ts';

const words: Readonly<Record<SchemaType, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  null: 'nothing',
  array: 'a list',
  object: 'a map',
};

/** What a value must be: `a whole number or an expression`. */
export function expectedOf(branches: readonly Schema[]): string {
  const parts: string[] = [];
  for (const branch of branches) {
    for (const part of expectations(branch)) if (!parts.includes(part)) parts.push(part);
  }
  const general = parts.includes('a text') ? parts.filter((part) => part !== 'an expression') : parts;
  return listed(general, 'or');
}

function expectations(branch: Schema): readonly string[] {
  const values = branch.enum ?? (branch.const === undefined ? undefined : [branch.const]);
  if (values !== undefined) return values.map(shown);
  if (isExpression(branch)) return ['an expression'];
  const types = typesOf(branch);
  if (['string', 'number', 'boolean'].every((type) => types.includes(type as SchemaType)))
    return ['a single value'];
  return types.map((type) => words[type]);
}

export function isExpression(schema: Schema): boolean {
  return schema.pattern?.startsWith('\\$\\{\\{') === true;
}

/** What stands there instead: `the text \`three\``. */
export function foundOf(value: Json): string {
  switch (typeOfValue(value)) {
    case 'nothing':
      return 'nothing';
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
    case 'text':
      return value === '' ? 'an empty text' : `the text ${shown(value as string)}`;
    default:
      return shown(value as JsonScalar);
  }
}

export function shown(value: JsonScalar): string {
  const text = String(value).replace(/\s+/g, ' ');
  return `\`${text.length > 40 ? `${text.slice(0, 39)}…` : text}\``;
}

/** `a, b or c` */
export function listed(parts: readonly string[], word: 'or' | 'and'): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}

/** Bounds of a number: `at least 0 and less than 1`. */
export function boundsOf(schema: Schema): string {
  const bounds = [
    ...(schema.minimum === undefined ? [] : [`at least ${schema.minimum}`]),
    ...(schema.exclusiveMinimum === undefined ? [] : [`more than ${schema.exclusiveMinimum}`]),
    ...(schema.maximum === undefined ? [] : [`at most ${schema.maximum}`]),
    ...(schema.exclusiveMaximum === undefined ? [] : [`less than ${schema.exclusiveMaximum}`]),
  ];
  return listed(bounds, 'and');
}

export function inBounds(value: number, schema: Schema): boolean {
  return (
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    (schema.exclusiveMinimum === undefined || value > schema.exclusiveMinimum) &&
    (schema.exclusiveMaximum === undefined || value < schema.exclusiveMaximum)
  );
}

/** The first letter of a sentence in lower case, when it starts with a plain word. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
