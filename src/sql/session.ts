import type { RowStream } from './row-stream.ts';
import type { Table } from './table.ts';

/** One DuckDB database in memory, with limits. `await using` closes it. */
export interface SqlSession extends AsyncDisposable {
  /** Runs statements whose result nobody needs. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<void>;
  /** Small results as objects; BIGINT and HUGEINT come as numbers (an integer beyond 2^53 is a bug and throws). */
  rows<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Large results as columns: numeric and temporal types as numbers, everything else as text. */
  table(sql: string, parameters?: readonly SqlValue[]): Promise<Table>;
  /** The rows of a query one chunk after the other: only as many are in memory. Other statements may run meanwhile. */
  stream(sql: string): Promise<RowStream>;
  /** Appends rows to a table: for each of its columns the values, `Int32Array` for INTEGER and `Float64Array` for DOUBLE. */
  append(table: string, columns: readonly (Int32Array | Float64Array)[]): Promise<void>;
  /**
   * Makes a JavaScript test of a text callable from SQL, and gives the name of the function. It answers NULL for
   * NULL, and runs on the event loop: some hundred thousand rows a second at best.
   */
  registerTest(test: (text: string) => boolean): Promise<string>;
  /** Ends the statement that is running; it fails as interrupted. */
  interrupt(): void;
}

export type SqlValue = string | number | boolean | null;
