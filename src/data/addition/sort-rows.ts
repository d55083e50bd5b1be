import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contract } from '../../contract/index.ts';
import { typedColumns } from '../../contract/index.ts';
import type { RowSource, SqlSession } from '../../sql/index.ts';
import { positionColumn, quoteName } from '../../sql/index.ts';
import type { AdditionFailure } from './failures.ts';
import { mostShownRows, rowInConflict, rowRefused } from './failures.ts';
import type { SentRows } from './open-incoming.ts';

export interface SortOptions {
  readonly there: RowSource;
  readonly sent: SentRows;
  /** Every column of it is in both. */
  readonly contract: Contract;
  readonly key: readonly string[];
}

/** A row that is new, as text by the name of its column; missing is empty. */
export type NewRow = ReadonlyMap<string, string>;

export interface SortedRows {
  readonly rows: readonly NewRow[];
  readonly skipped: number;
}

/** Which of the rows are new, by their key and as typed values: `63`, `63.0` and a row of Parquet may be the same. */
export async function sortRows(
  session: SqlSession,
  options: SortOptions,
): Promise<Result<SortedRows, readonly AdditionFailure[]>> {
  const { there, sent, contract, key } = options;
  const names = contract.columns.map(({ name }) => name);
  await layTable(session, { table: 'there', source: there, contract });
  await layTable(session, { table: 'sent', source: sent.source, contract });
  const keyless = await session.rows<{ pos: number }>(
    `SELECT pos FROM sent WHERE ${keyColumns(names, key)
      .map((column) => `${column} IS NULL`)
      .join(' OR ')} ORDER BY pos LIMIT ${mostShownRows}`,
  );
  if (keyless.length > 0) {
    const rows = await sent.namesOf(keyless.map(({ pos }) => pos));
    return failed(rows.map((row) => rowRefused(row, key.join(', '), 'a value, since it is the key')));
  }
  const conflicts = await findConflicts(session, names, key);
  if (conflicts.length > 0) return failed(await describeConflicts(conflicts, names, options));
  const texts = names.map((_, i) => `t${i}`).join(', ');
  const rows = await session.rows<Record<string, string>>(
    `SELECT ${texts} FROM (SELECT *, row_number() OVER (PARTITION BY ${keyColumns(names, key).join(', ')} ORDER BY pos) AS nth FROM sent) AS s
     WHERE nth = 1 AND NOT EXISTS (SELECT 1 FROM there AS t WHERE ${sameKey(names, key)}) ORDER BY pos`,
  );
  return success({
    rows: rows.map((row) => new Map(names.map((name, i) => [name, row[`t${i}`]!]))),
    skipped: sent.source.rows - rows.length,
  });
}

interface TableOptions {
  readonly table: string;
  readonly source: RowSource;
  readonly contract: Contract;
}

/** The typed values of a source as `v0`, `v1`, ... in the order of the contract, and as the text of a CSV field `t0`, ... */
async function layTable(session: SqlSession, { table, source, contract }: TableOptions): Promise<void> {
  const columns = typedColumns(contract, source).flatMap(({ value, written }, i) => [
    `${value} AS v${i}`,
    // What is written in CSV is kept to the letter.
    `coalesce((${source.format === 'csv' ? written : value})::VARCHAR, '') AS t${i}`,
  ]);
  await session.run(
    `CREATE TEMP TABLE ${table} AS SELECT ${quoteName(positionColumn)} AS pos, ${columns.join(', ')} FROM ${source.numberedScan}`,
  );
}

function keyColumns(names: readonly string[], key: readonly string[]): readonly string[] {
  return key.map((name) => `v${names.indexOf(name)}`);
}

function sameKey(names: readonly string[], key: readonly string[]): string {
  return keyColumns(names, key)
    .map((column) => `s.${column} = t.${column}`)
    .join(' AND ');
}

interface Conflict {
  readonly pos: number;
  /** Of the row that is there; `null` when the other one was sent, too. */
  readonly other: number | null;
  /** Indices of the columns that differ. */
  readonly differ: string;
}

/** Rows whose key another row has that is not the same: of those that are there, and of those that came before. */
async function findConflicts(
  session: SqlSession,
  names: readonly string[],
  key: readonly string[],
): Promise<readonly Conflict[]> {
  const differ = `concat_ws(',', ${names.map((_, i) => `CASE WHEN s.v${i} IS DISTINCT FROM t.v${i} THEN '${i}' END`).join(', ')})`;
  const found = (others: string): string =>
    `SELECT pos, min(other) AS other, min_by(differ, other) AS differ FROM
       (SELECT s.pos AS pos, t.pos AS other, ${differ} AS differ FROM sent AS s JOIN ${others} AS t ON ${sameKey(names, key)})
     GROUP BY pos HAVING count(*) FILTER (WHERE differ = '') = 0`;
  const there = await session.rows<Conflict>(`${found('there')} ORDER BY pos LIMIT ${mostShownRows}`);
  if (there.length > 0) return there;
  // Against the first of the same key.
  const first = `(SELECT DISTINCT ON (${keyColumns(names, key).join(', ')}) * FROM sent ORDER BY pos)`;
  const sent = await session.rows<Conflict>(`${found(first)} ORDER BY pos LIMIT ${mostShownRows}`);
  return sent.map((conflict) => ({ ...conflict, other: null }));
}

async function describeConflicts(
  conflicts: readonly Conflict[],
  names: readonly string[],
  { there, sent }: SortOptions,
): Promise<readonly AdditionFailure[]> {
  const rows = await sent.namesOf(conflicts.map(({ pos }) => pos));
  const known = conflicts.flatMap(({ other }) => (other === null ? [] : [other]));
  const places = await there.locate(known);
  const placeOf = new Map(known.map((position, i) => [position, places[i]!]));
  return conflicts.map(({ other, differ }, i) => {
    const columns = differ.split(',').map((index) => names[Number(index)]!);
    const found = other === null ? undefined : placeOf.get(other);
    const place =
      found === undefined
        ? undefined
        : { file: found.file, ...(found.line === undefined ? {} : { line: found.line }) };
    return rowInConflict(rows[i]!, columns, place);
  });
}
