import type { ColumnToScore } from './messages.ts';

/** What goes to the other thread instead of a copy. */
export function memoryOf(columns: readonly ColumnToScore[]): ArrayBuffer[] {
  return columns.map(
    (column) => (column.kind === 'number' ? column.values : column.codes).buffer as ArrayBuffer,
  );
}
