import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { appendColumns } from './append-columns.ts';
import { plainValue, tableOf } from './cells.ts';
import { loadDuckDB } from './duckdb.ts';
import { literalPath, quoteText, quoteTexts } from './quote.ts';
import type { RowStream } from './row-stream.ts';
import { openRowStream } from './row-stream.ts';
import type { SqlSession, SqlValue } from './session.ts';
import type { Table } from './table.ts';

export interface SessionOptions {
  /** Default: 2. */
  readonly threads?: number;
  /** As DuckDB writes it: `2GB`. Default: DuckDB's own, 80 % of the memory. */
  readonly memoryLimit?: string;
  /** Files and folders that SQL may read and write; a folder stands for all below it. Everything else is refused. */
  readonly allowedPaths?: readonly string[];
  /** Where to put what does not fit into memory; without it such a query fails. SQL can reach it, too. */
  readonly spillFolder?: string;
}

/**
 * A database in memory for SQL that contracts and pipeline files had a hand in: it reaches the allowed paths and
 * nothing else (no network, no extensions, no environment), and its settings cannot be changed by a statement.
 */
export async function openSession(options: SessionOptions = {}): Promise<SqlSession> {
  const { DuckDBInstance } = loadDuckDB();
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads ?? 2),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
  });
  const connection = await instance.connect();
  const { files, folders } = await splitPaths(options.allowedPaths ?? []);
  await connection.run(`SET temp_directory = ${quoteText(options.spillFolder ?? '')}`);
  await connection.run(`SET allowed_paths = ${quoteTexts(files)}`);
  await connection.run(`SET allowed_directories = ${quoteTexts(folders)}`);
  // Results must not depend on the machine: DuckDB takes its time zone from the environment.
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET preserve_insertion_order = true');
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return new DuckSession(instance, connection);
}

/**
 * DuckDB wants folders and files apart, and looks for the path as the statement spells it: see `literalPath`. What does not exist yet is a file,
 * unless it ends with a slash.
 */
async function splitPaths(paths: readonly string[]): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const path of paths) {
    const absolute = resolve(path);
    const isFolder =
      path.endsWith('/') ||
      (await stat(absolute).then(
        (facts) => facts.isDirectory(),
        () => false,
      ));
    if (isFolder) folders.push(`${absolute === '/' ? '' : absolute}/`);
    else files.push(...new Set([absolute, literalPath(absolute)]));
  }
  return { files, folders };
}

class DuckSession implements SqlSession {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #open = true;
  #tests = 0;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<void> {
    await this.#alive().run(sql, [...parameters]);
  }

  async rows<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const reader = await this.#alive().runAndReadAll(sql, [...parameters]);
    return reader.getRowObjects().map((row) => {
      const plain: Record<string, unknown> = {};
      for (const name of Object.keys(row)) plain[name] = plainValue(row[name]!);
      return plain as Row;
    });
  }

  async table(sql: string, parameters: readonly SqlValue[] = []): Promise<Table> {
    return tableOf(await this.#alive().run(sql, [...parameters]));
  }

  async stream(sql: string): Promise<RowStream> {
    this.#alive();
    return await openRowStream(await this.#instance.connect(), sql);
  }

  async append(table: string, columns: readonly (Int32Array | Float64Array)[]): Promise<void> {
    await appendColumns(this.#alive(), table, columns);
  }

  async registerTest(test: (text: string) => boolean): Promise<string> {
    const { BOOLEAN, DuckDBScalarFunction, VARCHAR } = loadDuckDB();
    const name = `javascript_test_${this.#tests++}`;
    this.#alive().registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        parameterTypes: [VARCHAR],
        returnType: BOOLEAN,
        mainFunction: (_, input, output) => {
          const texts = input.getColumnVector(0);
          for (let row = 0; row < input.rowCount; row++) {
            const text = texts.getItem(row);
            output.setItem(row, typeof text === 'string' ? test(text) : null);
          }
          output.flush();
        },
      }),
    );
    return name;
  }

  /** The binding crashes the process when a closed connection is used: a bug of the caller, said plainly. */
  #alive(): DuckDBConnection {
    if (!this.#open) throw new Error('the SQL session is closed');
    return this.#connection;
  }

  interrupt(): void {
    if (this.#open) this.#connection.interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
