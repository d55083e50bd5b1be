import type { SqlSession } from '../sql/index.ts';
import type { ColumnProfile } from './profile.ts';
import type { ProfiledColumn } from './profiled-column.ts';

const topValues = 20;
const longestText = 100;
/** Columns with more values than this are not grouped when a dataset is large. */
const groupedValues = 50_000;

/** Distinct and frequent values of a column, and the range of a temporal one. */
export async function valueProfile(
  session: SqlSession,
  relation: string,
  column: ProfiledColumn,
  approximate: boolean,
): Promise<Pick<ColumnProfile, 'distinct' | 'top' | 'range'>> {
  const { value } = column;
  const range = await temporalRange(session, relation, column);
  if (approximate) {
    const [estimate] = await session.rows<{ n: number }>(
      `SELECT approx_count_distinct(${value}) AS n FROM ${relation}`,
    );
    if (estimate!.n > groupedValues) return { distinct: estimate!.n, ...range };
  }
  const groups = `SELECT ${value} AS value, count(*) AS n FROM ${relation} WHERE ${value} IS NOT NULL GROUP BY 1`;
  if (column.type === 'number') {
    const [row] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM (${groups})`);
    return { distinct: row!.n, ...range };
  }
  const text = column.type === 'integer' ? 'value::HUGEINT::VARCHAR' : isoText(column.type, 'value');
  const rows = await session.rows<{ value: string; n: number; distinct_values: number }>(
    `WITH grouped AS MATERIALIZED (${groups})
     SELECT ${text} AS value, n, (SELECT count(*) FROM grouped) AS distinct_values
     FROM grouped ORDER BY n DESC, grouped.value LIMIT ${topValues}`,
  );
  const distinct = rows[0]?.distinct_values ?? 0;
  const isListed = (rows[0]?.n ?? 0) > 1 && (column.type !== 'integer' || distinct <= topValues);
  const top = rows.map((row) => ({ value: cut(row.value), count: row.n }));
  return { distinct, ...(isListed ? { top } : {}), ...range };
}

async function temporalRange(
  session: SqlSession,
  relation: string,
  { type, value }: ProfiledColumn,
): Promise<Pick<ColumnProfile, 'range'>> {
  if (type !== 'date' && type !== 'timestamp') return {};
  const [row] = await session.rows<{ minimum: string | null; maximum: string | null }>(
    `SELECT ${isoText(type, `min(${value})`)} AS minimum, ${isoText(type, `max(${value})`)} AS maximum FROM ${relation}`,
  );
  const { minimum, maximum } = row!;
  return minimum === null || maximum === null ? {} : { range: { minimum, maximum } };
}

/** A value as text; timestamps in UTC, as keys have them. */
function isoText(type: string, value: string): string {
  if (type === 'timestamp') return `strftime(make_timestamp(epoch_us(${value})), '%Y-%m-%dT%H:%M:%S.%fZ')`;
  return `(${value})::VARCHAR`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= longestText ? text : `${characters.slice(0, longestText).join('')}…`;
}
