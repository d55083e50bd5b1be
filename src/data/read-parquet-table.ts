import type { SqlSession, Table } from '../sql/index.ts';
import { literalPath, quoteName, quoteText } from '../sql/index.ts';

/** The rows of a Parquet file in their order, all columns or the named ones. The session must allow the file. */
export async function readParquetTable(
  session: SqlSession,
  file: string,
  columns?: readonly string[],
): Promise<Table> {
  const names = columns === undefined ? '*' : columns.map(quoteName).join(', ');
  const path = quoteText(literalPath(file));
  return session.table(`SELECT ${names} FROM read_parquet([${path}], hive_partitioning = false)`);
}
