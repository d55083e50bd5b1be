import { isUtf8 } from 'node:buffer';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RequestProblem, ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

/** An array of rows of scalars is 2 deep; what is deeper is refused by the rules of the rows, which name the field. */
const mostDepth = 32;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Parses a body as JSON, and refuses what parsers read differently from one another: bytes that are no UTF-8, a member that
 * stands twice in an object, half a surrogate pair. The depth is bounded before anything is parsed.
 */
export function readJson(body: Buffer): Result<unknown, ServeFailure> {
  if (!isUtf8(body)) return notJson('The body is not UTF-8');
  const text = body.toString('utf8', hasByteOrderMark(body) ? 3 : 0);
  const shape = shapeOf(text);
  if (shape === 'too deep') {
    return failed(serveFailure('serve-body-too-deep', `The body nests deeper than ${mostDepth} levels`));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return notJson('The body is not JSON');
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

/** How many members the objects of a JSON text have together, in one pass; anything for a text that is no JSON. */
function shapeOf(text: string): { readonly members: number } | 'too deep' {
  let members = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case quote:
        i = endOfString(text, i);
        break;
      case 0x3a: // :
        members++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > mostDepth) return 'too deep';
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      default:
    }
  }
  return { members };
}

/** Where the string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
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
