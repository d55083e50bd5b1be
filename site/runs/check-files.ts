import type { RunsManifest, RunsShard } from '@format';

/** A file of the site's data that is not what it has to be, for people. */
export class Damaged extends Error {}

/** @throws Damaged */
export function checkManifest(found: unknown): RunsManifest {
  const it = object(found, 'The list of runs');
  if (it['version'] !== 1) {
    throw new Damaged(
      `The list of runs has version ${shown(it['version'])}, these pages read version 1: build the site again`,
    );
  }
  const { shards, columns } = it;
  if (!Array.isArray(shards) || !Array.isArray(columns)) {
    throw new Damaged('The list of runs names no files, or no columns');
  }
  const names = new Set<unknown>();
  for (const shard of shards) {
    const { file, rows, intervals } = object(shard, 'A file of the list of runs');
    const isFile = (path: unknown): boolean => typeof path === 'string' && /^runs\/[\w.-]+$/.test(path);
    if (!isFile(file) || !isCount(rows) || (intervals !== undefined && !isFile(intervals))) {
      throw new Damaged(`The list of runs names a file that cannot be one: ${shown(file)}`);
    }
  }
  for (const column of columns) {
    const { name, kind } = object(column, 'A column of the list of runs');
    if (typeof name !== 'string' || (kind !== 'number' && kind !== 'scalar') || names.has(name)) {
      throw new Damaged(`The list of runs has a column that cannot be one: ${shown(name)}`);
    }
    names.add(name);
  }
  return it as unknown as RunsManifest;
}

/** @throws Damaged */
export function checkShard(found: unknown, file: string, rows: number): RunsShard {
  const it = object(found, file);
  if (it['version'] !== 1 || it['rows'] !== rows) throw new Damaged(`${file} is not of this list of runs`);
  const columns = object(it['columns'], `${file}: columns`);
  for (const [name, column] of Object.entries(columns)) {
    if (!isColumn(object(column, `${file}: ${name}`), rows)) {
      throw new Damaged(`${file}: the column ${shown(name)} does not fit the runs`);
    }
  }
  for (const part of ['tags', 'notes']) {
    for (const [row, list] of Object.entries(object(it[part], `${file}: ${part}`))) {
      if (!(Number(row) < rows) || !Array.isArray(list))
        throw new Damaged(`${file}: the ${part} do not fit the runs`);
    }
  }
  return it as unknown as RunsShard;
}

function isColumn(column: Readonly<Record<string, unknown>>, rows: number): boolean {
  const { kind, values, places, at } = column;
  if (!Array.isArray(values)) return false;
  const cells = kind === 'number' ? values : places;
  if (!Array.isArray(cells) || (kind !== 'number' && kind !== 'scalar')) return false;
  const isIn = (end: number) => (i: unknown) => typeof i === 'number' && Number.isInteger(i) && i < end;
  if (at === undefined ? cells.length !== rows : !Array.isArray(at) || at.length !== cells.length)
    return false;
  if (Array.isArray(at) && !at.every((row) => isIn(rows)(row) && (row as number) >= 0)) return false;
  return kind === 'number'
    ? cells.every((value) => value === null || typeof value === 'number')
    : cells.every(isIn(values.length)) &&
        values.every((value) => value === null || typeof value !== 'object');
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1e7;
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as never;
  throw new Damaged(`${what} cannot be read`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
