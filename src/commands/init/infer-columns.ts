import type { Rows } from './read-rows.ts';

/** What a column seems to hold. */
export interface InferredColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp';
  readonly required: boolean;
  readonly unique: boolean;
  /** By its name. */
  readonly personal: boolean;
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

const personal =
  /(^|[_ -])(e?mail|phone|first[_ -]?name|last[_ -]?name|surname|full[_ -]?name|address|street|birth\w*|ssn|passport|iban)([_ -]|$)/i;

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
  const isFew = distinct.size <= mostCategories && distinct.size * 2 <= values.length;
  // Codes are kept as they are where they are few: 0 and 1, or 1 to 5.
  const hasCategories = isFew && (type === 'string' || (type === 'integer' && distinct.size <= 10));
  return {
    name,
    type,
    required: values.length === all.length,
    unique: distinct.size === all.length,
    personal: personal.test(name),
    ...(type === 'integer' || type === 'number' ? { range: rangeOf([...distinct].map(Number), type) } : {}),
    ...(hasCategories ? { categories: sorted([...distinct], type) } : {}),
  };
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
