import type { Digest } from '../../base/index.ts';
import type { LoggedColumn, VersionLine } from './line.ts';

/**
 * The answers of a segment as columns: what is written as lines is kept like this as well, so that nobody has to parse the
 * lines to make Parquet of them. Plain data, which goes from thread to thread without a copy.
 */
export interface AnswerTable {
  rows: number;
  /** Rows that the columns have room for. */
  capacity: number;
  /** That the columns hold. */
  bytes: number;
  /** That they may hold. */
  readonly most: number;
  /** It became too large, or something does not fit: then the lines alone count. */
  isGivenUp: boolean;
  /** Answers that were not kept. */
  dropped: number;
  readonly parts: AnswerPart[];
  /** For each row, the part that it belongs to. */
  readonly part: Numbers;
  readonly time: Numbers;
  readonly request: Texts;
  /** Missing: the request failed, and no part has a row for it. */
  readonly row: Numbers;
  readonly rowCount: Numbers;
  readonly role: Choices;
  readonly variant: Choices;
  readonly protocol: Choices;
  readonly latency: Numbers;
  readonly status: Numbers;
  readonly code: Choices;
}

/** The answers of one version: its rows, in the order of the table. */
export interface AnswerPart {
  readonly index: number;
  readonly identity: Identity;
  /** Absent: nothing is known of its columns. */
  readonly described?: VersionLine;
  rows: number;
  capacity: number;
  /** In the order of the described columns. */
  readonly inputs: readonly Column[];
  /** Of a classification; its list is that of the classes. */
  readonly labels?: Choices;
  /** In the order of the classes. */
  readonly probabilities: readonly Numbers[];
  /** Of a regression. */
  readonly values?: Numbers;
}

/** What an answer says of the version that gave it. */
export interface Identity {
  readonly model: string;
  readonly version?: string;
  readonly digest?: Digest;
  readonly run?: string;
  readonly commit?: string;
}

export type Column = Numbers | Choices | Texts;

/** Numbers, and booleans as 0 and 1; NaN is missing. */
export interface Numbers {
  readonly kind: 'numbers';
  values: Float64Array;
}

/** Texts of a short list, by their place in it; -1 is missing. */
export interface Choices {
  readonly kind: 'choices';
  readonly list: string[];
  values: Int32Array;
}

/** Texts as UTF-8, one behind the other. */
export interface Texts {
  readonly kind: 'texts';
  bytes: Uint8Array;
  /** Where each one ends; `~end` for one that is missing. */
  ends: Int32Array;
}

/** What a segment of 16 MiB of lines says takes some 8 MiB. */
const mostBytes = 32 * 2 ** 20;

const firstRows = 1024;

/** A table that would hold more than so many bytes is given up. */
export function newTable(most: number = mostBytes): AnswerTable {
  return {
    rows: 0,
    capacity: 0,
    bytes: 0,
    most,
    isGivenUp: false,
    dropped: 0,
    parts: [],
    part: numbers(),
    time: numbers(),
    request: texts(),
    row: numbers(),
    rowCount: numbers(),
    role: choices([]),
    variant: choices([]),
    protocol: choices([]),
    latency: numbers(),
    status: numbers(),
    code: choices([]),
  };
}

export interface PartOptions {
  readonly identity: Identity;
  readonly described?: VersionLine;
  /** Of columns of which all values are known, by their place in the description. */
  readonly lists?: readonly (readonly string[] | undefined)[];
}

export function addPart(table: AnswerTable, { identity, described, lists }: PartOptions): AnswerPart {
  const { columns = [], classes } = described ?? {};
  const part: AnswerPart = {
    index: table.parts.length,
    identity,
    ...(described === undefined ? {} : { described }),
    rows: 0,
    capacity: 0,
    inputs: columns.map((column, i) => columnOf(column, lists?.[i])),
    ...(classes === undefined ? {} : { labels: choices(classes) }),
    probabilities: (classes ?? []).map(numbers),
    ...(described === undefined || classes !== undefined ? {} : { values: numbers() }),
  };
  table.parts.push(part);
  return part;
}

function columnOf({ type, hashed }: LoggedColumn, list: readonly string[] | undefined): Column {
  if (list !== undefined) return choices(list);
  return hashed !== true && isNumeric(type) ? numbers() : texts();
}

export function isNumeric(type: LoggedColumn['type']): boolean {
  return type === 'integer' || type === 'number' || type === 'boolean';
}

/** Of a value as a line has it: NaN for what is none of the type. JSON has no negative zero. */
export function numericValue(type: LoggedColumn['type'], value: unknown): number {
  if (type === 'boolean') return value === true ? 1 : value === false ? 0 : Number.NaN;
  if (typeof value !== 'number' || (type === 'integer' && !Number.isSafeInteger(value))) return Number.NaN;
  return value + 0;
}

/** What is said of an answer apart from its version, row and prediction. */
export interface AnswerFacts {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly role: string;
  readonly variant: string | undefined;
  readonly protocol: string;
  readonly rowCount: number;
  readonly latency: number;
  readonly status: number;
  readonly code: string | undefined;
}

