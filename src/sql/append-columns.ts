import type { DuckDBConnection } from '@duckdb/node-api';
import { loadDuckDB } from './duckdb.ts';

/** Rows of one of the engine's chunks. */
const chunkRows = 2048;

/** Appends rows to a table: the columns have one length, and are in the order of the table's. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: string,
  columns: readonly (Int32Array | Float64Array)[],
): Promise<void> {
  const { DOUBLE, DuckDBDataChunk, INTEGER } = loadDuckDB();
  const types = columns.map((column) => (column instanceof Int32Array ? INTEGER : DOUBLE));
  const rows = columns[0]?.length ?? 0;
  const appender = await connection.createAppender(table);
  try {
    for (let start = 0; start < rows; start += chunkRows) {
      const end = Math.min(start + chunkRows, rows);
      const chunk = DuckDBDataChunk.create(types, end - start);
      for (const [i, column] of columns.entries()) {
        const vector = chunk.getColumnVector(i);
        const { items } = vector as unknown as { readonly items: unknown };
        if (!(items instanceof Int32Array || items instanceof Float64Array))
          throw new TypeError('the binding keeps the numbers of a vector elsewhere than before');
        items.set(column.subarray(start, end));
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
