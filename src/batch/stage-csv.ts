import { rename, stat } from 'node:fs/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RowSource, SqlSession } from '../sql/index.ts';
import { openSource, quoteName, readersDisagree, writeParquet } from '../sql/index.ts';

/**
 * The rows of CSV files as texts in one Parquet file, so that they are parsed once and any of them can be found without
 * reading those before it. They are read by the lexical rules of CSV all the same.
 */
export async function stageCsv(
  session: SqlSession,
  csv: RowSource,
  file: string,
): Promise<Result<RowSource, readonly Failure[]>> {
  if ((await stat(file).catch(() => undefined)) === undefined) {
    const columns = csv.columns.map(({ name }) => quoteName(name)).join(', ');
    await writeParquet(session, `SELECT ${columns} FROM ${csv.scan}`, `${file}.partial`);
    await rename(`${file}.partial`, file);
  }
  const staged = await openSource(session, { files: [{ path: file, shown: file }], format: 'parquet' });
  if (!staged.ok) return staged;
  if (staged.value.rows !== csv.rows) return failed([readersDisagree(csv.rows, staged.value.rows)]);
  const { scan, numberedScan, slice } = staged.value;
  return success({ ...csv, scan, numberedScan, slice });
}
