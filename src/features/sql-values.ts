import { quoteName, quoteText } from '../sql/index.ts';
import type { FittedColumn } from './feature.ts';

/** A number or text as an SQL literal, exactly: a plain `0.1` would be a decimal. */
export function literal(value: number | string): string {
  return typeof value === 'string' ? quoteText(value) : `CAST('${value}' AS DOUBLE)`;
}

/** The column as models see it: DOUBLE or VARCHAR, with NULL for what is missing (NaN, the empty text). */
export function rawValue(source: string, kind: FittedColumn['sourceKind']): string {
  const name = quoteName(source);
  return kind === 'number'
    ? `nullif(CAST(${name} AS DOUBLE), CAST('nan' AS DOUBLE))`
    : `nullif(CAST(${name} AS VARCHAR), '')`;
}

export function imputedValue(
  source: string,
  kind: FittedColumn['sourceKind'],
  impute: number | string | undefined,
): string {
  const raw = rawValue(source, kind);
  return impute === undefined ? raw : `coalesce(${raw}, ${literal(impute)})`;
}
