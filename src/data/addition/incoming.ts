import type { Failure, Json, JsonScalar, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contract } from '../../contract/index.ts';
import { compileRowCheck } from '../../contract/index.ts';
import { csvLine } from './csv-line.ts';
import type { AdditionFailure } from './failures.ts';
import { mostShownRows, noRowsAtAll, rowRefused, unreadable } from './failures.ts';

/** Rows from outside, as they came; nothing of them is trusted. */
export type Incoming =
  | { readonly kind: 'objects'; readonly shown: string; readonly rows: readonly unknown[] }
  | { readonly kind: 'ndjson'; readonly shown: string; readonly bytes: Uint8Array }
  | { readonly kind: 'csv' | 'parquet'; readonly shown: string; readonly bytes: Uint8Array };

/** A row that a JSON text holds is no larger. */
const mostColumns = 10_000;

/** Rows of JSON as CSV in the order of the contract, each of them checked as a request to a server is. */
export async function csvOfObjects(
  rows: readonly unknown[],
  contract: Contract,
  nameOf: (index: number) => string,
): Promise<Result<string, readonly AdditionFailure[]>> {
  const check = await compileRowCheck(contract);
  const columns = contract.columns.map(({ name }) => name);
  const failures: AdditionFailure[] = [];
  const lines = [csvLine(columns, ',')];
  for (const [i, row] of rows.entries()) {
    const broken = problemsOf(row, check);
    for (const { column, expected } of broken) failures.push(rowRefused(nameOf(i), column, expected));
    if (failures.length >= mostShownRows) break;
    if (broken.length === 0) {
      const members = row as Readonly<Record<string, JsonScalar>>;
      lines.push(
        csvLine(
          columns.map((name) => textOf(Object.hasOwn(members, name) ? members[name]! : null)),
          ',',
        ),
      );
    }
  }
  return failures.length > 0 ? failed(failures) : success(lines.join(''));
}

function problemsOf(
  row: unknown,
  check: Awaited<ReturnType<typeof compileRowCheck>>,
): readonly { readonly column?: string; readonly expected: string }[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return [{ expected: 'an object with a member for each column' }];
  }
  const members = Object.entries(row);
  if (members.length > mostColumns) return [{ expected: `at most ${mostColumns} members` }];
  const nested = members.find(([, value]) => typeof value === 'object' && value !== null);
  if (nested !== undefined) return [{ column: nested[0], expected: 'a single value, no list and no object' }];
  // Half a character has no bytes: it would be written as another one.
  const torn = members.find(([, value]) => typeof value === 'string' && /\p{Cs}/u.test(value));
  if (torn !== undefined) return [{ column: torn[0], expected: 'text that UTF-8 can write' }];
  return check(row);
}

/** As the lexical rules of contracts have it; missing is empty. */
function textOf(value: JsonScalar): string {
  return value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** One JSON value a line; empty lines say nothing. */
export function readNdjson(shown: string, bytes: Uint8Array): Result<readonly NumberedRow[], Failure> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return failed(unreadable(shown, 'it is not UTF-8', cause));
  }
  const rows: NumberedRow[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      rows.push({ line: i + 1, value: JSON.parse(line) as Json });
    } catch (cause) {
      return failed(unreadable(shown, `line ${i + 1} is no JSON`, cause));
    }
  }
  return rows.length === 0 ? failed(noRowsAtAll(shown)) : success(rows);
}

interface NumberedRow {
  readonly line: number;
  readonly value: Json;
}
