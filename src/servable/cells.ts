import type { ColumnContract } from '../contract/index.ts';
import { microsecondsOf } from '../contract/index.ts';
import type { ModelColumn } from './row-block.ts';

type ToCell = (value: unknown) => number | string;

/** How the checked rows of requests become cells: as `sql` makes them of the same values in files. */
export function cellsWriter(
  columns: readonly ModelColumn[],
  contract: readonly ColumnContract[],
): (row: Readonly<Record<string, unknown>>, cells: (number | string)[]) => void {
  const types = new Map(contract.map(({ name, type }) => [name, type]));
  const writers = columns.map(({ name, kind }) => [name, toCell(kind, types.get(name))] as const);
  return (row, cells) => {
    for (let i = 0; i < writers.length; i++) {
      const [name, write] = writers[i]!;
      cells.push(write(Object.hasOwn(row, name) ? row[name] : undefined));
    }
  };
}

function toCell(kind: ModelColumn['kind'], type: ColumnContract['type'] | undefined): ToCell {
  if (kind === 'text') return (value) => (value === undefined || value === null ? '' : String(value));
  if (type === 'date' || type === 'timestamp') {
    return (value) => (typeof value === 'string' ? millisecondsOf(value) : Number.NaN);
  }
  // Adding zero makes zero of minus zero, as the rules of files do.
  return (value) => (value === undefined || value === null ? Number.NaN : Number(value) + 0);
}

/**
 * Milliseconds since 1970 of a date or time that keeps the contract; a time without a zone is in UTC. Not `Date.parse`,
 * which drops microseconds, and takes what has a space instead of `T` for local time or for another year.
 */
export function millisecondsOf(text: string): number {
  return Number(microsecondsOf(text)) / 1000;
}
