import { isUtf8 } from 'node:buffer';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RequestProblem, ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import { jsonMistake } from './json-mistake.ts';
import { endOfString, jsonShape } from './json-shape.ts';

/** An array of rows of scalars is 2 deep; what is deeper is refused by the rules of the rows, which name the field. */
const mostDepth = 32;

/** What is taken of a body: so many rows, each with at most so many members. */
export interface BodyLimits {
  readonly rows: number;
  readonly members: number;
}

/** Members that a row may have beyond its columns: each of them is told. */
export const membersBeyond = 20;

/**
 * Parses a body as JSON, and refuses what parsers read differently from one another: bytes that are no UTF-8, a member that
 * stands twice in an object, half a surrogate pair. Depth, rows and members are bounded before anything is parsed.
 */
export function readJson(body: Buffer, { rows, members }: BodyLimits): Result<unknown, ServeFailure> {
  if (!isUtf8(body)) return notJson('The body is not UTF-8');
  const text = body.toString('utf8', hasByteOrderMark(body) ? 3 : 0);
  // A member is a comma, and perhaps a bracket; a few are free, so that small mistakes are told as what they are.
  const shape = jsonShape(text, { depth: mostDepth, rows, parts: 2 * members + mostDepth });
  switch (shape.kind) {
    case 'too deep':
      return failed(serveFailure('serve-body-too-deep', `The body nests deeper than ${mostDepth} levels`));
    case 'too many rows':
      return failed(
        serveFailure(
          'serve-rows-too-many',
          `The request has more than ${rows} rows, the most that are taken`,
        ),
      );
    case 'too many parts': {
      const problem: RequestProblem = {
        row: shape.row,
        rule: 'columns',
        expected: `at most ${members} members`,
      };
      const message = `row ${shape.row}: expected ${problem.expected}`;
      return failed(serveFailure('serve-row-invalid', message, { problems: [problem] }));
    }
    case 'fits':
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const at = jsonMistake(text);
    const where = at === undefined ? '' : ` from line ${at.line}, column ${at.column} on`;
    return notJson(`The body is not JSON${where}`);
  }
  if (membersOf(value) !== shape.members) return failed(standsTwice(text, value));
  return /\\u[dD][89a-fA-F]/.test(text) ? withoutHalves(value) : success(value);
}

function notJson(message: string): Result<never, ServeFailure> {
  return failed(serveFailure('serve-body-not-json', message));
}

function hasByteOrderMark(body: Buffer): boolean {
  return body.length >= 3 && body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += membersOf(item);
    return members;
  }
  for (const name in value) {
    members++;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === 'object') members += membersOf(member);
  }
  return members;
}

/** The row and the member that stands twice; only asked when there is one. */
function standsTwice(text: string, value: unknown): ServeFailure {
  const column = repeatedName(text);
  const rows = Array.isArray(value) ? value : [value];
  const row = rows.length === 1 ? 0 : rowOfRepeated(text);
  const problem: RequestProblem = {
    row,
    rule: 'columns',
    expected: 'each member once',
    ...(column === undefined ? {} : { column }),
  };
  const where = column === undefined ? `row ${row}` : `${column} of row ${row}`;
  return serveFailure('serve-row-invalid', `${where}: expected each member once`, { problems: [problem] });
}

/** Walks through the text of valid JSON, and stops at the first name that its object has already. */
function walkNames(text: string): { readonly name: string; readonly at: number } | undefined {
  const names: (Set<string> | undefined)[] = [];
  let last: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '"') {
      const end = endOfString(text, i);
      last = JSON.parse(text.slice(i, end + 1)) as string;
      i = end;
    } else if (character === '{') names.push(new Set());
    else if (character === '[') names.push(undefined);
    else if (character === '}' || character === ']') names.pop();
    else if (character === ':' && last !== undefined) {
      const known = names.at(-1);
      if (known?.has(last) === true) return { name: last, at: i };
      known?.add(last);
    }
  }
  return undefined;
}

function repeatedName(text: string): string | undefined {
  return walkNames(text)?.name;
}

/** Rows are the objects right below the outermost list. */
function rowOfRepeated(text: string): number {
  const at = walkNames(text)?.at ?? 0;
  let row = -1;
  let depth = 0;
  for (let i = 0; i < at; i++) {
    const character = text[i]!;
    if (character === '"') i = endOfString(text, i);
    else if (character === '{' || character === '[') {
      depth++;
      if (depth === 2) row++;
    } else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 1 && /^\s*[^\s{[]/.test(text.slice(i + 1, i + 50))) row++;
  }
  return Math.max(0, row);
}

/** Texts with half a surrogate pair cannot be written as UTF-8: a model would see another text than was sent. */
function withoutHalves(value: unknown): Result<unknown, ServeFailure> {
  const rows = Array.isArray(value) ? value : [value];
  for (const [row, members] of rows.entries()) {
    if (typeof members !== 'object' || members === null) continue;
    for (const [column, member] of Object.entries(members)) {
      const isWhole = isWellFormed(column) && (typeof member !== 'string' || isWellFormed(member));
      if (isWhole) continue;
      const expected = 'whole Unicode characters';
      const name = isWellFormed(column) ? { column } : {};
      return failed(
        serveFailure('serve-row-invalid', `${name.column ?? 'a name'} of row ${row}: expected ${expected}`, {
          problems: [{ row, rule: 'type', expected, ...name }],
        }),
      );
    }
  }
  return success(value);
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
