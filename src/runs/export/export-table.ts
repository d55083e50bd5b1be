import { rm } from 'node:fs/promises';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { openSession, quoteName, quoteText, writeParquet } from '../../sql/index.ts';
import type { ExportColumn } from './columns.ts';
import { ColumnBook } from './columns.ts';
import { csvLine, isFormula, withoutFormula } from './csv.ts';
import type { Exported, ExportOptions } from './export.ts';
import { exportIoFailed, nothingToExport } from './failures.ts';
import type { FlatRun } from './flat-run.ts';
import { flatRun } from './flat-run.ts';
import { linesOf, openSpool } from './spool.ts';
import { besides, checkOutput, makeParent, publishFile } from './write-whole.ts';

/** One row a run. The columns are known only when all runs were seen: rows wait in a file beside the output. */
export async function exportTable(
  to: 'csv' | 'parquet',
  options: ExportOptions,
): Promise<Result<Exported, readonly Failure[]>> {
  const { output, force, read } = options;
  const free = await checkOutput(output, force, false);
  if (!free.ok) return failed([free.failure]);
  const [rows, table, parquet] = ['rows', 'csv', 'parquet'].map((ending) => besides(output, ending)) as [
    string,
    string,
    string,
  ];
  try {
    await makeParent(output);
    const book = new ColumnBook();
    let runs = 0;
    {
      await using spool = await openSpool(rows);
      const done = await read(async (record) => {
        const row = flatRun(record);
        book.add(row);
        runs++;
        await spool.add(`${JSON.stringify(row)}\n`);
      });
      if (!done.ok) return done;
      await spool.end();
    }
    if (runs === 0) return failed([nothingToExport()]);
    const columns = book.columns();
    const escapes = to === 'csv' && options.escapeFormulas;
    const formulas = await writeTable(rows, table, columns, escapes);
    if (to === 'parquet') await convert(table, parquet, columns);
    const published = await publishFile(to === 'csv' ? table : parquet, output, force);
    if (!published.ok) return failed([published.failure]);
    return success({ to, output, runs, formulas: to === 'csv' ? formulas : [] });
  } catch (cause) {
    return failed([exportIoFailed(output, cause)]);
  } finally {
    for (const file of [rows, table, parquet]) await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Gives the columns that hold texts which a spreadsheet would run. */
async function writeTable(
  rows: string,
  table: string,
  columns: readonly ExportColumn[],
  escapes: boolean,
): Promise<readonly string[]> {
  const formulas = new Set<string>();
  await using spool = await openSpool(table);
  await spool.add(csvLine(columns.map(({ name }) => name)));
  for await (const line of linesOf(rows)) {
    const row = JSON.parse(line) as FlatRun;
    const cells = columns.map(({ name, kind }) => {
      const value = row[name];
      // In a column of several kinds, every value is a text.
      const cell = kind === 'text' && value !== undefined && value !== null ? String(value) : value;
      if (escapes) return withoutFormula(cell);
      if (isFormula(cell)) formulas.add(name);
      return cell;
    });
    await spool.add(csvLine(cells));
  }
  await spool.end();
  return [...formulas].sort();
}

const sqlTypes: Readonly<Record<ExportColumn['kind'], string>> = {
  text: 'VARCHAR',
  empty: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
};

/** Our own CSV, whose every column is known: nothing is guessed. Times are UTC. */
async function convert(table: string, parquet: string, columns: readonly ExportColumn[]): Promise<void> {
  await using session = await openSession({ allowedPaths: [table, parquet] });
  const shape = columns.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const select = columns.map(({ name, kind }, i) => {
    const value = kind === 'time' ? `replace(c${i}, 'Z', '')` : `c${i}`;
    return `CAST(${value} AS ${sqlTypes[kind]}) AS ${quoteName(name)}`;
  });
  await writeParquet(
    session,
    `SELECT ${select.join(', ')} FROM read_csv(${quoteText(table)}, auto_detect = false, header = true, delim = ',', quote = '"',
      escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n', max_line_size = 16777216, columns = {${shape}})`,
    parquet,
  );
}
