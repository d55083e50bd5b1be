import type { RowSource, SqlSession } from '../../sql/index.ts';
import type { FailingRow } from '../verdict.ts';
import type { CheckedColumn, CheckedRelation } from './relation.ts';

/** Rows to be counted: those for which the SQL is true. */
export interface Counted {
  readonly broken: string;
  /** Whose values are shown. */
  readonly column: CheckedColumn;
}

const mostExamples = 10;
const longestValue = 200;

/** All counts in one pass over the source; the first number is that of all rows. */
export async function countAll(
  session: SqlSession,
  relation: CheckedRelation,
  counted: readonly Counted[],
): Promise<{ readonly rows: number; readonly counts: readonly number[] }> {
  const counts = counted.map(({ broken }, i) => `count(*) FILTER (WHERE ${broken}) AS c${i}`);
  const [row] = await session.rows<Record<string, number>>(
    `SELECT ${['count(*) AS n', ...counts].join(', ')} FROM ${relation.rows}`,
  );
  return { rows: row!['n']!, counts: counted.map((_, i) => row![`c${i}`]!) };
}

/** The first rows of each, in one more pass, with their places. */
export async function findExamples(
  session: SqlSession,
  source: RowSource,
  relation: CheckedRelation,
  counted: readonly Counted[],
): Promise<readonly (readonly FailingRow[])[]> {
  if (counted.length === 0) return [];
  const select = counted.flatMap(({ broken, column }, i) => {
    const filter = `FILTER (WHERE ${broken})`;
    const text = `coalesce(left(${column.raw}::VARCHAR, ${longestValue + 1}), '')`;
    return [
      `min(position, ${mostExamples}) ${filter} AS p${i}`,
      `arg_min(${column.raw} IS NULL, position, ${mostExamples}) ${filter} AS n${i}`,
      ...(column.contract.personal ? [] : [`arg_min(${text}, position, ${mostExamples}) ${filter} AS x${i}`]),
    ];
  });
  const [row] = await session.rows<Record<string, unknown[] | null>>(
    `SELECT ${select.join(', ')} FROM ${relation.numberedRows}`,
  );
  const positions = counted.map((_, i) => (row![`p${i}`] ?? []) as number[]);
  const places = await source.locate(positions.flat());
  let next = 0;
  return counted.map((_, i) =>
    positions[i]!.map((_position, k) => {
      const place = places[next++]!;
      if (row![`n${i}`]![k] === true) return { ...place, value: null };
      const texts = row![`x${i}`] as string[] | undefined;
      return texts === undefined ? place : { ...place, value: shorten(texts[k]!) };
    }),
  );
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= longestValue ? text : `${characters.slice(0, longestValue).join('')}…`;
}
