import type { RowSource, SqlSession } from '../../sql/index.ts';
import type { FailingRow } from '../verdict.ts';
import type { CheckedColumn, CheckedRelation } from './relation.ts';

const mostExamples = 10;

/** How many rows repeat the values of an earlier row. Rows in which one of them is missing are not compared. */
export async function countDuplicates(
  session: SqlSession,
  relation: CheckedRelation,
  columns: readonly CheckedColumn[],
): Promise<number> {
  const values = columns.map((column) => column.value).join(', ');
  const present = columns.map((column) => `${column.value} IS NOT NULL`).join(' AND ');
  const [row] = await session.rows<{ repeated: number | null }>(
    `SELECT sum(n - 1) AS repeated FROM (
      SELECT count(*) AS n FROM ${relation.rows} WHERE ${present} GROUP BY ${values} HAVING count(*) > 1)`,
  );
  return row!.repeated ?? 0;
}

/** The first rows that repeat an earlier one. */
export async function findDuplicates(
  session: SqlSession,
  source: RowSource,
  relation: CheckedRelation,
  columns: readonly CheckedColumn[],
): Promise<readonly FailingRow[]> {
  const named = columns.map((column, i) => `${column.value} AS k${i}`).join(', ');
  const keys = columns.map((_, i) => `k${i}`);
  const present = columns.map((column) => `${column.value} IS NOT NULL`).join(' AND ');
  const [single] = columns.length === 1 && !columns[0]!.contract.personal ? columns : [];
  const text = single === undefined ? 'NULL' : `${single.raw}::VARCHAR`;
  const rows = await session.rows<{ position: number; written: string | null }>(
    `WITH keyed AS (SELECT position, ${text} AS written, ${named} FROM ${relation.numberedRows} WHERE ${present}),
      repeated AS (SELECT ${keys.join(', ')}, min(position) AS first FROM keyed GROUP BY ${keys.join(', ')} HAVING count(*) > 1)
    SELECT position, left(written, 200) AS written FROM keyed JOIN repeated USING (${keys.join(', ')})
    WHERE position > first ORDER BY position LIMIT ${mostExamples}`,
  );
  const places = await source.locate(rows.map((row) => row.position));
  return places.map((place, i) => (single === undefined ? place : { ...place, value: rows[i]!.written }));
}
