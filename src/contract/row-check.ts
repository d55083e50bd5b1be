import type { ErrorObject } from 'ajv';
import type { Json } from '../base/index.ts';
import type { BoundedRegex } from './bounded-regex.ts';
import { boundedRegex } from './bounded-regex.ts';
import type { ColumnContract, Contract } from './contract.ts';
import { datePattern, lexicalDescription, microsecondsOf, readLexical, timestampPattern } from './lexical.ts';
import type { JsonSchema } from './row-schema.ts';
import { rowSchema, timeKeyword } from './row-schema.ts';
import type { CheckRule } from './verdict.ts';

/** A rule that a row breaks. The value itself is not part of it: it may be personal. */
export interface RowProblem {
  readonly rule: CheckRule;
  readonly column?: string;
  readonly expected: string;
}

/** Finds every rule that a row breaks; an empty list for a row that keeps the contract. */
export type RowCheck = (row: unknown) => readonly RowProblem[];

/** Compiles the contract into a check of single rows, as requests bring them: the rules of `checkDataset`. */
export async function compileRowCheck(contract: Contract): Promise<RowCheck> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    // The schema is our own, and tests hold it against the official one; to do so at each start would take half of it.
    validateSchema: false,
    meta: false,
    allowUnionTypes: true,
    strictTypes: false,
    formats: { date: true },
    code: { regExp: Object.assign((source: string) => regexOf(source), { code: 'regexOf' }) },
  });
  ajv.addKeyword({
    keyword: timeKeyword,
    type: 'string',
    schemaType: 'object',
    compile: (rules: TimeRules) => {
      const keeps = compileTimeRules(rules);
      // What is no time at all breaks the pattern already.
      return (text: string) =>
        readLexical('timestamp', text.includes(':') ? text : `${text}T00:00:00`) === undefined || keeps(text);
    },
  });
  const validate = ajv.compile(lengthBeforePattern(rowSchema(contract)) as JsonSchema);
  const columns = new Map(contract.columns.map((column) => [column.name, column]));
  return (row) => (validate(row) ? [] : problemsOf(row, validate.errors ?? [], columns));
}

/** The same schema, in which no pattern is tried on a text that is too long anyway. */
function lengthBeforePattern(schema: Json): Json {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(lengthBeforePattern);
  const { pattern, ...rest } = schema as JsonSchema;
  if (typeof pattern === 'string' && typeof rest['maxLength'] === 'number') {
    const { maxLength } = rest;
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
    return { ...rest, if: { maxLength }, then: { pattern } };
  }
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, lengthBeforePattern(part)]));
}

/** Patterns of our own go through a text once. A clock beside them would call good texts bad on a machine that is busy. */
const linear = new Map([datePattern, timestampPattern].map((source) => [source, new RegExp(source, 'u')]));

function regexOf(source: string): BoundedRegex {
  const own = linear.get(source);
  if (own !== undefined) return own;
  const regex = boundedRegex(source);
  if (regex === undefined) throw new TypeError(`${source} is no regular expression`);
  return regex;
}

interface TimeRules {
  readonly minimum?: string;
  readonly maximum?: string;
  readonly exclusiveMinimum?: string;
  readonly exclusiveMaximum?: string;
  readonly enum?: readonly string[];
}

function compileTimeRules(rules: TimeRules): (text: string) => boolean {
  const moment = (text: string | undefined): bigint | undefined =>
    text === undefined ? undefined : microsecondsOf(text);
  const minimum = moment(rules.minimum);
  const maximum = moment(rules.maximum);
  const after = moment(rules.exclusiveMinimum);
  const before = moment(rules.exclusiveMaximum);
  const allowed = rules.enum?.map(microsecondsOf);
  return (text) => {
    const value = microsecondsOf(text);
    return (
      (minimum === undefined || value >= minimum) &&
      (maximum === undefined || value <= maximum) &&
      (after === undefined || value > after) &&
      (before === undefined || value < before) &&
      (allowed === undefined || allowed.includes(value))
    );
  };
}

