import type { RowSource, SqlSession } from '../sql/index.ts';
import { positionColumn, quoteName } from '../sql/index.ts';
import type { DatasetSpec } from './dataset.ts';
import type { DataFailure } from './failures.ts';
import {
  columnUnknown,
  keyMissing,
  keyTypeInexact,
  keyUnset,
  rowUnreadable,
  strataPersonal,
} from './failures.ts';
import { isKeyType } from './split.ts';
import type { Stage } from './stage.ts';
import type { TypedColumn } from './typed-column.ts';

/** Rows that are shown of all that cannot be read. */
const mostShown = 10;
const longestShown = 80;

/** What is wrong with the columns that the dataset's declaration names. */
export function refuseColumns(dataset: DatasetSpec, columns: readonly TypedColumn[]): readonly DataFailure[] {
  const { key, target, split } = dataset;
  const names = columns.map((column) => column.name);
  const named: readonly (readonly [role: string, name: string])[] = [
    ...key.map((name) => ['key', name] as const),
    ...(target === undefined ? [] : [['target', target] as const]),
    ...(split.stratify === undefined ? [] : [['stratify', split.stratify] as const]),
  ];
  const failures = named.flatMap(([role, name]) =>
    names.includes(name) ? [] : [columnUnknown(role, name, names)],
  );
  if (key.length === 0 && split.test > 0) failures.push(keyUnset(dataset.name));
  for (const column of columns) {
    if (key.includes(column.name) && !isKeyType(column.type)) failures.push(keyTypeInexact(column.name));
    if (split.stratify === column.name && column.personal) failures.push(strataPersonal(column.name));
  }
  return failures;
}

/** What is wrong with rows: values that are not of their type, and then keys that are missing. */
export async function refuseRows(
  session: SqlSession,
  source: RowSource,
  stage: Stage,
  key: readonly string[],
): Promise<readonly DataFailure[]> {
  const unreadable = await brokenRows(session, stage, 'unreadable IS NOT NULL');
  if (unreadable.count > 0) return unreadableValues(session, source, stage, unreadable);
  const keyless = await brokenRows(session, stage, 'key_missing');
  const places = await source.locate(keyless.rows.map((row) => row.position));
  return places.map((place, i) =>
    keyMissing(place, key, i === places.length - 1 ? keyless.count - i - 1 : 0),
  );
}

interface BrokenRows {
  readonly count: number;
  /** The first ones. */
  readonly rows: readonly { readonly position: number; readonly column: number | null }[];
}

async function brokenRows(session: SqlSession, stage: Stage, where: string): Promise<BrokenRows> {
  const [counted] = await session.rows<{ n: number }>(
    `SELECT count(*) AS n FROM ${stage.relation} WHERE ${where}`,
  );
  if (counted!.n === 0) return { count: 0, rows: [] };
  const rows = await session.rows<{ position: number; column: number | null }>(
    `SELECT position, unreadable AS "column" FROM ${stage.relation} WHERE ${where} ORDER BY position LIMIT ${mostShown}`,
  );
  return { count: counted!.n, rows };
}

async function unreadableValues(
  session: SqlSession,
  source: RowSource,
  stage: Stage,
  broken: BrokenRows,
): Promise<readonly DataFailure[]> {
  const positions = broken.rows.map((row) => row.position);
  const places = await source.locate(positions);
  const texts = stage.columns.map((column, i) => `${quoteName(column.name)}::VARCHAR AS c${i}`).join(', ');
  const written = await session.rows<Record<string, string>>(
    `SELECT ${texts} FROM ${source.numberedScan}
     WHERE ${quoteName(positionColumn)} IN (${positions.join(', ')}) ORDER BY ${quoteName(positionColumn)}`,
  );
  return broken.rows.map((row, i) => {
    const column = stage.columns[row.column!]!;
    const value = written[i]![`c${row.column!}`]!;
    return rowUnreadable({
      place: places[i]!,
      column: column.name,
      type: column.type,
      ...(column.personal
        ? {}
        : { value: value.length > longestShown ? `${value.slice(0, longestShown)}…` : value }),
      more: i === broken.rows.length - 1 ? broken.count - i - 1 : 0,
    });
  });
}
