import type { ColumnContract, LogicalType } from '../contract.ts';
import { lexicalDescription, microsecondsOf, readLexical } from '../lexical.ts';
import { compilePattern } from '../pattern.ts';
import type { ContractDocument, Entry, YamlNode } from './document.ts';
import { optionKeys } from './keys.ts';
import type { NotCheckedList } from './not-checked.ts';

type Limits = Pick<
  ColumnContract,
  | 'minimum'
  | 'maximum'
  | 'exclusiveMinimum'
  | 'exclusiveMaximum'
  | 'multipleOf'
  | 'earliest'
  | 'latest'
  | 'after'
  | 'before'
  | 'minLength'
  | 'maxLength'
  | 'pattern'
>;

interface OptionsOf {
  readonly node: YamlNode;
  readonly type: LogicalType;
  readonly notChecked: NotCheckedList;
}

/** `logicalTypeOptions`: what they say of single values. */
export function readOptions(document: ContractDocument, { node, type, notChecked }: OptionsOf): Limits {
  const fields = document.fields(node, `logicalTypeOptions of ${type}`, optionKeys[type]!);
  const unchecked = (key: string, because: string): void => {
    const entry = fields.get(key);
    if (entry !== undefined) notChecked.add(`logicalTypeOptions.${key}`, because, entry.keyNode);
  };
  switch (type) {
    case 'integer':
    case 'number':
      return numberLimits(document, fields, type, unchecked);
    case 'date':
    case 'timestamp':
      if (!/^yyyy-MM-dd(T.*)?$/.test(String(scalarOf(document, fields.get('format')) ?? 'yyyy-MM-dd'))) {
        unchecked('format', 'dates and times are read as ISO 8601');
      }
      unchecked('timezone', 'a timestamp may have a zone or not; without one it is UTC');
      unchecked('defaultTimezone', 'a timestamp without a zone is UTC');
      return timeLimits(document, fields, type);
    case 'string':
      unchecked('format', 'formats of text are not checked; a pattern would be');
      return textLimits(document, fields);
    case 'boolean':
      return {};
  }
}

type Fields = ReadonlyMap<string, Entry>;

function scalarOf(
  document: ContractDocument,
  entry: Entry | undefined,
): string | number | boolean | undefined {
  return entry === undefined ? undefined : document.scalar(entry.node, entry.key);
}

function numberLimits(
  document: ContractDocument,
  fields: Fields,
  type: 'integer' | 'number',
  unchecked: (key: string, because: string) => void,
): Limits {
  const keys = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;
  const limits: { -readonly [Key in keyof Limits]: Limits[Key] } = {};
  for (const key of keys) {
    const value = document.number(fields.get(key)?.node, key);
    if (value !== undefined) limits[key] = value;
  }
  Object.assign(limits, formatLimits(document, fields, type, limits, unchecked));
  const step = document.number(fields.get('multipleOf')?.node, 'multipleOf');
  if (step !== undefined && step <= 0) {
    const remedy = 'Write a positive number, or leave it out.';
    document.add('contract-option', fields.get('multipleOf')!.node, 'multipleOf must be positive', remedy);
  } else if (step !== undefined) {
    if (type === 'integer' && Number.isSafeInteger(step)) limits.multipleOf = step;
    else unchecked('multipleOf', 'multiples of fractions have no exact answer in binary numbers');
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  const lowest = Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity);
  const highest = Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity);
  const touches = exclusiveMinimum === lowest || exclusiveMaximum === highest;
  if (lowest > highest || (lowest === highest && touches)) refuseRange(document, fields);
  return limits;
}

/** The sizes of Rust's types, as ODCS names them. */
function formatLimits(
  document: ContractDocument,
  fields: Fields,
  type: 'integer' | 'number',
  limits: Limits,
  unchecked: (key: string, because: string) => void,
): Limits {
  const entry = fields.get('format');
  const format = document.text(entry?.node, 'format');
  if (entry === undefined || format === undefined) return {};
  const known = type === 'number' ? /^f(32|64)$/ : /^([iu])(8|16|32|64|128)$/;
  const match = known.exec(format);
  if (match === null) {
    const remedy = type === 'number' ? 'Write f32 or f64.' : 'Write i8, i16, i32, i64, i128, u8, ... u128.';
    document.add('contract-option', entry.node, `"${format}" is no format of ${type}`, remedy);
    return {};
  }
  if (type === 'number') {
    if (format === 'f32') unchecked('format', 'numbers are doubles');
    return {};
  }
  const bits = Number(match[2]);
  const signed = match[1] === 'i';
  const lowest = signed ? -(2 ** (bits - 1)) : 0;
  const highest = 2 ** (signed ? bits - 1 : bits) - 1;
  return {
    ...(signed && bits > 32 ? {} : { minimum: Math.max(limits.minimum ?? lowest, lowest) }),
    ...(bits > 32 ? {} : { maximum: Math.min(limits.maximum ?? highest, highest) }),
  };
}

function timeLimits(document: ContractDocument, fields: Fields, type: 'date' | 'timestamp'): Limits {
  const read = (key: string): string | undefined => {
    const entry = fields.get(key);
    const text = document.text(entry?.node, key);
    if (entry === undefined || text === undefined) return undefined;
    if (readLexical(type, text) !== undefined) return text;
    const remedy = `Write ${lexicalDescription(type)}.`;
    document.add('contract-option', entry.node, `"${text}" is no ${type}`, remedy);
    return undefined;
  };
  const earliest = read('minimum');
  const latest = read('maximum');
  const after = read('exclusiveMinimum');
  const before = read('exclusiveMaximum');
  const lows = [earliest, after].filter((text) => text !== undefined).map(microsecondsOf);
  const highs = [latest, before].filter((text) => text !== undefined).map(microsecondsOf);
  const isEmpty = lows.some((low) => highs.some((high) => low > high));
  if (isEmpty) refuseRange(document, fields);
  return {
    ...(earliest === undefined ? {} : { earliest }),
    ...(latest === undefined ? {} : { latest }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  };
}

function textLimits(document: ContractDocument, fields: Fields): Limits {
  const minLength = document.count(fields.get('minLength')?.node, 'minLength', 0);
  const maxLength = document.count(fields.get('maxLength')?.node, 'maxLength', 0);
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) {
    document.add(
      'contract-range-empty',
      fields.get('maxLength')!.node,
      'no text is short enough and long enough',
      'Make maxLength at least minLength.',
    );
  }
  const pattern = readPattern(document, fields.get('pattern')?.node);
  return {
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

export function readPattern(document: ContractDocument, node: YamlNode): string | undefined {
  const pattern = document.text(node, 'pattern');
  if (pattern === undefined || compilePattern(pattern) !== undefined) return pattern;
  const remedy = 'Write an ECMA-262 regular expression; in YAML, single quotes keep backslashes as they are.';
  document.add('contract-pattern', node, `"${pattern}" is no regular expression`, remedy);
  return undefined;
}

function refuseRange(document: ContractDocument, fields: Fields): void {
  const keys = ['maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'];
  const key = keys.find((candidate) => fields.has(candidate));
  const node = key === undefined ? undefined : fields.get(key)!.node;
  document.add(
    'contract-range-empty',
    node,
    'no value is inside the range',
    'Correct the minimum or the maximum.',
  );
}
