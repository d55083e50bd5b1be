import type { Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { NamedFile } from './csv-file.ts';
import type { SqlFailure } from './failures.ts';
import { filesNone, lfsPointer } from './failures.ts';
import { lfsPointersAmong } from './lfs-pointer.ts';
import type { SqlSession } from './session.ts';
import type { RowSource } from './source.ts';
import { openCsvSource } from './sources/csv.ts';
import { openParquetSource } from './sources/parquet.ts';

export interface SourceOptions {
  readonly files: readonly NamedFile[];
  readonly format: 'csv' | 'parquet';
  /** For CSV. Default: a comma. */
  readonly delimiter?: string;
}

/** Looks at the files, strictly: afterwards every row is known to be readable, and how many there are. */
export async function openSource(
  session: SqlSession,
  options: SourceOptions,
): Promise<Result<RowSource, readonly SqlFailure[]>> {
  if (options.files.length === 0) return failed([filesNone()]);
  const pointers = await lfsPointersAmong(options.files);
  if (pointers.length > 0) return failed(pointers.slice(0, 10).map(({ shown }) => lfsPointer(shown)));
  return options.format === 'csv'
    ? openCsvSource(options.files, options.delimiter ?? ',')
    : openParquetSource(session, options.files);
}