function problemsOf(
  row: unknown,
  errors: readonly ErrorObject[],
  columns: ReadonlyMap<string, ColumnContract>,
): readonly RowProblem[] {
  const found = new Map<string, RowProblem>();
  const add = (problem: RowProblem): void => {
    found.set(`${problem.rule} ${problem.column ?? ''}`, problem);
  };
  for (const error of errors) {
    const name = nameOf(error);
    const column = name === undefined ? undefined : columns.get(name);
    if (name === undefined) add({ rule: 'type', expected: 'an object with a member for each column' });
    else if (column === undefined)
      add({ rule: 'columns', column: name, expected: 'no member that is no column' });
    else {
      const value = Object.hasOwn(row as object, name) ? (row as Record<string, unknown>)[name] : undefined;
      for (const problem of problemsOfValue(column, value, error)) add(problem);
    }
  }
  const mistyped = new Set(
    [...found.values()].filter(({ rule }) => rule === 'type').map(({ column }) => column),
  );
  return [...found.values()].filter(({ rule, column }) => rule === 'type' || !mistyped.has(column));
}

/** The column that an error of the validator is about; `undefined` for the row itself. */
function nameOf(error: ErrorObject): string | undefined {
  if (error.keyword === 'required') return error.params['missingProperty'] as string;
  if (error.keyword === 'additionalProperties') return error.params['additionalProperty'] as string;
  if (error.instancePath === '') return undefined;
  return error.instancePath.slice(1).split('/')[0]!.replaceAll('~1', '/').replaceAll('~0', '~');
}

function problemsOfValue(column: ColumnContract, value: unknown, error: ErrorObject): readonly RowProblem[] {
  const of = (rule: CheckRule, expected: string): readonly RowProblem[] => [
    { rule, column: column.name, expected },
  ];
  const isMissing = value === undefined || value === null || (value === '' && column.type === 'string');
  if (isMissing) return column.required ? of('required', 'a value') : [];
  const typeProblem = of('type', lexicalDescription(column.type));
  if (column.type === 'integer' && typeof value === 'number' && !Number.isSafeInteger(value))
    return typeProblem;
  switch (error.keyword) {
    case 'type':
      // Of the branch for a missing value, when the other branch is the one that was meant.
      return error.params['type'] === 'null' ? [] : typeProblem;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return of('range', `${error.params['comparison']} ${error.params['limit']}`);
    case 'multipleOf':
      return of('multiple', `a multiple of ${column.multipleOf}`);
    case 'minLength':
    case 'maxLength':
      return of(
        'length',
        `${error.keyword === 'minLength' ? 'at least' : 'at most'} ${error.params['limit']} characters`,
      );
    case 'pattern':
      return column.type === 'string' ? of('pattern', `matches ${column.pattern}`) : typeProblem;
    case 'enum':
      return error.schemaPath.includes('/anyOf/0/') || column.enum === undefined
        ? []
        : of('enum', `one of ${column.enum.map(String).join(', ')}`);
    case timeKeyword:
      return timeProblems(column, String(value));
    default:
      return [];
  }
}

function timeProblems(column: ColumnContract, text: string): readonly RowProblem[] {
  const problems: RowProblem[] = [];
  const { enum: allowed, earliest, latest, after, before } = column;
  const bounds: TimeRules = {
    ...(earliest === undefined ? {} : { minimum: earliest }),
    ...(latest === undefined ? {} : { maximum: latest }),
    ...(after === undefined ? {} : { exclusiveMinimum: after }),
    ...(before === undefined ? {} : { exclusiveMaximum: before }),
  };
  if (!compileTimeRules(bounds)(text)) {
    const expected = [...(earliest ? [`>= ${earliest}`] : []), ...(after ? [`> ${after}`] : [])];
    const upper = [...(latest ? [`<= ${latest}`] : []), ...(before ? [`< ${before}`] : [])];
    problems.push({ rule: 'range', column: column.name, expected: [...expected, ...upper].join(' and ') });
  }
  if (allowed !== undefined && !compileTimeRules({ enum: allowed.map(String) })(text)) {
    problems.push({ rule: 'enum', column: column.name, expected: `one of ${allowed.join(', ')}` });
  }
  return problems;
}
