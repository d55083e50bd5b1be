import { writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contract } from '../../contract/index.ts';
import { checkDataset } from '../../contract/index.ts';
import type { RowSource, SqlSession } from '../../sql/index.ts';
import { engineFailed, lfsPointersAmong, openSession, openSource } from '../../sql/index.ts';
import type { DatasetSpec } from '../dataset.ts';
import { columnAbsent } from '../failures.ts';
import { loadContract } from '../load-contract.ts';
import type { SourceFile } from '../sources.ts';
import { resolveSources } from '../sources.ts';
import type { AdditionFailure } from './failures.ts';
import { noPlace, noRowsAtAll, verdictBroken } from './failures.ts';
import type { Incoming } from './incoming.ts';
import { openIncoming } from './open-incoming.ts';
import { sortRows } from './sort-rows.ts';
import type { WrittenFile } from './written-file.ts';
import { writtenFile } from './written-file.ts';

export interface AdditionOptions {
  readonly dataset: DatasetSpec;
  /** Absolute path of the repository, or of a copy of it. Nothing is written there. */
  readonly root: string;
  readonly incoming: Incoming;
  /** Absolute path of an empty folder that exists, for what is made on the way. */
  readonly folder: string;
  readonly threads: number;
}

/** What becomes of rows that somebody sent for a dataset. */
export interface Addition {
  readonly taken: number;
  /** Rows that are there already, with the same values: sent twice is sent once. */
  readonly skipped: number;
  /** Rows of the dataset with the new ones. */
  readonly total: number;
  /** The one file of the dataset that has to be written; absent when no row is new. */
  readonly file?: WrittenFile;
}

/**
 * Judges rows of somebody else for a dataset of CSV files: each of them by the contract, then against the rows that are
 * there (the same key with the same values is skipped, with other values refused), then the dataset as a whole with
 * them in it. All or nothing: one row that is refused refuses all. Writes nothing; what is to be written is the answer.
 */
export async function addRows(options: AdditionOptions): Promise<Result<Addition, readonly Failure[]>> {
  const { dataset, root, folder } = options;
  const pattern = relative(root, dataset.path).split(sep).join('/');
  if (dataset.format !== 'csv') return failed([noPlace(pattern, 'its files are Parquet')]);
  if (dataset.contract === undefined) return failed([noPlace(pattern, 'the dataset has no contract')]);
  if (dataset.key.length === 0) return failed([noPlace(pattern, 'the dataset has no key')]);
  const contract = await loadContract(root, dataset.contract);
  if (!contract.ok) return contract;
  const sources = await resolveSources(root, dataset.path);
  if (!sources.ok) return failed([sources.failure]);
  const [pointer] = await lfsPointersAmong(named(sources.value));
  if (pointer !== undefined) return failed([noPlace(pattern, `${pointer.shown} is a pointer of Git LFS`)]);
  try {
    await using session = await openSession({
      threads: options.threads,
      memoryLimit: '1GB',
      allowedPaths: [...sources.value.map(({ absolute }) => absolute), `${folder}/`],
      spillFolder: folder,
    });
    return await addIn(session, { ...options, pattern, contract: contract.value, sources: sources.value });
  } catch (cause) {
    return failed([engineFailed('the new rows could not be judged', cause)]);
  }
}

interface AddingOptions extends AdditionOptions {
  /** Relative to the root. */
  readonly pattern: string;
  readonly contract: Contract;
  readonly sources: readonly SourceFile[];
}

async function addIn(
  session: SqlSession,
  options: AddingOptions,
): Promise<Result<Addition, readonly Failure[]>> {
  const { dataset, contract, sources, incoming, folder, pattern } = options;
  const opened = await openSource(session, {
    files: named(sources),
    format: 'csv',
    delimiter: dataset.delimiter,
  });
  if (!opened.ok) return opened;
  const there = opened.value;
  const absent = absentColumns(contract, there);
  if (absent.length > 0) return failed(absent);
  const sent = await openIncoming(session, { incoming, contract, delimiter: dataset.delimiter, folder });
  if (!sent.ok) return sent;
  if (sent.value.source.rows === 0) return failed([noRowsAtAll(incoming.shown)]);
  const sorted = await sortRows(session, { there, sent: sent.value, contract, key: dataset.key });
  if (!sorted.ok) return sorted;
  const { rows, skipped } = sorted.value;
  if (rows.length === 0) return success({ taken: 0, skipped, total: there.rows });
  const file = await writtenFile({
    rows,
    pattern,
    sources,
    columns: there.columns,
    delimiter: dataset.delimiter,
  });
  if (!file.ok) return failed([file.failure]);
  const broken = await brokenWith(session, file.value, options);
  if (!broken.ok) return broken;
  if (broken.value.length > 0) return failed(broken.value);
  return success({ taken: rows.length, skipped, total: there.rows + rows.length, file: file.value });
}

function absentColumns(contract: Contract, there: RowSource): readonly Failure[] {
  const names = there.columns.map(({ name }) => name);
  return contract.columns
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => columnAbsent(there.files[0]!.shown, name, names));
}

/** What the whole contract says of the dataset with the rows in it: uniqueness and counts are no matter of single rows. */
async function brokenWith(
  session: SqlSession,
  file: WrittenFile,
  { dataset, contract, sources, folder }: AddingOptions,
): Promise<Result<readonly AdditionFailure[], readonly Failure[]>> {
  const path = join(folder, 'with.csv');
  await writeFile(path, file.bytes);
  const others = named(sources).filter(({ shown }) => shown !== file.path);
  const files = [...others, { path, shown: file.path }].sort((a, b) => (a.shown < b.shown ? -1 : 1));
  const checked = await checkDataset(session, {
    files,
    format: 'csv',
    delimiter: dataset.delimiter,
    contract,
  });
  if (!checked.ok) return checked;
  if (checked.value.verdict !== 'fail') return success([]);
  return success(
    checked.value.checks
      .filter(({ verdict, severity }) => verdict === 'fail' && severity === 'error')
      .map(({ rule, column, expected }) =>
        verdictBroken(dataset.name, column === undefined ? rule : `${rule} of ${column}`, expected),
      ),
  );
}

function named(sources: readonly SourceFile[]): { readonly path: string; readonly shown: string }[] {
  return sources.map(({ absolute, path }) => ({ path: absolute, shown: path }));
}
