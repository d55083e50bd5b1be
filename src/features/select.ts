import type { FittedColumn, FittedFeatures } from './feature.ts';
import { imputedValue, literal, rawValue } from './sql-values.ts';

/** An item of an SQL select list. */
export interface SelectItem {
  readonly name: string;
  readonly sql: string;
}

/** Every feature column, in order, as an SQL expression of type DOUBLE over the raw columns; NULL is missing. */
export function featureSelect(fitted: FittedFeatures): readonly SelectItem[] {
  return fitted.columns.flatMap((column) => {
    const expressions = [...valueExpressions(column), ...(column.indicator ? [indicator(column)] : [])];
    return expressions.map((sql, i) => ({ name: column.outputs[i]!, sql }));
  });
}

/** The raw columns that the features are made of, as models are fed with them. */
export function rawSelect(fitted: FittedFeatures): readonly SelectItem[] {
  return fitted.columns.map(({ source, sourceKind }) => ({
    name: source,
    sql: rawValue(source, sourceKind),
  }));
}

function valueExpressions(column: FittedColumn): string[] {
  const value = imputedValue(column.source, column.sourceKind, column.impute);
  const { encode, scale } = column;
  if (encode === undefined) {
    if (scale === undefined) return [value];
    return [`(${value} - ${literal(scale.offset)}) * ${literal(scale.factor)}`];
  }
  if (encode.kind === 'one-hot') {
    return encode.categories.map((category) => zeroOne(`${value} = ${literal(category)}`));
  }
  const cases = encode.categories.map((category, i) => `WHEN ${literal(category)} THEN ${literal(i)}`);
  return [`CASE ${value} ${cases.join(' ')} END`];
}

function indicator({ source, sourceKind }: FittedColumn): string {
  return zeroOne(`${rawValue(source, sourceKind)} IS NULL`);
}

function zeroOne(condition: string): string {
  return `CASE WHEN ${condition} THEN ${literal(1)} ELSE ${literal(0)} END`;
}
