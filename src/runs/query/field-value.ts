import type { JsonScalar } from '../../base/index.ts';
import { missing, valueAt } from '../run-index/columns.ts';
import type { RunTable } from '../run-index/run-table.ts';

/** Of a column, or the tags or the notes of the run as one text. */
export function fieldValue(index: RunTable, row: number, field: string): JsonScalar | undefined {
  if (field !== 'tag' && field !== 'note') return valueAt(index.column(field), row);
  const { tags, notes } = index.notesOf(row);
  const texts = field === 'tag' ? tags : notes.map(({ text }) => text);
  return texts.length === 0 ? undefined : texts.join(field === 'tag' ? ', ' : '; ');
}

/** Rows with the same values of some fields, in the order of the first row of each. */
export function rowsBy(
  index: RunTable,
  rows: readonly number[],
  fields: readonly string[],
): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = JSON.stringify(fields.map((field) => [fieldValue(index, row, field)]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** `null`, then booleans, numbers, texts; what is missing at the end. */
export function compareValues(one: JsonScalar | undefined, other: JsonScalar | undefined): number {
  const order = kindOrder(one) - kindOrder(other);
  if (order !== 0) return order;
  if (one === other || one === undefined || other === undefined || one === null || other === null) return 0;
  return one < other ? -1 : 1;
}

function kindOrder(value: JsonScalar | undefined): number {
  if (value === undefined) return 4;
  return value === null ? 0 : typeof value === 'boolean' ? 1 : typeof value === 'number' ? 2 : 3;
}

/** The metric to look at first of the newest row that has one; rows come newest first. */
export function mainMetric(index: RunTable, rows: readonly number[]): string | undefined {
  const column = index.column('metric');
  const newest = rows.find((row) => column.kinds[row] !== missing);
  return newest === undefined ? undefined : (valueAt(column, newest) as string);
}
