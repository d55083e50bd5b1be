import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contract, ContractVerdict } from '../../contract/index.ts';
import { checkDataset } from '../../contract/index.ts';
import type { RowSource, SqlFailure, SqlSession } from '../../sql/index.ts';
import { openSource } from '../../sql/index.ts';
import type { AdditionFailure } from './failures.ts';
import { mostShownRows, noRowsAtAll, rowRefused, unreadable } from './failures.ts';
import type { Incoming } from './incoming.ts';
import { csvOfObjects, readNdjson } from './incoming.ts';

/** Rows from outside of which each keeps the contract. */
export interface SentRows {
  readonly source: RowSource;
  /** How messages call the rows at some positions: `Row 3`, `Line 7 of https://...`. */
  readonly namesOf: (positions: readonly number[]) => Promise<readonly string[]>;
}

interface IncomingOptions {
  readonly incoming: Incoming;
  readonly contract: Contract;
  /** Of the dataset, and so of CSV that comes. */
  readonly delimiter: string;
  readonly folder: string;
}

export async function openIncoming(
  session: SqlSession,
  options: IncomingOptions,
): Promise<Result<SentRows, readonly Failure[]>> {
  const { incoming, contract } = options;
  const { shown } = incoming;
  switch (incoming.kind) {
    case 'objects':
      return await openObjects(session, options, {
        rows: incoming.rows,
        nameOf: (i) => `Row ${i + 1} of ${shown}`,
      });
    case 'ndjson': {
      const read = readNdjson(shown, incoming.bytes);
      if (!read.ok) return failed([read.failure]);
      const rows = read.value;
      return await openObjects(session, options, {
        rows: rows.map(({ value }) => value),
        nameOf: (i) => `Line ${rows[i]!.line} of ${shown}`,
      });
    }
    case 'csv':
    case 'parquet': {
      const opened = await openFile(session, options, {
        bytes: incoming.bytes,
        format: incoming.kind,
        delimiter: options.delimiter,
      });
      if (!opened.ok) return opened;
      const { source, file } = opened.value;
      const wrong = incoming.kind === 'csv' ? wrongDelimiter(source, options) : undefined;
      if (wrong !== undefined) return failed([wrong]);
      const checked = await checkDataset(session, { ...file, contract: ofSingleRows(contract) });
      if (!checked.ok) return failed(elsewhere(checked.failure, shown));
      if (checked.value.rows === 0) return failed([noRowsAtAll(shown)]);
      const broken = brokenRows(checked.value, shown);
      if (broken.length > 0) return failed(broken);
      return success({
        source,
        namesOf: async (positions) =>
          (await source.locate(positions)).map(({ line, row }) => rowName(shown, line, row)),
      });
    }
  }
}

interface ObjectRows {
  readonly rows: readonly unknown[];
  readonly nameOf: (index: number) => string;
}

async function openObjects(
  session: SqlSession,
  options: IncomingOptions,
  { rows, nameOf }: ObjectRows,
): Promise<Result<SentRows, readonly Failure[]>> {
  if (rows.length === 0) return failed([noRowsAtAll(options.incoming.shown)]);
  const text = await csvOfObjects(rows, options.contract, nameOf);
  if (!text.ok) return text;
  const bytes = Buffer.from(text.value);
  const opened = await openFile(session, options, { bytes, format: 'csv', delimiter: ',' });
  if (!opened.ok) return opened;
  return success({ source: opened.value.source, namesOf: async (positions) => positions.map(nameOf) });
}

interface IncomingFile {
  readonly bytes: Uint8Array;
  readonly format: 'csv' | 'parquet';
  readonly delimiter: string;
}

interface OpenedFile {
  readonly source: RowSource;
  readonly file: {
    readonly files: readonly { readonly path: string; readonly shown: string }[];
    readonly format: 'csv' | 'parquet';
    readonly delimiter: string;
  };
}

async function openFile(
  session: SqlSession,
  { folder, incoming }: IncomingOptions,
  { bytes, format, delimiter }: IncomingFile,
): Promise<Result<OpenedFile, readonly Failure[]>> {
  const path = join(folder, `sent.${format}`);
  await writeFile(path, bytes);
  const file = { files: [{ path, shown: incoming.shown }], format, delimiter };
  const opened = await openSource(session, file);
  return opened.ok
    ? success({ source: opened.value, file })
    : failed(elsewhere(opened.failure, incoming.shown));
}

/** One column where the contract has several: each rule would be broken, and none of them would say why. */
function wrongDelimiter(
  { columns }: RowSource,
  { incoming, contract, delimiter }: IncomingOptions,
): AdditionFailure | undefined {
  const [only, ...others] = columns;
  if (only === undefined || others.length > 0 || contract.columns.length < 2) return undefined;
  const used = [',', ';', '\t', '|'].find((each) => each !== delimiter && only.name.includes(each));
  if (used === undefined) return undefined;
  const why = `its columns are divided by ${JSON.stringify(used)}, and those of the dataset by ${JSON.stringify(delimiter)}`;
  return unreadable(incoming.shown, why);
}

/** What came from elsewhere is no file of the repository, at which a message could be shown. */
function elsewhere(failures: readonly SqlFailure[], shown: string): readonly AdditionFailure[] {
  return failures.map(({ message, place, cause }) => {
    const where = place?.line === undefined ? '' : `line ${place.line}: `;
    return unreadable(shown, `${where}${message}`, cause);
  });
}

/** The rules that a row keeps or breaks by itself; the others are asked of the whole dataset. */
function ofSingleRows(contract: Contract): Contract {
  const columns = contract.columns.map((column) => ({ ...column, unique: false, primaryKey: false }));
  return { ...contract, columns, metrics: [] };
}

function brokenRows({ checks }: ContractVerdict, shown: string): readonly AdditionFailure[] {
  return checks
    .filter(({ verdict }) => verdict === 'fail')
    .flatMap(({ column, expected, examples, failed: count }) => {
      if (examples.length === 0) return [rowRefused(shown, column, expected)];
      return examples.map(({ line, row }, i) => {
        const more = count - examples.length;
        const others = i === examples.length - 1 && more > 0 ? ` (and ${more} more rows)` : '';
        return rowRefused(`${rowName(shown, line, row)}${others}`, column, expected);
      });
    })
    .slice(0, mostShownRows);
}

function rowName(shown: string, line: number | undefined, row: number): string {
  return line === undefined ? `Row ${row} of ${shown}` : `Line ${line} of ${shown}`;
}
