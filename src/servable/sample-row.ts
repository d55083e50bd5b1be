import type { Random } from '../base/index.ts';
import type { ColumnContract } from '../contract/index.ts';
import { momentOf } from '../contract/index.ts';
import type { Row } from './manifest.ts';
import { sampleText } from './sample-text.ts';

type Value = string | number | boolean;

/** One row that the rules of the columns allow, as far as they are understood: whoever uses it checks it. */
export function sampleRow(
  columns: readonly ColumnContract[],
  random: Random,
  /** How often a column that may be missing is. */
  missing: number,
): Row {
  return Object.fromEntries(
    columns.flatMap((column) => {
      const isLeftOut = random() < missing && !column.required;
      const value = isLeftOut ? undefined : sampleValue(column, random);
      return value === undefined ? [] : [[column.name, value] as const];
    }),
  );
}

function sampleValue(column: ColumnContract, random: Random): Value | undefined {
  if (column.enum !== undefined) return column.enum[Math.floor(random() * column.enum.length)];
  switch (column.type) {
    case 'boolean':
      return random() < 0.5;
    case 'integer':
    case 'number':
      return sampleNumber(column, random());
    case 'date':
    case 'timestamp':
      return sampleTime(column, random());
    case 'string':
      return sampleText(column, random);
  }
}

/** Away from the ends, which may not be allowed themselves. Without limits: from 0 to 100. */
function sampleNumber(column: ColumnContract, position: number): number {
  const lowest = column.minimum ?? column.exclusiveMinimum;
  const highest = column.maximum ?? column.exclusiveMaximum;
  const low = lowest ?? Math.min(0, (highest ?? 0) - 100);
  const high = highest ?? Math.max(100, low + 100);
  const value = low + (0.05 + 0.9 * position) * (high - low);
  if (column.type === 'number') return low === high ? low : value;
  const step = column.multipleOf ?? 1;
  const least = Math.ceil(
    (column.exclusiveMinimum !== undefined && lowest === column.exclusiveMinimum ? low + 1 : low) / step,
  );
  const most = Math.floor(
    (column.exclusiveMaximum !== undefined && highest === column.exclusiveMaximum ? high - 1 : high) / step,
  );
  // Not -0, which is written as 0.
  return Math.min(most, Math.max(least, Math.round(value / step))) * step + 0;
}

const day = 86_400_000;

/** Between the limits; without one, in the year before or after the other; without both, in 2026. */
function sampleTime(column: ColumnContract, position: number): string {
  const first = column.earliest ?? column.after;
  const last = column.latest ?? column.before;
  const from = first === undefined ? undefined : momentOf(first);
  const to = last === undefined ? undefined : momentOf(last);
  const low = from ?? (to === undefined ? Date.UTC(2026, 0, 1) : to - 365 * day);
  const high = to ?? low + 365 * day;
  const text = new Date(low + (0.05 + 0.9 * position) * (high - low)).toISOString();
  return column.type === 'date' ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}
