import type { Json } from '../base/index.ts';
import { patternLength } from './bounded-regex.ts';
import type { ColumnContract, Contract } from './contract.ts';
import { datePattern, largestInteger, timestampPattern } from './lexical.ts';

/** A JSON Schema (2020-12), as plain data. */
export type JsonSchema = { readonly [key: string]: Json };

/** Our keyword for the bounds of times, which JSON Schema has no word for; other validators ignore it. */
export const timeKeyword = 'x-trainyard-time';

/**
 * The JSON Schema of one row as a request holds it: an object with a member for each column. A missing value is a
 * missing member or null, and for text also the empty string, since in CSV they are one. Members that are no column
 * are refused: a mistyped name of an optional column would otherwise be a missing value that nobody notices.
 */
export function rowSchema(contract: Contract): JsonSchema {
  const properties = contract.columns.map((column) => [column.name, columnSchema(column)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: contract.name,
    ...(contract.description === undefined ? {} : { description: contract.description }),
    type: 'object',
    properties: Object.fromEntries(properties),
    required: contract.columns.filter((column) => column.required).map((column) => column.name),
    additionalProperties: false,
  };
}

function columnSchema(column: ColumnContract): JsonSchema {
  const description = [
    ...(column.description === undefined ? [] : [column.description]),
    ...(column.unit === undefined ? [] : [`Unit: ${column.unit}.`]),
  ].join(' ');
  const annotation = description === '' ? {} : { description };
  const value = valueSchema(column);
  if (column.required) return { ...annotation, ...value };
  const missing = column.type === 'string' ? { enum: [null, ''] } : { type: 'null' };
  return { ...annotation, anyOf: [missing, value] };
}

function valueSchema(column: ColumnContract): JsonSchema {
  const allowed = column.enum === undefined ? {} : { enum: [...column.enum] };
  switch (column.type) {
    case 'boolean':
      return { type: 'boolean', ...allowed };
    case 'number':
      return { type: 'number', ...numberBounds(column), ...allowed };
    case 'integer':
      return {
        type: 'integer',
        minimum: -largestInteger,
        maximum: largestInteger,
        ...numberBounds(column),
        ...(column.multipleOf === undefined ? {} : { multipleOf: column.multipleOf }),
        ...allowed,
      };
    case 'string':
      return {
        type: 'string',
        minLength: Math.max(1, column.minLength ?? 1),
        ...mostCharacters(column),
        ...(column.pattern === undefined ? {} : { pattern: column.pattern }),
        ...allowed,
      };
    case 'date':
    case 'timestamp':
      return {
        type: 'string',
        ...(column.type === 'date' ? { format: 'date' } : {}),
        pattern: column.type === 'date' ? datePattern : timestampPattern,
        ...timeRules(column),
      };
  }
}

/** A text with a pattern has a length at which a request ends, also where the contract says none. */
function mostCharacters({ maxLength, pattern, minLength = 0 }: ColumnContract): JsonSchema {
  if (maxLength !== undefined) return { maxLength };
  return pattern === undefined ? {} : { maxLength: Math.max(patternLength, minLength) };
}

function numberBounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: ColumnContract): JsonSchema {
  return {
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(exclusiveMinimum === undefined ? {} : { exclusiveMinimum }),
    ...(exclusiveMaximum === undefined ? {} : { exclusiveMaximum }),
  };
}

/** Times are compared as moments, not as text: `12:00Z` and `13:00+01:00` are one. */
function timeRules(column: ColumnContract): JsonSchema {
  const rules = {
    ...(column.earliest === undefined ? {} : { minimum: column.earliest }),
    ...(column.latest === undefined ? {} : { maximum: column.latest }),
    ...(column.after === undefined ? {} : { exclusiveMinimum: column.after }),
    ...(column.before === undefined ? {} : { exclusiveMaximum: column.before }),
    ...(column.enum === undefined ? {} : { enum: [...column.enum] }),
  };
  return Object.keys(rules).length === 0 ? {} : { [timeKeyword]: rules };
}
