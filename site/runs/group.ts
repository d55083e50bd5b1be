import { cellKinds, fieldValue } from '@format';
import type { JsonScalar } from './cells.ts';
import type { RunsTable } from './runs-table.ts';

/** Runs with the same value of a field. */
export interface RowGroup {
  /** The value as it stands in an address: stable, different for different values. */
  readonly key: string;
  readonly value: JsonScalar | undefined;
  /** In the order of the table. */
  readonly rows: Int32Array;
  readonly passed: number;
}

/**
 * In the order of the first row of each, so that groups follow the order of the table; without an order of its own
 * (`sorted`), by their values.
 */
export function groupedRows(
  table: RunsTable,
  rows: Int32Array,
  field: string,
  compare?: (one: JsonScalar | undefined, other: JsonScalar | undefined) => number,
): readonly RowGroup[] {
  const isSaid = field === 'tag' || field === 'note';
  const { kinds, values } = table.column(field);
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const key = isSaid ? keyOf(fieldValue(table, row, field)) : `${kinds[row]}:${values[row]}`;
    const group = found.get(key);
    if (group === undefined) found.set(key, [row]);
    else group.push(row);
  }
  const groups = [...found.values()].map((group): RowGroup => {
    const value = fieldValue(table, group[0]!, field);
    const passed = group.filter((row) => table.text('verdict', row) === 'pass').length;
    return { key: keyOf(value), value, rows: Int32Array.from(group), passed };
  });
  return compare === undefined ? groups : groups.sort((a, b) => compare(a.value, b.value));
}

/** Nothing for what is missing; texts stand as they are unless they could be read as something else. */
export function keyOf(value: JsonScalar | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '' || /^(?:["\-\d]|true$|false$|null$)/.test(value) ? JSON.stringify(value) : value;
}

/** Of a metric in a group; `undefined` where no run was measured. */
export interface GroupFigures {
  readonly best: number;
  readonly mean: number;
  readonly measured: number;
}

export function figuresOf(
  table: RunsTable,
  { rows }: RowGroup,
  field: string,
  better: 'higher' | 'lower',
): GroupFigures | undefined {
  const { kinds, values } = table.column(field);
  let [sum, measured] = [0, 0];
  let best = better === 'higher' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (kinds[row] !== cellKinds.isNumber) continue;
    const value = values[row]!;
    sum += value;
    measured++;
    best = better === 'higher' ? Math.max(best, value) : Math.min(best, value);
  }
  return measured === 0 ? undefined : { best, mean: sum / measured, measured };
}
