import { count, csvLimits } from '../format/index.ts';

/** A table as it stands in a text. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** Why a text is no table that can be asked about; `tooMuch`: it may be one, and is too large to be asked about here. */
export interface CsvRefusal {
  readonly problem: string;
  readonly tooMuch?: true;
}

const { rows: mostRows, columns: mostColumns, characters: mostCharacters } = csvLimits;

/**
 * CSV (RFC 4180) with a header. The delimiter is the comma, the semicolon or the tab that the header has most of: what
 * is copied from a spreadsheet has tabs. Says why a text is no such table.
 */
export function readCsv(text: string): CsvTable | CsvRefusal {
  if (text.length > mostCharacters)
    return tooMuch(`The text has more than ${mostCharacters / 1e6} million characters`);
  const plain = text.replace(/^\ufeff/, '');
  const records = recordsOf(plain, delimiterOf(plain));
  if ('problem' in records) return records;
  const [header, ...rows] = records.records.filter(
    ({ cells }) => cells.length > 1 || cells[0]!.trim() !== '',
  );
  if (header === undefined) return { problem: 'There is no text: the first line names the columns.' };
  const names = header.cells.map((name) => name.trim());
  if (names.length > mostColumns) return tooMuch(`The header names ${count(names.length)} columns`);
  const seen = new Set<string>();
  const double = names.find((name) => seen.size === seen.add(name).size);
  if (double !== undefined)
    return { problem: `The header has the column ${JSON.stringify(double.slice(0, 80))} twice.` };
  if (rows.length === 0) return { problem: 'There are no rows below the header.' };
  if (rows.length > mostRows) return tooMuch(`There are more than ${count(mostRows)} rows`);
  return { header: names, rows };
}

function tooMuch(problem: string): CsvRefusal {
  const limits = `${count(mostRows)} rows, ${count(mostColumns)} columns and ${mostCharacters / 1e6} million characters`;
  return { problem: `${problem}. At most ${limits} are answered in a page.`, tooMuch: true };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One more than are answered: what comes after them is not read. */
function recordsOf(text: string, delimiter: string): { readonly records: readonly CsvRecord[] } | CsvRefusal {
  const records: CsvRecord[] = [];
  let filled = 0;
  let cells: string[] = [];
  let line = 1;
  let first = 1;
  let at = 0;
  while (at <= text.length) {
    const quoted = text[at] === '"';
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at, delimiter);
    if (end === undefined) return { problem: `The quote that opens on line ${line} is never closed.` };
    const raw = text.slice(at, end);
    const value = quoted ? raw.slice(1, -1).replaceAll('""', '"') : raw;
    if (quoted) line += raw.split('\n').length - 1;
    cells.push(value);
    const next = text[end];
    if (next === delimiter) {
      at = end + 1;
      continue;
    }
    if (next !== undefined && next !== '\n' && next !== '\r')
      return { problem: `Line ${line} has text after a closing quote.` };
    records.push({ line: first, cells });
    if ((cells.length > 1 || cells[0]!.trim() !== '') && ++filled > mostRows + 1) break;
    if (next === undefined) break;
    at = end + (next === '\r' && text[end + 1] === '\n' ? 2 : 1);
    cells = [];
    line++;
    first = line;
  }
  return { records };
}

/** After the closing quote. */
function endOfQuoted(text: string, start: number): number | undefined {
  for (let at = start + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return undefined;
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}

function endOfPlain(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text.trimStart())![0].replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((sign) => ({ sign, count: header.split(sign).length }));
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).sign;
}
