import type { Estimate } from '@format';
import { cellKinds, decimalsOf, fieldValue, fixed, seconds, shownScalar } from '@format';
import type { TableColumn } from './columns.ts';
import type { RunsTable } from './runs-table.ts';

export type JsonScalar = string | number | boolean | null;

/** A metric of a run, with the ends of its interval where it has one. */
export interface Measured {
  readonly value: number;
  readonly ends?: readonly [low: number, high: number];
}

export function measuredOf(table: RunsTable, field: string, row: number): Measured | undefined {
  const value = numberOf(table, field, row);
  if (value === undefined) return undefined;
  const name = field.slice('metrics.'.length);
  const low = numberOf(table, `low.${name}`, row);
  const high = numberOf(table, `high.${name}`, row);
  return low === undefined || high === undefined ? { value } : { value, ends: [low, high] };
}

function numberOf(table: RunsTable, field: string, row: number): number | undefined {
  const { kinds, values } = table.column(field);
  return kinds[row] === cellKinds.isNumber ? values[row] : undefined;
}

/** Decimals of a whole column, so that its numbers stand below each other: as many as most of its runs know. */
export function decimalsOfColumn(table: RunsTable, field: string, rows: Int32Array): number {
  const found: number[] = [];
  for (let i = 0; i < rows.length && found.length < 50; i++) {
    const measured = measuredOf(table, field, rows[i]!);
    if (measured === undefined || !Number.isFinite(measured.value)) continue;
    const [low, high] = measured.ends ?? [measured.value, measured.value];
    found.push(decimalsOf({ value: measured.value, low, high } satisfies Estimate));
  }
  found.sort((a, b) => a - b);
  return found[found.length >> 1] ?? 3;
}

/** What stands in a cell, as text: on the screen, to assistive technology, on paper. */
export function cellText(table: RunsTable, column: TableColumn, row: number, decimals: number): string {
  const { field, look } = column;
  if (look === 'metric') {
    const measured = measuredOf(table, field, row);
    if (measured === undefined) return '';
    const { value, ends } = measured;
    const interval = ends === undefined ? '' : ` [${fixed(ends[0], decimals)}, ${fixed(ends[1], decimals)}]`;
    return `${fixed(value, decimals)}${interval}`;
  }
  const value = fieldValue(table, row, field);
  if (value === undefined) return '';
  if (look === 'seconds' && typeof value === 'number') return seconds(value);
  if (look === 'moment' && typeof value === 'number') return momentText(value);
  if (look === 'commit') return String(value).slice(0, 7);
  if (look === 'digest')
    return shownScalar(value)
      .replace(/^sha256:/, '')
      .slice(0, 8);
  return shownText(value);
}

/** Long texts are cut: nobody reads ten thousand characters in a cell, and browsers are slow with them. */
export function shownText(value: JsonScalar): string {
  const text = shownScalar(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** `2026-11-21 03:15`, in UTC. What is no time of a calendar stays a number. */
export function momentText(time: number): string {
  return Math.abs(time) > 8.64e15
    ? String(time)
    : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
