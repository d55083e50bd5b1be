import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { CsvFile, NamedFile } from '../csv-file.ts';
import { inspectCsv, linesOfRows } from '../csv-file.ts';
import { longestRow } from '../csv-scanner.ts';
import type { SqlFailure } from '../failures.ts';
import { columnReserved, columnsDiffer, delimiterInvalid } from '../failures.ts';
import { quoteName, quoteText } from '../quote.ts';
import type { RowPlace, RowSource } from '../source.ts';
import { differenceOfColumns, pathList, places, positionColumn } from './positions.ts';

/** More broken files than this are not reported at once. */
const mostFailures = 20;

export async function openCsvSource(
  named: readonly NamedFile[],
  delimiter: string,
): Promise<Result<RowSource, readonly SqlFailure[]>> {
  if (!/^[!-/:-@[-`{-~\t]$/.test(delimiter) || delimiter === '"')
    return failed([delimiterInvalid(delimiter)]);
  const files: CsvFile[] = [];
  const failures: SqlFailure[] = [];
  for (const file of named) {
    const inspected = await inspectCsv(file, delimiter);
    if (inspected.ok) files.push(inspected.value);
    else failures.push(inspected.failure);
    if (failures.length === mostFailures) break;
  }
  const first = files[0];
  if (failures.length > 0 || first === undefined) return failed(failures);
  if (first.header.includes(positionColumn)) return failed([columnReserved(first.shown, positionColumn)]);
  for (const file of files) {
    const difference = differenceOfColumns(first.header, file.header);
    if (difference !== undefined) failures.push(columnsDiffer(file.shown, first.shown, difference));
  }
  if (failures.length > 0) return failed(failures);
  return success(csvSource(first.header, files));
}

function csvSource(header: readonly string[], files: readonly CsvFile[]): RowSource {
  const columns = header.map(quoteName).join(', ');
  const groups = groupsOf(files);
  const numbered = groups.map(
    (group) =>
      `SELECT ${columns}, row_number() OVER () - 1 + ${group.offset} AS ${quoteName(positionColumn)} FROM ${readCsv(group.files)}`,
  );
  return {
    format: 'csv',
    files: files.map(({ path, shown, rows }) => ({ path, shown, rows })),
    columns: header.map((name) => ({ name, type: 'VARCHAR' })),
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    scan: `(${groups.map((group) => `SELECT ${columns} FROM ${readCsv(group.files)}`).join(' UNION ALL ')})`,
    numberedScan: `(${numbered.join(' UNION ALL ')})`,
    slice: (from, to) =>
      `(SELECT ${columns} FROM (${numbered.join(' UNION ALL ')}) WHERE ${quoteName(positionColumn)} >= ${from} AND ${quoteName(positionColumn)} < ${to})`,
    locate: (positions) => locate(files, positions),
  };
}

interface Group {
  readonly files: CsvFile[];
  readonly offset: number;
}

/** Neighbours that one `read_csv` can read: the same columns in the same order, and the same line ends. */
function groupsOf(files: readonly CsvFile[]): readonly Group[] {
  const groups: Group[] = [];
  let offset = 0;
  for (const file of files) {
    const last = groups.at(-1);
    const before = last?.files[0];
    const alike =
      before !== undefined &&
      before.newline === file.newline &&
      before.breaksInQuotes === file.breaksInQuotes &&
      before.header.every((name, i) => name === file.header[i]);
    if (alike) last!.files.push(file);
    else groups.push({ files: [file], offset });
    offset += file.rows;
  }
  return groups;
}

/**
 * Every option is given, so that nothing is guessed from the first rows or from the names of files; but for the line
 * ends: DuckDB 1.5 reads both kinds by itself, and nothing at all when it is told that they are CRLF.
 */
function readCsv(files: readonly CsvFile[]): string {
  const { header, delimiter, breaksInQuotes } = files[0]!;
  const options = [
    'auto_detect = false',
    `columns = {${header.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')}}`,
    'header = true',
    `delim = ${quoteText(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `nullstr = ''`,
    'allow_quoted_nulls = true',
    `compression = 'none'`,
    `encoding = 'utf-8'`,
    `comment = ''`,
    // Threads that start in the middle of a file take a line end in quotes for the end of a row.
    `parallel = ${!breaksInQuotes}`,
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    'hive_partitioning = false',
    'union_by_name = false',
    `max_line_size = ${longestRow + 2}`,
    `buffer_size = ${8 * longestRow}`,
  ];
  return `read_csv(${pathList(files)}, ${options.join(', ')})`;
}

async function locate(files: readonly CsvFile[], positions: readonly number[]): Promise<RowPlace[]> {
  const found = places(files, positions);
  const lines = new Map<string, number>();
  for (const [i, file] of files.entries()) {
    const rows = [...new Set(found.filter((place) => place.file === i).map((place) => place.row))];
    rows.sort((a, b) => a - b);
    if (rows.length === 0) continue;
    const rowLines = await linesOfRows(file, rows);
    for (const [k, row] of rows.entries()) lines.set(`${i}:${row}`, rowLines[k]!);
  }
  return found.map(({ file, row }) => ({
    file: files[file]!.shown,
    row,
    line: lines.get(`${file}:${row}`)!,
  }));
}
