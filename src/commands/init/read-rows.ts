import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { dataUnusable } from './failures.ts';

export interface Rows {
  readonly delimiter: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** More rows say nothing more of what a column holds. */
const mostRows = 200_000;
const fewestRows = 20;

/** The rows of a CSV file as RFC 4180 has it, to look at: `trainyard validate` reads it again, and strictly. */
export function readRows(file: string, bytes: Uint8Array): Result<Rows, Failure> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed(dataUnusable(file, 'it is not UTF-8'));
  }
  const end = text.search(/[\r\n]/);
  const head = end < 0 ? text : text.slice(0, end);
  const count = (character: string): number => head.split(character).length;
  const delimiter = [',', ';', '\t', '|'].reduce((best, each) => (count(each) > count(best) ? each : best));
  const [columns, ...rows] = parse(text, delimiter);
  if (columns === undefined) return failed(dataUnusable(file, 'it is empty'));
  if (columns.some((name) => name.trim() === '')) return failed(dataUnusable(file, 'a column has no name'));
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) return failed(dataUnusable(file, `two columns are called \`${twice}\``));
  const ragged = rows.findIndex((row) => row.length !== columns.length);
  if (ragged >= 0) {
    const has = rows[ragged]!.length;
    return failed(
      dataUnusable(file, `row ${ragged + 1} has ${has} fields, and the header ${columns.length}`),
    );
  }
  if (rows.length < fewestRows) return failed(dataUnusable(file, `it has ${rows.length} rows`));
  return success({ delimiter, columns, rows });
}

function parse(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endRow = (): void => {
    row.push(field);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    field = '';
  };
  for (let i = 0; i < text.length && rows.length <= mostRows; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (character === '"' && field === '') quoted = true;
    else if (character === delimiter) {
      row.push(field);
      field = '';
    } else if (character === '\n') endRow();
    else if (character !== '\r') field += character;
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}
