import { quoteName, quoteText } from '../../src/sql/index.ts';

export type Cell = number | string | boolean | null;

function literal(cell: Cell, type: string): string {
  if (cell === null) return `CAST(NULL AS ${type})`;
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'string') return quoteText(cell);
  return `CAST('${Object.is(cell, -0) ? '-0' : String(cell)}' AS ${type})`;
}

/** SQL that can stand after FROM: these rows, as typed columns. */
export function relationOf(
  types: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, Cell>>[],
): string {
  const names = Object.keys(types);
  const list = (row: Readonly<Record<string, Cell>>) =>
    names.map((name) => `${literal(row[name] ?? null, types[name]!)} AS ${quoteName(name)}`).join(', ');
  if (rows.length === 0) return `(SELECT ${list({})} WHERE false)`;
  return `(${rows.map((row) => `SELECT ${list(row)}`).join(' UNION ALL ')})`;
}
