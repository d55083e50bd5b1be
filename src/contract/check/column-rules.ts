import type { SqlSession } from '../../sql/index.ts';
import { quoteText } from '../../sql/index.ts';
import type { ColumnContract, LogicalType } from '../contract.ts';
import { lexicalDescription, microsecondsOf } from '../lexical.ts';
import { compilePattern, toRe2 } from '../pattern.ts';
import type { CheckRule } from '../verdict.ts';

/** A rule that every row keeps or breaks. */
export interface RowRule {
  readonly rule: CheckRule;
  readonly expected: string;
  /** SQL over `raw` and `value` that is true where a row breaks the rule, and otherwise false or `NULL`. */
  readonly broken: string;
}

/** The columns of the checked relation: what the source has, and its typed value. */
export interface CheckedNames {
  readonly raw: string;
  readonly value: string;
}

/**
 * The rules of a column. A missing value can break only `required`, and what breaks the type breaks nothing else:
 * each mistake is counted once.
 */
export async function rulesOfColumn(
  session: SqlSession,
  column: ColumnContract,
  { raw, value }: CheckedNames,
): Promise<RowRule[]> {
  const rules: RowRule[] = [];
  if (column.required) rules.push({ rule: 'required', expected: 'a value', broken: `${raw} IS NULL` });
  // Text in a CSV file is text whatever it is: there is nothing to check.
  if (column.declaredType === undefined && raw !== value) {
    const expected = lexicalDescription(column.type);
    rules.push({ rule: 'type', expected, broken: `${raw} IS NOT NULL AND ${value} IS NULL` });
  }
  if (column.enum !== undefined) {
    const expected = `one of ${column.enum.map(String).join(', ')}`;
    rules.push({ rule: 'enum', expected, broken: `NOT ${isOneOf(value, column.type, column.enum)}` });
  }
  const range = rangeOf(column, value);
  if (range !== undefined) rules.push(range);
  if (column.multipleOf !== undefined) {
    const expected = `a multiple of ${column.multipleOf}`;
    rules.push({ rule: 'multiple', expected, broken: `${value} % ${column.multipleOf} != 0` });
  }
  const length = lengthOf(column, value);
  if (length !== undefined) rules.push(length);
  if (column.pattern !== undefined) {
    const matches = await matchesPattern(session, value, column.pattern);
    rules.push({ rule: 'pattern', expected: `matches ${column.pattern}`, broken: `NOT ${matches}` });
  }
  return rules;
}

/** SQL that is true when the value is one of the listed ones. */
export function isOneOf(
  value: string,
  type: LogicalType,
  values: readonly (string | number | boolean)[],
): string {
  return `${value} IN (${values.map((allowed) => literal(type, allowed)).join(', ')})`;
}

/** SQL that is true when the text matches: by RE2 where it can say the same, otherwise by JavaScript. */
export async function matchesPattern(session: SqlSession, value: string, pattern: string): Promise<string> {
  const re2 = toRe2(pattern);
  if (re2 !== undefined) {
    const sql = (text: string): string => `regexp_matches(${text}, ${quoteText(re2)})`;
    // RE2 refuses some expressions for their size only.
    const isAccepted = await session.run(`SELECT ${sql("''")}`).then(
      () => true,
      () => false,
    );
    if (isAccepted) return sql(value);
  }
  const regex = compilePattern(pattern);
  if (regex === undefined) throw new TypeError(`${pattern} is no regular expression`);
  return `${await session.registerTest((text) => regex.test(text))}(${value})`;
}

function rangeOf(column: ColumnContract, value: string): RowRule | undefined {
  const { type } = column;
  const lower = [
    ...boundOf('>=', column.minimum ?? column.earliest),
    ...boundOf('>', column.exclusiveMinimum ?? column.after),
  ];
  const upper = [
    ...boundOf('<=', column.maximum ?? column.latest),
    ...boundOf('<', column.exclusiveMaximum ?? column.before),
  ];
  const bounds = [...lower, ...upper];
  if (bounds.length === 0) return undefined;
  const kept = bounds.map(({ sign, bound }) => `${value} ${sign} ${literal(type, bound)}`).join(' AND ');
  const isBetween = bounds.length === 2 && lower[0]?.sign === '>=' && upper[0]?.sign === '<=';
  const expected = isBetween
    ? `between ${lower[0]!.bound} and ${upper[0]!.bound}`
    : bounds.map(({ sign, bound }) => `${sign} ${bound}`).join(' and ');
  return { rule: 'range', expected, broken: `NOT (${kept})` };
}

function boundOf(
  sign: string,
  bound: number | string | undefined,
): { readonly sign: string; readonly bound: number | string }[] {
  return bound === undefined ? [] : [{ sign, bound }];
}

function lengthOf({ minLength, maxLength }: ColumnContract, value: string): RowRule | undefined {
  if (minLength === undefined && maxLength === undefined) return undefined;
  const kept = [
    ...(minLength === undefined ? [] : [`length(${value}) >= ${minLength}`]),
    ...(maxLength === undefined ? [] : [`length(${value}) <= ${maxLength}`]),
  ];
  const expected =
    minLength === undefined
      ? `at most ${maxLength} characters`
      : maxLength === undefined
        ? `at least ${minLength} characters`
        : `${minLength} to ${maxLength} characters`;
  return { rule: 'length', expected, broken: `NOT (${kept.join(' AND ')})` };
}

/** A value of the contract as the engine writes it. Numbers go by way of text: DuckDB takes `0.1` for a decimal. */
function literal(type: LogicalType, value: string | number | boolean): string {
  switch (type) {
    case 'integer':
    case 'number':
      return Number.isSafeInteger(value) ? `${value}::BIGINT` : `${quoteText(String(value))}::DOUBLE`;
    case 'boolean':
      return String(value);
    case 'string':
      return quoteText(String(value));
    case 'date':
      return `DATE ${quoteText(String(value))}`;
    case 'timestamp':
      return `make_timestamp(${microsecondsOf(String(value))})`;
  }
}
