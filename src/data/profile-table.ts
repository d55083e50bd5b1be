import type { Contract } from '../contract/index.ts';
import type { SqlSession } from '../sql/index.ts';
import { quoteName } from '../sql/index.ts';
import { columnTypes } from './column-types.ts';
import type { ColumnProfile, DataProfile } from './profile.ts';
import { numberProfiles } from './profile-numbers.ts';
import { valueProfile } from './profile-values.ts';
import type { ProfiledColumn } from './profiled-column.ts';
import { exactRows } from './profiled-column.ts';

interface Counts {
  readonly nulls: number;
  readonly infinite: number;
}

/**
 * Profiles a relation: one pass for counts and extremes, one for means, one for deviations and histograms, and one
 * query a column for quantiles and for values, so that memory is bounded by one column.
 *
 * @param relation SQL that can stand after FROM
 * @param contract says which columns are personal data
 */
export async function profileTable(
  session: SqlSession,
  relation: string,
  contract?: Contract,
): Promise<DataProfile> {
  const personal = new Set(
    contract?.columns.filter((column) => column.personal).map((column) => column.name),
  );
  const columns = (await columnTypes(session, relation)).map(({ name, type }) => ({
    name,
    type,
    personal: personal.has(name),
    value: valueSql(type, quoteName(name)),
  }));
  const { rows, counts } = await countColumns(session, relation, columns);
  const approximate = rows > exactRows;
  const open = columns.filter((column) => !column.personal);
  const numbers = await numberProfiles(session, relation, open.filter(isNumeric), rows);
  const profiles: ColumnProfile[] = [];
  for (const [i, column] of columns.entries()) {
    const { nulls, infinite } = counts[i]!;
    if (column.personal) {
      profiles.push({ name: column.name, type: column.type, nulls, personal: true });
      continue;
    }
    const statistics = numbers.get(column.name);
    profiles.push({
      name: column.name,
      type: column.type,
      nulls,
      ...(await valueProfile(session, relation, column, approximate)),
      ...(statistics === undefined ? {} : { numbers: statistics }),
      ...(infinite === 0 ? {} : { infinite }),
    });
  }
  return { rows, ...(approximate ? { approximate } : {}), columns: profiles };
}

function isNumeric(column: ProfiledColumn): boolean {
  return column.type === 'integer' || column.type === 'number';
}

function valueSql(type: string, name: string): string {
  switch (type) {
    case 'integer':
      return `(${name})::DOUBLE`;
    case 'number':
      return `(CASE WHEN NOT isnan((${name})::DOUBLE) THEN (${name})::DOUBLE END)`;
    case 'string':
      return `nullif((${name})::VARCHAR, '')`;
    default:
      return name;
  }
}

async function countColumns(
  session: SqlSession,
  relation: string,
  columns: readonly ProfiledColumn[],
): Promise<{ rows: number; counts: readonly Counts[] }> {
  const parts = columns.flatMap((column, i) => [
    `count(${column.value}) AS "present${i}"`,
    `${column.type === 'number' ? `count(*) FILTER (WHERE isinf(${column.value}))` : '0'} AS "infinite${i}"`,
  ]);
  const [row] = await session.rows<Record<string, number>>(
    `SELECT ${['count(*) AS "rows"', ...parts].join(', ')} FROM ${relation}`,
  );
  const rows = row!['rows']!;
  const counts = columns.map((_, i) => ({
    nulls: rows - row![`present${i}`]!,
    infinite: Number(row![`infinite${i}`]),
  }));
  return { rows, counts };
}
