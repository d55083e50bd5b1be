import type { JsonScalar } from '../../base/index.ts';

/**
 * A line of CSV (RFC 4180, with a line feed at its end): a missing value is empty, an empty text is `""`. Numbers are
 * written so that reading them gives the same number.
 */
export function csvLine(cells: readonly (JsonScalar | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(value: JsonScalar | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return value === '' || /[",\r\n]/.test(value) || value !== value.trim()
    ? `"${value.replaceAll('"', '""')}"`
    : value;
}

/**
 * Whether a spreadsheet would run a text instead of showing it (OWASP, CSV injection). Quotes do not help against that:
 * only another text does. Numbers are numbers there too.
 */
export function isFormula(value: JsonScalar | undefined): value is string {
  return (
    typeof value === 'string' &&
    /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(value) &&
    !/^[+-]?[0-9.]+(e[+-]?[0-9]+)?$/i.test(value)
  );
}

/** The text with an apostrophe before it, which spreadsheets take as the sign of a text. */
export function withoutFormula(value: JsonScalar | undefined): JsonScalar | undefined {
  return isFormula(value) ? `'${value}` : value;
}
