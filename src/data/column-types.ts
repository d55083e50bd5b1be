import type { LogicalType } from '../contract/index.ts';
import type { SqlSession } from '../sql/index.ts';

export interface TypedName {
  readonly name: string;
  /** The logical type, or the engine's own name of a type that has none. */
  readonly type: string;
}

/** The columns of a relation (SQL that can stand after FROM), in order. */
export async function columnTypes(session: SqlSession, relation: string): Promise<readonly TypedName[]> {
  const rows = await session.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${relation}`,
  );
  return rows.map((row) => ({
    name: row.column_name,
    type: logicalType(row.column_type) ?? row.column_type.toLowerCase(),
  }));
}

/** The logical type of DuckDB's type, or `undefined` for times, intervals, binary and nested types. */
export function logicalType(duckdbType: string): LogicalType | undefined {
  const name = duckdbType.toUpperCase();
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(name)) return 'integer';
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(name)) return 'number';
  if (/^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/.test(name)) return 'timestamp';
  if (/^(VARCHAR|UUID|ENUM\(.*\))$/s.test(name)) return 'string';
  if (name === 'BOOLEAN') return 'boolean';
  if (name === 'DATE') return 'date';
  return undefined;
}
