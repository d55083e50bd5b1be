import type { ColumnContract } from '../contract/index.ts';
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
    return (value) => (typeof value === 'string' ? Date.parse(zoned(value)) : Number.NaN);
  }
  return (value) => (value === undefined || value === null ? Number.NaN : Number(value));
}

/** A time without a zone is in UTC. */
function zoned(text: string): string {
  return /T/i.test(text) && !/(z|[+-]\d\d:?\d\d)$/i.test(text) ? `${text}Z` : text;
}