/** A part of a table that answers are added to. */
export interface Gathering {
  readonly table: AnswerTable;
  readonly part: AnswerPart;
}

/** Where the values of a row go in the columns of its part. */
export interface Place extends Gathering {
  readonly at: number;
}

/** Adds an answer: what is said of it at once, and its row where the place says. A request that failed has none. */
export function addAnswer({ table, part }: Gathering, facts: AnswerFacts, row: number): Place {
  addFacts({ table, part }, facts, row);
  if (part.rows === part.capacity) growPart(table, part);
  return { table, part, at: part.rows++ };
}

export function addFacts({ table, part }: Gathering, facts: AnswerFacts, row: number | undefined): void {
  if (table.rows === table.capacity) growTable(table);
  const at = table.rows++;
  table.part.values[at] = part.index;
  table.time.values[at] = facts.time;
  putText(table.request, facts.requestId, { table, at });
  table.row.values[at] = row ?? Number.NaN;
  table.rowCount.values[at] = facts.rowCount;
  putChoice(table.role, facts.role, at);
  putChoice(table.variant, facts.variant, at);
  putChoice(table.protocol, facts.protocol, at);
  table.latency.values[at] = facts.latency;
  table.status.values[at] = facts.status;
  putChoice(table.code, facts.code, at);
}

/** For lists that are short, and grow by what is new. */
export function putChoice({ list, values }: Choices, text: string | undefined, at: number): void {
  values[at] = text === undefined ? -1 : placeIn(list, text);
}

function placeIn(list: string[], text: string): number {
  const place = list.indexOf(text);
  return place >= 0 ? place : list.push(text) - 1;
}

/** Rows come in order: each text is written behind the one before. */
export function putText(
  column: Texts,
  text: string | undefined,
  { table, at }: Pick<Place, 'table' | 'at'>,
): void {
  const start = at === 0 ? 0 : endOf(column.ends[at - 1]!);
  if (text === undefined) {
    column.ends[at] = ~start;
    return;
  }
  let { bytes } = column;
  if (start + text.length * 3 > bytes.length) {
    bytes = growBytes(table, column, start + text.length * 3);
    if (table.isGivenUp) return;
  }
  let end = start;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) {
      end = start + utf8.encodeInto(text, bytes.subarray(start)).written;
      break;
    }
    bytes[end++] = unit;
  }
  column.ends[at] = end;
}

export function endOf(end: number): number {
  return end < 0 ? ~end : end;
}

const utf8 = new TextEncoder();

/** All memory of a table, to hand it to another thread. */
export function buffersOf(table: AnswerTable): ArrayBuffer[] {
  const columns = [...flatColumns(table), ...table.parts.flatMap(partColumns)];
  return columns.flatMap((column): ArrayBuffer[] => {
    if (column.kind !== 'texts') return [column.values.buffer as ArrayBuffer];
    return [column.bytes.buffer as ArrayBuffer, column.ends.buffer as ArrayBuffer];
  });
}

function flatColumns(table: AnswerTable): readonly Column[] {
  const { part, time, request, row, rowCount, role, variant, protocol, latency, status, code } = table;
  return [part, time, request, row, rowCount, role, variant, protocol, latency, status, code];
}

function partColumns({ inputs, labels, probabilities, values }: AnswerPart): readonly Column[] {
  return [
    ...inputs,
    ...(labels === undefined ? [] : [labels]),
    ...probabilities,
    ...(values === undefined ? [] : [values]),
  ];
}

function growTable(table: AnswerTable): void {
  table.capacity = Math.max(firstRows, table.capacity * 2);
  for (const column of flatColumns(table)) growRows(table, column, table.capacity);
}

function growPart(table: AnswerTable, part: AnswerPart): void {
  part.capacity = Math.max(firstRows, part.capacity * 2);
  for (const column of partColumns(part)) growRows(table, column, part.capacity);
}

function growRows(table: AnswerTable, column: Column, rows: number): void {
  switch (column.kind) {
    case 'numbers':
      column.values = grown(table, column.values, new Float64Array(rows));
      return;
    case 'choices':
      column.values = grown(table, column.values, new Int32Array(rows));
      return;
    case 'texts':
      column.ends = grown(table, column.ends, new Int32Array(rows));
  }
}

function growBytes(table: AnswerTable, column: Texts, needed: number): Uint8Array {
  const size = Math.max(needed, 2 * column.bytes.length, 1 << 14);
  if (table.bytes + size > table.most) table.isGivenUp = true;
  else column.bytes = grown(table, column.bytes, new Uint8Array(size));
  return column.bytes;
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(table: AnswerTable, from: T, to: T): T {
  table.bytes += to.byteLength - from.byteLength;
  if (table.bytes > table.most) table.isGivenUp = true;
  to.set(from);
  return to;
}

function numbers(): Numbers {
  return { kind: 'numbers', values: new Float64Array(0) };
}

function choices(list: readonly string[]): Choices {
  return { kind: 'choices', list: [...list], values: new Int32Array(0) };
}

function texts(): Texts {
  return { kind: 'texts', bytes: new Uint8Array(0), ends: new Int32Array(0) };
}
