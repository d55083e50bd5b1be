import { isPersonalName } from './personal-names.ts';
import type { Rows } from './read-rows.ts';

/** What a column seems to hold. */
export interface InferredColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp';
  readonly required: boolean;
  readonly unique: boolean;
  /** By its name, or as every value is an address of mail. */
  readonly personal: boolean;
  /** Fields without a value. */
  readonly gaps: number;
  readonly distinct: number;
  /** Words that stand for no value among numbers, and make a text of the column: `NA`. */
  readonly placeholders?: { readonly words: readonly string[]; readonly count: number };
  /** Of numbers: wider than what was seen, as new rows may be a little beyond it. */
  readonly range?: { readonly minimum: number; readonly maximum: number };
  /** Where there are few enough to be all. */
  readonly categories?: readonly string[];
}

const mostCategories = 20;

const shapes = {
  boolean: /^(true|false)$/,
  integer: /^-?(0|[1-9]\d{0,14})$/,
  number: /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/,
  date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  timestamp: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/,
} as const;

const placeholder = /^(NA|N\/A|n\/a|na|NaN|nan|NULL|null|None|-|\?)$/;
const mail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function inferColumns({ columns, rows }: Rows): readonly InferredColumn[] {
  return columns.map((name, i) =>
    inferColumn(
      name,
      rows.map((row) => row[i]!),
    ),
  );
}

function inferColumn(name: string, all: readonly string[]): InferredColumn {
  const values = all.filter((value) => value !== '');
  const distinct = new Set(values);
  const type =
    values.length === 0
      ? 'string'
      : ((['boolean', 'integer', 'number', 'date', 'timestamp'] as const).find((each) =>
          values.every((value) => shapes[each].test(value)),
        ) ?? 'string');
  const isFew = values.length > 0 && distinct.size <= mostCategories && distinct.size * 2 <= values.length;
  // Codes are kept as they are where they are few: 0 and 1, or 1 to 5.
  const hasCategories = isFew && (type === 'string' || (type === 'integer' && distinct.size <= 10));
  return {
    name,
    type,
    required: values.length === all.length,
    unique: distinct.size === all.length,
    personal: isPersonalName(name) || (values.length > 0 && values.every((value) => mail.test(value))),
    gaps: all.length - values.length,
    distinct: distinct.size,
    ...(type === 'string' ? placeholdersIn(values) : {}),
    ...(type === 'integer' || type === 'number' ? { range: rangeOf([...distinct].map(Number), type) } : {}),
    ...(hasCategories ? { categories: sorted([...distinct], type) } : {}),
  };
}

function placeholdersIn(values: readonly string[]): Pick<InferredColumn, 'placeholders'> {
  const words = values.filter((value) => placeholder.test(value));
  const rest = values.filter((value) => !placeholder.test(value));
  const isOfNumbers = rest.length > 0 && rest.every((value) => shapes.number.test(value));
  if (words.length === 0 || !isOfNumbers) return {};
  return { placeholders: { words: [...new Set(words)].sort(), count: words.length } };
}

function rangeOf(
  values: readonly number[],
  type: 'integer' | 'number',
): NonNullable<InferredColumn['range']> {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const margin = (high - low) / 4 || Math.abs(high) / 4 || 1;
  const round = (value: number, way: 'floor' | 'ceil'): number => {
    if (type === 'integer') return Math[way](value);
    const step = 10 ** Math.floor(Math.log10(margin));
    return Number((Math[way](value / step) * step).toPrecision(12));
  };
  const minimum = round(low - margin, 'floor');
  return { minimum: low >= 0 && minimum < 0 ? 0 : minimum, maximum: round(high + margin, 'ceil') };
}

function sorted(values: readonly string[], type: string): readonly string[] {
  return type === 'string' ? [...values].sort() : [...values].sort((a, b) => Number(a) - Number(b));
}
