import type { SchemaElement } from 'hyparquet-writer';
import type { AnswerPart, AnswerTable, Column, Identity } from '../answer-table.ts';
import type { LoggedColumn } from '../line.ts';

export type FieldType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'timestamp';

/** A column of Parquet that has values. All of its parents are structs, and it and they may be null. */
export interface Leaf {
  /** From the top: `['prediction', 'probabilities', '1']`. */
  readonly path: readonly string[];
  readonly type: FieldType;
  /** Its values hardly repeat: no dictionary is tried. */
  readonly isPlain?: boolean;
  /** Readers can skip groups by its smallest and largest value. */
  readonly hasBounds?: boolean;
}

/** With what it has of an answer. */
export interface AnswerLeaf extends Leaf {
  readonly source: LeafSource;
}

export type LeafSource =
  | { readonly kind: 'table'; readonly column: (table: AnswerTable) => Column }
  | { readonly kind: 'identity'; readonly of: (identity: Identity) => string | undefined }
  | { readonly kind: 'part'; readonly column: (part: AnswerPart) => Column | undefined };

/** Answers of several versions have the columns of all of them; where types differ, the wider one, at last text. */
export function answerLeaves(parts: readonly AnswerPart[]): readonly AnswerLeaf[] {
  const described = parts.flatMap((part) => part.described ?? []);
  const inputs = mergeFields(described.flatMap(({ columns }) => columns.map(fieldOf)));
  const classes = [...new Set(described.flatMap((version) => version.classes ?? []))];
  const isLabelled = described.some((version) => version.classes !== undefined);
  const isValued = described.some((version) => version.classes === undefined);
  const label: FieldType = classes.every(isInteger) ? 'integer' : 'string';
  return [
    flat('time', 'timestamp', ({ time }) => time, { isPlain: true, hasBounds: true }),
    flat('request', 'string', ({ request }) => request, { isPlain: true }),
    flat('row', 'integer', ({ row }) => row),
    flat('rows', 'integer', ({ rowCount }) => rowCount),
    identity('model', ({ model }) => model),
    identity('version', ({ version }) => version),
    identity('digest', ({ digest }) => digest),
    identity('run', ({ run }) => run),
    identity('commit', ({ commit }) => commit),
    flat('role', 'string', ({ role }) => role),
    flat('variant', 'string', ({ variant }) => variant),
    flat('protocol', 'string', ({ protocol }) => protocol),
    flat('latency', 'number', ({ latency }) => latency, { isPlain: true }),
    flat('status', 'integer', ({ status }) => status),
    flat('code', 'string', ({ code }) => code),
    ...inputs.map(({ name, type }) =>
      nested(['input', name], type, ({ inputs: columns, described: version }) => {
        const at = version?.columns.findIndex((column) => column.name === name) ?? -1;
        return columns[at];
      }),
    ),
    ...(isLabelled ? [nested(['prediction', 'label'], label, ({ labels }) => labels)] : []),
    ...classes.map((name) =>
      nested(
        ['prediction', 'probabilities', name],
        'number',
        ({ labels, probabilities }) => probabilities[labels?.list.indexOf(name) ?? -1],
        { isPlain: true },
      ),
    ),
    ...(isValued
      ? [nested(['prediction', 'value'], 'number', ({ values }) => values, { isPlain: true })]
      : []),
  ];
}

/** A struct for each parent. */
export function schemaOf(leaves: readonly Leaf[]): SchemaElement[] {
  return [{ name: 'root', num_children: membersOf(leaves, 0).size }, ...elementsOf(leaves, 0)];
}

function elementsOf(leaves: readonly Leaf[], depth: number): SchemaElement[] {
  return [...membersOf(leaves, depth)].flatMap(([name, members]): SchemaElement[] => {
    const [leaf] = members;
    if (leaf!.path.length === depth + 1)
      return [{ name, repetition_type: 'OPTIONAL', ...physical[leaf!.type] }];
    const children = membersOf(members, depth + 1).size;
    return [{ name, repetition_type: 'OPTIONAL', num_children: children }, ...elementsOf(members, depth + 1)];
  });
}

function membersOf(leaves: readonly Leaf[], depth: number): ReadonlyMap<string, Leaf[]> {
  const members = new Map<string, Leaf[]>();
  for (const leaf of leaves) {
    const name = leaf.path[depth]!;
    const known = members.get(name);
    if (known === undefined) members.set(name, [leaf]);
    else known.push(leaf);
  }
  return members;
}

type Physical = Omit<SchemaElement, 'name'> & Required<Pick<SchemaElement, 'type'>>;

export const physical: Readonly<Record<FieldType, Physical>> = {
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
};

type Effort = Pick<Leaf, 'isPlain' | 'hasBounds'>;

function flat(
  name: string,
  type: FieldType,
  column: (table: AnswerTable) => Column,
  effort: Effort = {},
): AnswerLeaf {
  return { path: [name], type, source: { kind: 'table', column }, ...effort };
}

function identity(name: string, of: (identity: Identity) => string | undefined): AnswerLeaf {
  return { path: [name], type: 'string', source: { kind: 'identity', of } };
}

function nested(
  path: readonly string[],
  type: FieldType,
  column: (part: AnswerPart) => Column | undefined,
  effort: Effort = {},
): AnswerLeaf {
  return { path, type, source: { kind: 'part', column }, ...effort };
}

interface Field {
  readonly name: string;
  readonly type: FieldType;
}

function fieldOf({ name, type, hashed }: LoggedColumn): Field {
  return { name, type: hashed === true ? 'string' : type };
}

function mergeFields(fields: readonly Field[]): readonly Field[] {
  const merged = new Map<string, FieldType>();
  for (const { name, type } of fields) {
    const known = merged.get(name);
    merged.set(name, known === undefined || known === type ? type : wider(known, type));
  }
  return [...merged].map(([name, type]) => ({ name, type }));
}

function wider(a: FieldType, b: FieldType): FieldType {
  const isNumeric = (type: FieldType): boolean => type === 'integer' || type === 'number';
  return isNumeric(a) && isNumeric(b) ? 'number' : 'string';
}

function isInteger(text: string): boolean {
  return /^-?(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
}
