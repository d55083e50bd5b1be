import type { AnswerPart, AnswerTable, Column, Texts } from '../answer-table.ts';
import { endOf } from '../answer-table.ts';
import type { AnswerLeaf, FieldType, LeafSource } from './columns.ts';

/** The values of one column in a group of rows, one a row. */
export type Cells =
  /** NaN is missing. */
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  /** Places in a list; -1 is missing. */
  | { readonly kind: 'choices'; readonly list: readonly Choice[]; readonly places: Int32Array }
  /** UTF-8; a start of -1 is missing. */
  | {
      readonly kind: 'texts';
      readonly bytes: Uint8Array;
      readonly starts: Int32Array;
      readonly ends: Int32Array;
    };

export type Choice = string | number | bigint;

/** Rows of a table that are encoded together. */
export interface RowGroup {
  readonly table: AnswerTable;
  readonly first: number;
  readonly rows: number;
  /** Of each row, by index. */
  readonly parts: Int32Array;
  /** Of each row in its part; -1 for a request that failed. */
  readonly places: Int32Array;
  /** The part of all rows, when it is one and they are in its order without a gap. */
  readonly only: AnswerPart | undefined;
}

export function* rowGroupsOf(table: AnswerTable, size: number): Iterable<RowGroup> {
  const next = new Int32Array(table.parts.length);
  for (let first = 0; first < table.rows; first += size) {
    const rows = Math.min(size, table.rows - first);
    const parts = new Int32Array(table.part.values.subarray(first, first + rows));
    const places = parts.map((part, i) => (Number.isNaN(table.row.values[first + i]!) ? -1 : next[part]!++));
    const isOne = parts.every((part, i) => part === parts[0] && places[i]! >= 0);
    yield { table, first, rows, parts, places, only: isOne ? table.parts[parts[0]!] : undefined };
  }
}

export function cellsOf({ source, type }: AnswerLeaf, group: RowGroup): Cells {
  switch (source.kind) {
    case 'table':
      return columnCells(source.column(group.table), group.first, group.rows);
    case 'identity': {
      const names = group.table.parts.map(({ identity }) => source.of(identity));
      const list = [...new Set(names)].filter((name) => name !== undefined);
      const places = names.map((name) => (name === undefined ? -1 : list.indexOf(name)));
      return { kind: 'choices', list, places: group.parts.map((part) => places[part]!) };
    }
    case 'part':
      return partCells(source, type, group);
  }
}

/**
 * How much of the path to a leaf is there in rows that have no value of it: a request that failed has no structs, and a
 * regression no probabilities.
 */
export function levelsWithout({ path, source }: AnswerLeaf, { table, parts, places }: RowGroup): Uint8Array {
  const levels = new Uint8Array(places.length);
  if (source.kind !== 'part') return levels;
  const ofPart = table.parts.map(({ labels }) => Math.min(path.length - 1, labels === undefined ? 1 : 2));
  for (let i = 0; i < levels.length; i++) levels[i] = places[i]! < 0 ? 0 : ofPart[parts[i]!]!;
  return levels;
}

/** Of texts that repeat. */
export function choiceCells(rows: number, textOf: (row: number) => string | undefined): Cells {
  const known = new Map<string, number>();
  const places = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const text = textOf(i);
    let place = text === undefined ? -1 : known.get(text);
    if (place === undefined) {
      place = known.size;
      known.set(text!, place);
    }
    places[i] = place;
  }
  return { kind: 'choices', list: [...known.keys()], places };
}

/** Of rows that follow each other. */
function columnCells(column: Column, first: number, rows: number): Cells {
  switch (column.kind) {
    case 'numbers':
      return { kind: 'numbers', values: column.values.subarray(first, first + rows) };
    case 'choices':
      return { kind: 'choices', list: column.list, places: column.values.subarray(first, first + rows) };
    case 'texts':
      return textCells(
        column,
        new Int32Array(rows).map((_, i) => first + i),
      );
  }
}

function partCells(source: LeafSource & { kind: 'part' }, type: FieldType, group: RowGroup): Cells {
  const columns = group.table.parts.map(source.column);
  const { only: single } = group;
  if (single !== undefined && columns.every((column, i) => column === undefined || i === single.index))
    return columnCells(columns[single.index]!, group.places[0]!, group.rows);
  const used = group.table.parts.filter(({ index }) => columns[index] !== undefined);
  const [only] = used;
  const isNumeric = type === 'integer' || type === 'number' || type === 'boolean';
  if (isNumeric && columns[only!.index]!.kind === 'numbers') return numberCells(columns, group);
  if (used.length === 1) return onlyCells(columns[only!.index]!, only!, group);
  return choiceCells(group.rows, (i) => {
    const part = group.table.parts[group.parts[i]!]!;
    const [column, place] = [columns[part.index], group.places[i]!];
    return column === undefined || place < 0 ? undefined : textAt(column, place, isBoolean(part, column));
  });
}

/** The columns of parts by index, brought into the order of the rows. */
function numberCells(columns: readonly (Column | undefined)[], { rows, parts, places }: RowGroup): Cells {
  const values = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; i < rows; i++) {
    const column = columns[parts[i]!];
    const place = places[i]!;
    if (place >= 0 && column?.kind === 'numbers') values[i] = column.values[place]!;
  }
  return { kind: 'numbers', values };
}

function onlyCells(column: Column, { index }: AnswerPart, { parts, places }: RowGroup): Cells {
  const own = places.map((place, i) => (parts[i] === index ? place : -1));
  if (column.kind === 'texts') return textCells(column, own);
  if (column.kind === 'numbers') throw new TypeError('A column of numbers is no column of texts');
  return {
    kind: 'choices',
    list: column.list,
    places: own.map((place) => (place < 0 ? -1 : column.values[place]!)),
  };
}

/** Of the places given; -1 is missing. */
function textCells({ bytes, ends: all }: Texts, places: Int32Array): Cells {
  const starts = new Int32Array(places.length).fill(-1);
  const ends = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    const end = place < 0 ? -1 : all[place]!;
    if (end < 0) continue;
    starts[i] = place === 0 ? 0 : endOf(all[place - 1]!);
    ends[i] = end;
  }
  return { kind: 'texts', bytes, starts, ends };
}

function textAt(column: Column, place: number, isFlag: boolean): string | undefined {
  switch (column.kind) {
    case 'numbers': {
      const value = column.values[place]!;
      if (Number.isNaN(value)) return undefined;
      return isFlag ? String(value === 1) : String(value);
    }
    case 'choices':
      return column.list[column.values[place]!];
    case 'texts': {
      const end = column.ends[place]!;
      const start = place === 0 ? 0 : endOf(column.ends[place - 1]!);
      return end < 0 ? undefined : utf8.decode(column.bytes.subarray(start, end));
    }
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function isBoolean({ inputs, described }: AnswerPart, column: Column): boolean {
  return described?.columns[inputs.indexOf(column)]?.type === 'boolean';
}
