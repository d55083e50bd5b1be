import { access } from 'node:fs/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { NamedFile } from '../csv-file.ts';
import { duplicateColumn } from '../csv-file.ts';
import type { SqlFailure } from '../failures.ts';
import { columnReserved, columnsDiffer, fileUnreadable, parquetUnreadable } from '../failures.ts';
import { quoteName } from '../quote.ts';
import type { SqlSession } from '../session.ts';
import type { RowSource, SourceColumn, SourceFile } from '../source.ts';
import { differenceOfColumns, pathList, places, positionColumn } from './positions.ts';

export async function openParquetSource(
  session: SqlSession,
  named: readonly NamedFile[],
): Promise<Result<RowSource, readonly SqlFailure[]>> {
  const failures: SqlFailure[] = [];
  const files: SourceFile[] = [];
  let first: { readonly shown: string; readonly columns: readonly SourceColumn[] } | undefined;
  for (const file of named) {
    const inspected = await inspectParquet(session, file);
    if (!inspected.ok) {
      failures.push(inspected.failure);
      continue;
    }
    const { columns, rows } = inspected.value;
    files.push({ ...file, rows });
    first ??= { shown: file.shown, columns };
    const difference = differenceOf(first.columns, columns);
    if (difference !== undefined) failures.push(columnsDiffer(file.shown, first.shown, difference));
  }
  if (failures.length > 0 || first === undefined) return failed(failures);
  return success(parquetSource(first.columns, files));
}

/** The columns of a Parquet file with DuckDB's names of their types. */
export async function parquetColumns(
  session: SqlSession,
  file: NamedFile,
): Promise<Result<readonly SourceColumn[], SqlFailure>> {
  const inspected = await inspectParquet(session, file);
  return inspected.ok ? success(inspected.value.columns) : inspected;
}

async function inspectParquet(
  session: SqlSession,
  file: NamedFile,
): Promise<Result<{ readonly columns: readonly SourceColumn[]; readonly rows: number }, SqlFailure>> {
  try {
    await access(file.path);
  } catch (cause) {
    return failed(fileUnreadable(file.shown, cause));
  }
  try {
    const described = await session.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE FROM ${readParquet([file])}`,
    );
    const columns = described.map((column) => ({ name: column.column_name, type: column.column_type }));
    const names = columns.map((column) => column.name);
    if (names.includes(positionColumn)) return failed(columnReserved(file.shown, positionColumn));
    const duplicate = duplicateColumn(file.shown, names);
    if (duplicate !== undefined) return failed(duplicate);
    const [counted] = await session.rows<{ rows: number }>(
      `SELECT num_rows AS rows FROM parquet_file_metadata(${pathList([file])})`,
    );
    return success({ columns, rows: counted!.rows });
  } catch (cause) {
    return failed(parquetUnreadable(file.shown, cause));
  }
}

/** DuckDB's column with the number of a row in its file, from 0. */
const rowNumber = 'file_row_number';

function differenceOf(first: readonly SourceColumn[], other: readonly SourceColumn[]): string | undefined {
  const names = differenceOfColumns(
    first.map((column) => column.name),
    other.map((column) => column.name),
  );
  if (names !== undefined) return names;
  const types = new Map(other.map((column) => [column.name, column.type]));
  const changed = first.filter((column) => types.get(column.name) !== column.type);
  if (changed.length === 0) return undefined;
  return changed.map(({ name, type }) => `"${name}" is ${types.get(name)}, not ${type}`).join(', ');
}

function readParquet(files: readonly NamedFile[]): string {
  return `read_parquet(${pathList(files)}, union_by_name = true, hive_partitioning = false, binary_as_string = false)`;
}

function parquetSource(columns: readonly SourceColumn[], files: readonly SourceFile[]): RowSource {
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const position = quoteName(positionColumn);
  return {
    format: 'parquet',
    files,
    columns,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    scan: `(SELECT ${names} FROM ${readParquet(files)})`,
    numberedScan: `(SELECT ${names}, row_number() OVER () - 1 AS ${position} FROM ${readParquet(files)})`,
    slice: (from, to) => sliceOf(columns, files, from, to),
    locate: async (positions) =>
      places(files, positions).map(({ file, row }) => ({ file: files[file]!.shown, row })),
  };
}

/** Row groups that are outside are skipped, because of their row numbers; a file that has such a column itself is counted off. */
function sliceOf(
  columns: readonly SourceColumn[],
  files: readonly SourceFile[],
  from: number,
  to: number,
): string {
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const isNumbered = columns.every((column) => column.name.toLowerCase() !== rowNumber);
  const parts: string[] = [];
  let start = 0;
  for (const file of files) {
    const first = Math.max(from - start, 0);
    const end = Math.min(to - start, file.rows);
    start += file.rows;
    if (first >= end) continue;
    const options = 'hive_partitioning = false, binary_as_string = false';
    parts.push(
      isNumbered
        ? `SELECT ${names} FROM read_parquet(${pathList([file])}, ${options}, ${rowNumber} = true) WHERE ${rowNumber} >= ${first} AND ${rowNumber} < ${end}`
        : `SELECT ${names} FROM (SELECT ${names} FROM read_parquet(${pathList([file])}, ${options}) LIMIT ${end - first} OFFSET ${first})`,
    );
  }
  return parts.length === 0
    ? `(SELECT ${names} FROM ${readParquet(files)} LIMIT 0)`
    : `(${parts.join(' UNION ALL ')})`;
}
