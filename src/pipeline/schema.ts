import type { JsonScalar } from '../base/index.ts';

/** The part of JSON Schema (draft 7) that the schemas of Trainyard's files are written in. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly const?: JsonScalar;
  readonly enum?: readonly JsonScalar[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: { readonly pattern: string };
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** What to do about a text that the pattern does not match; editors show it too. */
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

export type TypeOfValue = 'text' | 'number' | 'boolean' | 'nothing' | 'list' | 'map';

/** What a value is, in the words of messages. */
export function typeOfValue(value: unknown): TypeOfValue {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'number' : 'boolean';
}

const admitted: Readonly<Record<SchemaType, TypeOfValue>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'nothing',
  array: 'list',
  object: 'map',
};

/** The types that a schema without `anyOf` admits; none stated is all. */
export function typesOf(schema: Schema): readonly SchemaType[] {
  if (schema.type === undefined) return Object.keys(admitted) as SchemaType[];
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

export function admits(schema: Schema, type: TypeOfValue): boolean {
  return typesOf(schema).some((name) => admitted[name] === type);
}

/** The schema behind references and the alternatives of `anyOf`, flat. */
export function alternatives(schema: Schema, root: Schema): readonly Schema[] {
  const resolved = resolve(schema, root);
  return resolved.anyOf === undefined ? [resolved] : resolved.anyOf.flatMap((one) => alternatives(one, root));
}

export function resolve(schema: Schema, root: Schema): Schema {
  let at = schema;
  for (let i = 0; at.$ref !== undefined && i < 16; i++) {
    at = root.definitions?.[at.$ref.slice('#/definitions/'.length)] ?? {};
  }
  return at;
}
