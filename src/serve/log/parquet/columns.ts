import type { SchemaElement } from 'hyparquet-writer';
import { microsecondsOf, readLexical } from '../../../contract/index.ts';
import type { AnswerLine, LabelLine, LoggedColumn, VersionLine } from '../line.ts';

/** The columns of a segment in Parquet: a struct where lines have an object, typed by what the versions in it declare. */
export interface SegmentColumns {
  readonly schema: SchemaElement[];
  /** Of the top level, in order: how the value of a line becomes one of Parquet. */
  readonly columns: readonly TopColumn[];
}

export interface TopColumn {
  readonly name: string;
  /** Of values that hardly repeat: no dictionary is tried. */
  readonly encoding?: 'PLAIN';
  /** Whether readers can skip groups by its smallest and largest value. */
  readonly statistics: boolean;
  readonly read: (line: Lined) => unknown;
}

export type Lined = AnswerLine | LabelLine;

interface Field {
  readonly name: string;
  readonly type: FieldType;
}

type FieldType = 'integer' | 'number' | 'boolean' | 'string' | 'date' | 'timestamp';

/** Answers of several versions have the columns of all of them; where types differ, the wider one, at last text. */
export function answerColumns(versions: readonly VersionLine[]): SegmentColumns {
  const inputs = mergeFields(versions.flatMap(({ columns }) => columns.map(fieldOf)));
  const classes = [...new Set(versions.flatMap((version) => version.classes ?? []))];
  const labels = versions.filter((version) => version.classes !== undefined);
  const label: FieldType = labels.every(({ classes: names }) => names!.every(isInteger))
    ? 'integer'
    : 'string';
  const isValued = versions.some((version) => version.classes === undefined);
  const probabilities = group(
    'probabilities',
    classes.map((name) => leaf(name, 'number')),
  );
  const prediction = [
    ...(labels.length === 0 ? [] : [leaf('label', label), ...probabilities]),
    ...(isValued ? [leaf('value', 'number')] : []),
  ];
  const flat = <K extends keyof AnswerLine>(name: K, type: FieldType): Built => ({
    schema: [leaf(name, type)],
    column: { name, ...effortOf(name), read: reader(type, (line) => (line as AnswerLine)[name]) },
  });
  const parts: Built[] = [
    flat('time', 'timestamp'),
    flat('request', 'string'),
    flat('row', 'integer'),
    flat('rows', 'integer'),
    flat('model', 'string'),
    flat('version', 'string'),
    flat('digest', 'string'),
    flat('run', 'string'),
    flat('commit', 'string'),
    flat('role', 'string'),
    flat('variant', 'string'),
    flat('protocol', 'string'),
    flat('latency', 'number'),
    flat('status', 'integer'),
    flat('code', 'string'),
    struct('input', inputs, (line) => (line as AnswerLine).input),
    {
      schema: group('prediction', ...prediction),
      column: {
        name: 'prediction',
        statistics: false,
        read: (line) => predictionOf(line as AnswerLine, label),
      },
    },
  ];
  return built(parts);
}

/** Labels of a classification whose classes are not all integers are text. */
export function labelColumns(lines: Iterable<LabelLine>): SegmentColumns {
  let type: FieldType = 'integer';
  for (const { label } of lines) {
    if (typeof label === 'string') type = 'string';
    else if (type === 'integer' && !Number.isSafeInteger(label)) type = 'number';
  }
  const flat = <K extends keyof LabelLine>(name: K, of: FieldType): Built => ({
    schema: [leaf(name, of)],
    column: { name, ...effortOf(name), read: reader(of, (line) => (line as LabelLine)[name]) },
  });
  return built([
    flat('time', 'timestamp'),
    flat('request', 'string'),
    flat('row', 'integer'),
    flat('model', 'string'),
    flat('label', type),
    flat('known', 'timestamp'),
  ]);
}

function effortOf(name: string): Omit<TopColumn, 'name' | 'read'> {
  const statistics = name === 'time';
  return ['time', 'request', 'latency'].includes(name) ? { encoding: 'PLAIN', statistics } : { statistics };
}

interface Built {
  readonly schema: SchemaElement[];
  readonly column: TopColumn;
}

function built(parts: readonly Built[]): SegmentColumns {
  const present = parts.filter(({ schema }) => schema.length > 0);
  return {
    schema: [{ name: 'root', num_children: present.length }, ...present.flatMap(({ schema }) => schema)],
    columns: present.map(({ column }) => column),
  };
}

function struct(name: string, fields: readonly Field[], of: (line: Lined) => object | undefined): Built {
  const converters = fields.map((field) => [field.name, converter(field.type)] as const);
  return {
    schema: group(
      name,
      fields.map((field) => leaf(field.name, field.type)),
    ),
    column: {
      name,
      statistics: false,
      read: (line) => {
        const value = of(line) as Readonly<Record<string, unknown>> | undefined;
        if (value === undefined) return null;
        const converted: Record<string, unknown> = {};
        for (const [member, convert] of converters) converted[member] = convert(value[member] ?? null);
        return converted;
      },
    },
  };
}

function predictionOf({ prediction }: AnswerLine, label: FieldType): unknown {
  if (prediction === undefined) return null;
  return {
    ...prediction,
    ...(prediction.label === undefined ? {} : { label: converter(label)(prediction.label) }),
  };
}

/** Nothing for a group without members, which Parquet has not. */
function group(name: string, ...members: readonly (SchemaElement | SchemaElement[])[]): SchemaElement[] {
  const elements = members.flat();
  if (elements.length === 0) return [];
  return [{ name, repetition_type: 'OPTIONAL', num_children: childrenOf(elements) }, ...elements];
}

function childrenOf(elements: readonly SchemaElement[]): number {
  let children = 0;
  for (let i = 0; i < elements.length; i += sizeOf(elements, i)) children += 1;
  return children;
}

/** How many elements a member takes, with everything below it. */
function sizeOf(elements: readonly SchemaElement[], at: number): number {
  let size = 1;
  for (let child = 0; child < (elements[at]!.num_children ?? 0); child++) size += sizeOf(elements, at + size);
  return size;
}

const physical: Readonly<Record<FieldType, Omit<SchemaElement, 'name'>>> = {
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
};

function leaf(name: string, type: FieldType): SchemaElement {
  return { name, repetition_type: 'OPTIONAL', ...physical[type] };
}

function reader(type: FieldType, of: (line: Lined) => unknown): (line: Lined) => unknown {
  const convert = converter(type);
  return (line) => convert(of(line) ?? null);
}

/** What cannot be converted is missing: a row that kept its contract has none of it. */
function converter(type: FieldType): (value: unknown) => unknown {
  switch (type) {
    case 'integer':
      return (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null);
    case 'number':
      return (value) => (typeof value === 'number' ? value : null);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : null);
    case 'string':
      return (value) => (value === null ? null : String(value));
    case 'date':
      return (value) => {
        const day = typeof value === 'string' ? Date.parse(`${value.slice(0, 10)}T00:00:00Z`) : Number.NaN;
        return Number.isNaN(day) ? null : day / 86_400_000;
      };
    case 'timestamp':
      return (value) => (typeof value === 'string' ? microseconds(value) : null);
  }
}

function microseconds(text: string): bigint | null {
  return readLexical('timestamp', text) === undefined ? null : microsecondsOf(text);
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
