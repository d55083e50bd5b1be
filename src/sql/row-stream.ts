import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { plainValue } from './cells.ts';

/** The rows of a query in its order, some thousand at a time. `await using` ends the query. */
export interface RowStream extends AsyncDisposable {
  /** The next rows, `undefined` after the last ones. The engine works on while nobody asks. */
  next(): Promise<RowChunk | undefined>;
}

export interface RowChunk {
  readonly rows: number;
  /** Values of a DOUBLE, INTEGER or UTINYINT column that has no NULL. To be copied before the next chunk is asked for. */
  numbers(column: number): NumberArray;
  /** Values of any column, as `SqlSession.rows` gives them. */
  values(column: number): unknown[];
}

export type NumberArray = Float64Array | Int32Array | Uint8Array;

/** Takes the connection, and closes it in the end: the rows of one query at a time come over one. */
export async function openRowStream(connection: DuckDBConnection, sql: string): Promise<RowStream> {
  let result: DuckDBResult;
  try {
    result = await connection.stream(sql);
  } catch (error) {
    connection.closeSync();
    throw error;
  }
  let isOpen = true;
  return {
    async next(): Promise<RowChunk | undefined> {
      const chunk = await result.fetchChunk();
      return chunk === null || chunk.rowCount === 0 ? undefined : rowChunk(chunk);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      if (isOpen) connection.closeSync();
      isOpen = false;
    },
  };
}

function rowChunk(chunk: DuckDBDataChunk): RowChunk {
  const rows = chunk.rowCount;
  return {
    rows,
    numbers: (column) => {
      // The binding's vectors of numbers hold an array of the engine's own values: copying it is a hundred times
      // faster than to ask for each.
      const { items } = chunk.getColumnVector(column) as unknown as { readonly items: unknown };
      if (items instanceof Float64Array || items instanceof Int32Array || items instanceof Uint8Array)
        return items;
      throw new TypeError(`column ${column} of the query is not DOUBLE, INTEGER or UTINYINT`);
    },
    values: (column) => chunk.getColumnValues(column).map(plainValue),
  };
}
