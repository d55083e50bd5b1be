import type { ColumnContract } from '../../contract/index.ts';

const typeNames: Readonly<Record<ColumnContract['type'], string>> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  string: 'text',
  date: 'date (2026-11-21)',
  timestamp: 'time (2026-11-21T10:00:00Z)',
};

export function typeName({ type }: ColumnContract): string {
  return typeNames[type];
}

/** The rules of a column in words, without whether it is required. */
export function rulesOf(column: ColumnContract): string {
  const { multipleOf, minLength, maxLength, pattern } = column;
  return [
    ...(column.enum === undefined ? [] : [`one of ${column.enum.map(String).join(', ')}`]),
    ...bounds(column.minimum, column.maximum, column.exclusiveMinimum, column.exclusiveMaximum),
    ...bounds(column.earliest, column.latest, column.after, column.before),
    ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`]),
    ...(minLength === undefined ? [] : [`at least ${minLength} characters`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(pattern === undefined ? [] : [`matches ${pattern}`]),
  ].join(', ');
}

type Bound = string | number | undefined;

function bounds(least: Bound, most: Bound, above: Bound, below: Bound): readonly string[] {
  if (least !== undefined && most !== undefined) return [`${least} to ${most}`];
  return [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
}
