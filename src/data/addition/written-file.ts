import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { SourceColumn } from '../../sql/index.ts';
import type { SourceFile } from '../sources.ts';
import { csvLine } from './csv-line.ts';
import type { AdditionFailure } from './failures.ts';
import { fileTooLarge, noPlace } from './failures.ts';
import { newFileOf } from './new-file.ts';
import type { NewRow } from './sort-rows.ts';

/** A file of the repository as it has to become. */
export interface WrittenFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface WriteOptions {
  readonly rows: readonly NewRow[];
  /** Path or glob, relative to the root. */
  readonly pattern: string;
  readonly sources: readonly SourceFile[];
  /** Of the files, in their order; those that the contract does not have stay empty. */
  readonly columns: readonly SourceColumn[];
  readonly delimiter: string;
}

/** A commit through the API holds a file as base64 in one request. */
const mostBytes = 30 * 2 ** 20;

/** The rows at the end of the one file of the dataset, or in a new file that its glob finds, named by its content. */
export async function writtenFile(options: WriteOptions): Promise<Result<WrittenFile, AdditionFailure>> {
  const { rows, pattern, sources, columns, delimiter } = options;
  const only = sources.find(({ path }) => path === pattern);
  const names = columns.map(({ name }) => name);
  const text = (newline: string): string =>
    rows
      .map((row) =>
        csvLine(
          names.map((name) => row.get(name) ?? ''),
          delimiter,
          newline,
        ),
      )
      .join('');
  if (only !== undefined) {
    const before = await readFile(only.absolute);
    const newline = newlineOf(before);
    const gap = before.at(-1) === 0x0a ? '' : newline;
    return bounded({ path: pattern, bytes: Buffer.concat([before, Buffer.from(gap + text(newline))]) });
  }
  const bytes = Buffer.from(csvLine(names, delimiter) + text('\n'));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const path = newFileOf(pattern, `received-${digest}`);
  if (path === undefined)
    return failed(noPlace(pattern, 'the glob does not say where a new file would stand'));
  if (sources.some((source) => source.path === path)) {
    return failed(noPlace(pattern, `${path} is there, and holds other rows than when it was written`));
  }
  return bounded({ path, bytes });
}

function bounded(file: WrittenFile): Result<WrittenFile, AdditionFailure> {
  return file.bytes.length > mostBytes
    ? failed(fileTooLarge(file.path, file.bytes.length, mostBytes))
    : success(file);
}

/** The end of the header decides; a line end in quotes is none. */
function newlineOf(bytes: Uint8Array): '\n' | '\r\n' {
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0x22) quoted = !quoted;
    else if (bytes[i] === 0x0a && !quoted) return bytes[i - 1] === 0x0d ? '\r\n' : '\n';
  }
  return '\n';
}
