import type { ColumnContract, RowCheck, RowProblem } from '../../../contract/index.ts';
import {
  compilePattern,
  datePattern,
  lexicalDescription,
  microsecondsOf,
  readLexical,
  timestampPattern,
} from '../../../contract/index.ts';

/**
 * The check of the server without a compiler: validators of JSON Schema write code and evaluate it, which a strict
 * Content-Security-Policy forbids. It finds the same problems in the same order.
 */
export function rowCheck(columns: readonly ColumnContract[]): RowCheck {
  const checks = columns.map((column) => [column, valueCheck(column)] as const);
  const names = new Set(columns.map(({ name }) => name));
  return (row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return [{ rule: 'type', expected: 'an object with a member for each column' }];
    const memberOf = (name: string): unknown =>
      Object.hasOwn(row, name) ? (row as Readonly<Record<string, unknown>>)[name] : undefined;
    const absent = columns.filter(({ name, required }) => required && memberOf(name) === undefined);
    const unknown = Object.keys(row).filter((name) => !names.has(name));
    return [
      ...absent.map(({ name }) => missing(name)),
      ...unknown.map(
        (name): RowProblem => ({ rule: 'columns', column: name, expected: 'no member that is no column' }),
      ),
      ...checks.flatMap(([column, check]) => {
        const value = memberOf(column.name);
        if (value === undefined) return [];
        if (value === null || (value === '' && column.type === 'string'))
          return column.required ? [missing(column.name)] : [];
        return check(value);
      }),
    ];
  };
}

type ValueCheck = (value: unknown) => readonly RowProblem[];

function missing(column: string): RowProblem {
  return { rule: 'required', column, expected: 'a value' };
}

/** Of a value that is there. What breaks the type breaks nothing else. */
function valueCheck(column: ColumnContract): ValueCheck {
  const { name, type } = column;
  const mistyped: RowProblem = { rule: 'type', column: name, expected: lexicalDescription(type) };
  const isOfType = typeTest(column);
  const rules: readonly ValueCheck[] = [
    numberRules(column),
    textRules(column),
    enumRule(column),
    timeRules(column),
  ];
  return (value) => (isOfType(value) ? rules.flatMap((rule) => rule(value)) : [mistyped]);
}

function typeTest({ type }: ColumnContract): (value: unknown) => boolean {
  switch (type) {
    case 'boolean':
    case 'string':
      return (value) => typeof value === type;
    case 'number':
      return (value) => Number.isFinite(value);
    case 'integer':
      return (value) => Number.isSafeInteger(value);
    case 'date':
    case 'timestamp': {
      const pattern = new RegExp(type === 'date' ? datePattern : timestampPattern, 'u');
      return (value) => typeof value === 'string' && pattern.test(value);
    }
  }
}

function numberRules(column: ColumnContract): ValueCheck {
  const { name, type, multipleOf } = column;
  if (type !== 'integer' && type !== 'number') return () => [];
  const bounds = [
    ['<=', column.maximum, (value: number, bound: number) => value <= bound],
    ['>=', column.minimum, (value: number, bound: number) => value >= bound],
    ['<', column.exclusiveMaximum, (value: number, bound: number) => value < bound],
    ['>', column.exclusiveMinimum, (value: number, bound: number) => value > bound],
  ] as const;
  return (value) => {
    const number = value as number;
    // Of several bounds that are broken, the last is told.
    const broken = bounds.filter(([, bound, keeps]) => bound !== undefined && !keeps(number, bound)).at(-1);
    const problems: RowProblem[] = [];
    if (broken !== undefined)
      problems.push({ rule: 'range', column: name, expected: `${broken[0]} ${broken[1]}` });
    if (type === 'integer' && multipleOf !== undefined && !Number.isInteger(number / multipleOf))
      problems.push({ rule: 'multiple', column: name, expected: `a multiple of ${multipleOf}` });
    return problems;
  };
}

function textRules(column: ColumnContract): ValueCheck {
  const { name, type, minLength, maxLength, pattern } = column;
  if (type !== 'string') return () => [];
  const regex = pattern === undefined ? undefined : compilePattern(pattern);
  return (value) => {
    const text = value as string;
    const { length } = [...text];
    const least = Math.max(1, minLength ?? 1);
    // How long some patterns take grows much faster than the text: what is too long anyway meets none.
    if (maxLength !== undefined && length > maxLength)
      return [{ rule: 'length', column: name, expected: `at most ${maxLength} characters` }];
    const problems: RowProblem[] = [];
    if (length < least)
      problems.push({ rule: 'length', column: name, expected: `at least ${least} characters` });
    if (regex !== undefined && !regex.test(text))
      problems.push({ rule: 'pattern', column: name, expected: `matches ${pattern}` });
    // In the order of the server's check, which tries the pattern apart where there is a largest length.
    if (maxLength !== undefined) problems.reverse();
    return problems;
  };
}

function enumRule({ name, type, enum: allowed }: ColumnContract): ValueCheck {
  if (allowed === undefined || type === 'date' || type === 'timestamp') return () => [];
  const expected = `one of ${allowed.map(String).join(', ')}`;
  return (value) => (allowed.some((one) => one === value) ? [] : [{ rule: 'enum', column: name, expected }]);
}

/** Times are compared as moments: `12:00Z` and `13:00+01:00` are one. */
function timeRules({
  name,
  type,
  enum: allowed,
  earliest,
  latest,
  after,
  before,
}: ColumnContract): ValueCheck {
  if (type !== 'date' && type !== 'timestamp') return () => [];
  const expected = [
    ...(earliest === undefined ? [] : [`>= ${earliest}`]),
    ...(after === undefined ? [] : [`> ${after}`]),
    ...(latest === undefined ? [] : [`<= ${latest}`]),
    ...(before === undefined ? [] : [`< ${before}`]),
  ].join(' and ');
  const moments = allowed?.map((text) => microsecondsOf(String(text)));
  return (value) => {
    const text = value as string;
    if (readLexical('timestamp', text.includes(':') ? text : `${text}T00:00:00`) === undefined) return [];
    const moment = microsecondsOf(text);
    const keeps =
      (earliest === undefined || moment >= microsecondsOf(earliest)) &&
      (latest === undefined || moment <= microsecondsOf(latest)) &&
      (after === undefined || moment > microsecondsOf(after)) &&
      (before === undefined || moment < microsecondsOf(before));
    const problems: RowProblem[] = keeps ? [] : [{ rule: 'range', column: name, expected }];
    if (moments?.includes(moment) === false)
      problems.push({ rule: 'enum', column: name, expected: `one of ${allowed!.join(', ')}` });
    return problems;
  };
}
