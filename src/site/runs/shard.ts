import type { JsonScalar } from '../../base/index.ts';
import type { RunIndex } from '../../runs/index.ts';
import type { RunsShard, ShardColumn } from '../format/index.ts';

/** Rows of the index as a shard, with the columns of these names that any of the rows has a value in. */
export function shardOf(
  index: RunIndex,
  rows: readonly number[],
  { names, isMain }: { readonly names: readonly string[]; readonly isMain: boolean },
): RunsShard {
  const columns: Record<string, ShardColumn> = {};
  for (const name of names) {
    const column = columnOf(index, rows, name);
    if (column !== undefined) columns[name] = column;
  }
  const tags: Record<number, readonly string[]> = {};
  const notes: Record<number, RunsShard['notes'][number]> = {};
  if (isMain) {
    rows.forEach((row, i) => {
      const said = index.notes(index.id(row));
      if (said.tags.length > 0) tags[i] = said.tags;
      if (said.notes.length > 0) notes[i] = said.notes;
    });
  }
  return { version: 1, rows: rows.length, columns, tags, notes };
}

function columnOf(index: RunIndex, rows: readonly number[], name: string): ShardColumn | undefined {
  const column = index.column(name);
  const at: number[] = [];
  const values: JsonScalar[] = [];
  let areNumbers = true;
  rows.forEach((row, i) => {
    const value = cell(column, row);
    if (value === undefined) return;
    at.push(i);
    values.push(value);
    areNumbers &&= typeof value === 'number';
  });
  if (values.length === 0) return undefined;
  if (areNumbers) return numbers(at, values as number[], rows.length);
  return scalars(at, values, rows.length);
}

function numbers(at: readonly number[], values: readonly number[], rows: number): ShardColumn {
  if (isSparse(at, rows)) return { kind: 'number', values, at };
  if (values.length === rows) return { kind: 'number', values };
  const all = new Array<number | null>(rows).fill(null);
  values.forEach((value, i) => {
    all[at[i]!] = value;
  });
  return { kind: 'number', values: all };
}

function scalars(at: readonly number[], values: readonly JsonScalar[], rows: number): ShardColumn {
  const known = new Map<JsonScalar, number>();
  const places = values.map((value) => {
    const place = known.get(value) ?? known.size;
    known.set(value, place);
    return place;
  });
  const once = [...known.keys()];
  if (isSparse(at, rows)) return { kind: 'scalar', values: once, places, at };
  const all = new Array<number>(rows).fill(-1);
  places.forEach((place, i) => {
    all[at[i]!] = place;
  });
  return { kind: 'scalar', values: once, places: all };
}

/** Places of values are shorter to write than the places without one. */
function isSparse(at: readonly number[], rows: number): boolean {
  return at.length < rows / 2;
}

/** The value of a column at a row of the index. */
export function cell(column: ReturnType<RunIndex['column']>, row: number): JsonScalar | undefined {
  switch (column.kinds[row]) {
    case 1:
      return column.values[row]!;
    case 2:
      return column.texts[column.values[row]!]!;
    case 3:
      return true;
    case 4:
      return false;
    case 5:
      return null;
    default:
      return undefined;
  }
}
