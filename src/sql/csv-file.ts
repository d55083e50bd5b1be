import { type FileHandle, open } from 'node:fs/promises';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { CsvScanner, longestRow } from './csv-scanner.ts';
import type { SqlFailure } from './failures.ts';
import { columnsDuplicate, csvEmpty, csvFault, fileUnreadable, headerNameMissing } from './failures.ts';

/** A file of a dataset: where it is, and how messages and records name it. */
export interface NamedFile {
  readonly path: string;
  /** Relative to the repository, with `/`. */
  readonly shown: string;
}

/** What one pass over a CSV file found: it is RFC 4180, and these are its columns and rows. */
export interface CsvFile extends NamedFile {
  readonly header: readonly string[];
  /** The header not counted. */
  readonly rows: number;
  readonly newline: 'lf' | 'crlf';
  readonly delimiter: string;
  /** A quoted field has a line end in it. */
  readonly breaksInQuotes: boolean;
  /** Where every `spacing`-th row starts; the first entry is row 1. */
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly line: number;
  readonly offset: number;
}

/** Rows between two marks: few enough to find a row's line at once, many enough to cost no memory. */
const spacing = 4096;
const chunkSize = 2 ** 20;

/** Reads the whole file once, strictly. */
export async function inspectCsv(file: NamedFile, delimiter: string): Promise<Result<CsvFile, SqlFailure>> {
  let handle: FileHandle;
  try {
    handle = await open(file.path);
  } catch (cause) {
    return failed(fileUnreadable(file.shown, cause));
  }
  try {
    return await inspectOpened(handle, file, delimiter);
  } catch (cause) {
    return failed(fileUnreadable(file.shown, cause));
  } finally {
    await handle.close();
  }
}

async function inspectOpened(
  handle: FileHandle,
  file: NamedFile,
  delimiter: string,
): Promise<Result<CsvFile, SqlFailure>> {
  const start = await lengthOfMark(handle);
  const marks: Mark[] = [];
  let headerEnd: number | undefined;
  let rows = 0;
  const scanner = new CsvScanner({
    delimiter: delimiter.charCodeAt(0),
    line: 1,
    offset: start,
    onRow: (line, offset, end) => {
      if (headerEnd === undefined) {
        headerEnd = end;
        return true;
      }
      if (rows % spacing === 0) marks.push({ line, offset });
      rows++;
      return true;
    },
  });
  await feed(handle, start, scanner);
  if (headerEnd === undefined) {
    const { fault } = scanner;
    return failed(
      fault === undefined
        ? csvEmpty(file.shown)
        : csvFault(fault.fault, { file: file.shown, line: fault.line }),
    );
  }
  const header = headerFields(await readBetween(handle, start, headerEnd), delimiter);
  const mistake = headerMistake(file.shown, header);
  if (mistake !== undefined) return failed(mistake);
  if (scanner.fault !== undefined) {
    return failed(csvFault(scanner.fault.fault, { file: file.shown, line: scanner.fault.line }));
  }
  const { newline = 'lf', breaksInQuotes } = scanner;
  return success({ ...file, header, rows, newline, delimiter, breaksInQuotes, marks });
}

/** The lines where rows start; rows count from 1 and are in ascending order. */
export async function linesOfRows(file: CsvFile, rows: readonly number[]): Promise<number[]> {
  const lines: number[] = [];
  const handle = await open(file.path);
  try {
    for (let i = 0; i < rows.length; ) {
      const mark = Math.floor((rows[i]! - 1) / spacing);
      let row = mark * spacing;
      const { line, offset } = file.marks[mark]!;
      const scanner = new CsvScanner({
        delimiter: file.delimiter.charCodeAt(0),
        fields: file.header.length,
        newline: file.newline,
        line,
        offset,
        onRow: (rowLine) => {
          row++;
          while (rows[i] === row) {
            lines.push(rowLine);
            i++;
          }
          return i < rows.length && rows[i]! <= (mark + 1) * spacing;
        },
      });
      const before = i;
      await feed(handle, offset, scanner);
      if (i === before) throw new Error(`${file.shown} was changed while it was read`);
    }
  } finally {
    await handle.close();
  }
  return lines;
}

async function feed(handle: FileHandle, from: number, scanner: CsvScanner): Promise<void> {
  const buffer = Buffer.allocUnsafe(chunkSize);
  for (let position = from; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, chunkSize, position);
    if (bytesRead === 0) break;
    if (!scanner.push(buffer.subarray(0, bytesRead))) return;
    position += bytesRead;
  }
  scanner.end();
}

/** 3 when the file starts with a UTF-8 byte order mark. */
async function lengthOfMark(handle: FileHandle): Promise<number> {
  const start = await readBetween(handle, 0, 3);
  return start.length === 3 && start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
}

async function readBetween(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(end - start, longestRow));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

/** The fields of a row that the scanner has accepted. */
function headerFields(bytes: Buffer, delimiter: string): string[] {
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') {
      if (quoted && text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  fields.push(field);
  return fields;
}

function headerMistake(file: string, header: readonly string[]): SqlFailure | undefined {
  const nameless = header.findIndex((name) => name.trim() === '');
  if (nameless >= 0) return headerNameMissing(file, nameless + 1);
  return duplicateColumn(file, header);
}

/** SQL names are equal when they differ only in case. */
export function duplicateColumn(file: string, names: readonly string[]): SqlFailure | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const before = seen.get(folded);
    if (before !== undefined) return columnsDuplicate(file, before, name);
    seen.set(folded, name);
  }
  return undefined;
}
