import { nearest } from '../../base/index.ts';
import type { ColumnContract, LogicalType, MetricRule } from '../contract.ts';
import { readLexical } from '../lexical.ts';
import type { ContractDocument, Entry, YamlNode } from './document.ts';
import { columnKeys } from './keys.ts';
import type { NotCheckedList } from './not-checked.ts';
import { readOptions } from './options.ts';
import { isPersonal } from './personal.ts';
import { readQuality } from './quality.ts';

export interface ReadColumn {
  readonly column: ColumnContract;
  readonly metrics: readonly MetricRule[];
  readonly nameNode: YamlNode;
}

const types: readonly string[] = ['string', 'date', 'timestamp', 'number', 'integer', 'boolean'];
const otherTypes: readonly string[] = ['time', 'object', 'array', 'map', 'vector'];

/** One property of the table. */
export function readColumn(
  document: ContractDocument,
  node: YamlNode,
  notCheckedOfTable: NotCheckedList,
): ReadColumn | undefined {
  const fields = document.fields(node, 'a property', columnKeys);
  if (fields.size === 0) {
    document.add('contract-shape', node, 'a property must be a map with a name', 'Write `- name: ...`.');
    return undefined;
  }
  const nameEntry = fields.get('physicalName') ?? fields.get('name');
  const name = document.text(nameEntry?.node, 'name')?.trim();
  if (!fields.has('name') || name === undefined || name === '') {
    document.add('contract-key-missing', node, 'a property needs a name', 'Add `name:`.');
    return undefined;
  }
  if (name === '__proto__') {
    document.add('contract-value', nameEntry?.node, `"${name}" cannot be the name of a column`, 'Rename it.');
    return undefined;
  }
  const notChecked = notCheckedOfTable.of(name);
  const { type, declaredType } = readType(document, fields, notChecked);
  const limits =
    declaredType === undefined
      ? readOptions(document, { node: fields.get('logicalTypeOptions')?.node, type, notChecked })
      : {};
  const metrics = readQuality(document, { node: fields.get('quality')?.node, column: name, notChecked });
  const allowed = readEnum(document, fields.get('enum'), type);
  if (fields.has('relationships')) {
    notChecked.add(
      'relationships',
      'references to other tables are not followed',
      fields.get('relationships')!.keyNode,
    );
  }
  const description = document.text(fields.get('description')?.node, 'description');
  const unit = readUnit(document, fields.get('customProperties')?.node);
  const primaryKey = document.flag(fields.get('primaryKey')?.node, 'primaryKey');
  const column: ColumnContract = {
    name,
    type,
    ...(declaredType === undefined ? {} : { declaredType }),
    ...(description === undefined ? {} : { description }),
    ...(unit === undefined ? {} : { unit }),
    required: document.flag(fields.get('required')?.node, 'required') || primaryKey,
    unique: document.flag(fields.get('unique')?.node, 'unique'),
    primaryKey,
    ...(allowed === undefined ? {} : { enum: allowed }),
    ...limits,
    personal: isPersonal(
      document.text(fields.get('classification')?.node, 'classification'),
      readTags(document, fields.get('tags')?.node),
    ),
  };
  return { ...tighten(document, column, metrics, fields.get('quality')), nameNode: nameEntry!.node };
}

function readType(
  document: ContractDocument,
  fields: ReadonlyMap<string, Entry>,
  notChecked: NotCheckedList,
): { readonly type: LogicalType; readonly declaredType?: string } {
  const entry = fields.get('logicalType');
  const written = document.text(entry?.node, 'logicalType');
  if (entry === undefined || written === undefined) {
    const physical = document.text(fields.get('physicalType')?.node, 'physicalType');
    const derived = physical === undefined ? undefined : typeOfPhysical(physical);
    if (derived !== undefined) return { type: derived };
    notChecked.add('logicalType', 'the property has none, so it is taken for text', fields.get('name')!.node);
    return { type: 'string' };
  }
  if (types.includes(written)) return { type: written as LogicalType };
  if (otherTypes.includes(written)) {
    notChecked.add(
      `logicalType ${written}`,
      'the engines have no such type, so it is taken for text',
      entry.node,
    );
    return { type: 'string', declaredType: written };
  }
  const meant = nearest(written, [...types, ...otherTypes]);
  document.add(
    'contract-value',
    entry.node,
    `"${written}" is no logical type`,
    meant === undefined ? `Use one of ${types.join(', ')}.` : `Did you mean "${meant}"?`,
  );
  return { type: 'string', declaredType: written };
}

/** The usual types of databases; anything else is not guessed. */
function typeOfPhysical(physical: string): LogicalType | undefined {
  const name = physical
    .toLowerCase()
    .replace(/\(.*\)$/, '')
    .trim();
  if (/^(tiny|small|big|medium)?int(eger)?(2|4|8|16|32|64)?$|^long$|^serial$/.test(name)) return 'integer';
  if (/^(double( precision)?|float(4|8|32|64)?|real|decimal|numeric)$/.test(name)) return 'number';
  if (/^bool(ean)?$/.test(name)) return 'boolean';
  if (/^((n?var)?char(acter)?|character varying|n?text|string|uuid)2?$/.test(name)) return 'string';
  if (name === 'date') return 'date';
  return /^(timestamp(_?(tz|ntz|ltz|s|ms|ns))?|timestamp with(out)? time zone|datetime2?)$/.test(name)
    ? 'timestamp'
    : undefined;
}

function readTags(document: ContractDocument, node: YamlNode): string[] {
  return document
    .items(node, 'tags')
    .map((tag) => document.text(tag, 'a tag'))
    .filter((tag) => tag !== undefined);
}

/** `customProperties: [{ property: unit, value: mm Hg }]`: ODCS has no key for units. */
function readUnit(document: ContractDocument, node: YamlNode): string | undefined {
  for (const item of document.items(node, 'customProperties')) {
    const entries = new Map(
      document.entries(item, 'a custom property').map((entry) => [entry.key, entry.node]),
    );
    if (document.scalar(entries.get('property'), 'property') !== 'unit') continue;
    const unit = document.scalar(entries.get('value'), 'value');
    return unit === undefined ? undefined : String(unit);
  }
  return undefined;
}

/** ODCS 3.2: `enum: [{ value: a }, ...]`. */
function readEnum(
  document: ContractDocument,
  entry: Entry | undefined,
  type: LogicalType,
): (string | number | boolean)[] | undefined {
  if (entry === undefined) return undefined;
  const values: (string | number | boolean)[] = [];
  for (const item of document.items(entry.node, 'enum')) {
    const fields = new Map(document.entries(item, 'an entry of enum').map((field) => [field.key, field]));
    const value = document.scalar(fields.get('value')?.node, 'value');
    if (value === undefined)
      document.add('contract-enum', item, 'an entry of enum needs a value', 'Add `value:`.');
    else values.push(value);
  }
  if (values.length === 0)
    document.add('contract-enum', entry.keyNode, 'the enum is empty', 'List the allowed values.');
  return checkValues(document, entry.node, type, values);
}

/** Allowed values must be values of the type, each once. */
function checkValues(
  document: ContractDocument,
  node: YamlNode,
  type: LogicalType,
  values: readonly (string | number | boolean)[],
): (string | number | boolean)[] {
  const read: (string | number | boolean)[] = [];
  for (const value of values) {
    const typed = readLexical(type, String(value));
    const isSame = typed !== undefined && (type === 'string' ? typeof value === 'string' : true);
    if (!isSame) {
      const remedy =
        type === 'string' ? `Put it into quotes: "${value}".` : `Give only values of the type ${type}.`;
      document.add('contract-enum', node, `${JSON.stringify(value)} is no ${type}`, remedy);
    } else if (read.includes(typed)) {
      document.add(
        'contract-enum',
        node,
        `${JSON.stringify(value)} stands there twice`,
        'Name each value once.',
      );
    } else read.push(typed);
  }
  return read;
}

/**
 * A library rule with `mustBe: 0` and the severity of an error says something of every single value: it becomes part
 * of the column, so that requests are checked by it too and the categories of encodings are known.
 */
function tighten(
  document: ContractDocument,
  column: ColumnContract,
  metrics: readonly MetricRule[],
  quality: Entry | undefined,
): { readonly column: ColumnContract; readonly metrics: readonly MetricRule[] } {
  let tight = column;
  const others: MetricRule[] = [];
  for (const written of metrics) {
    const rule =
      written.validValues === undefined
        ? written
        : { ...written, validValues: checkValues(document, quality?.node, column.type, written.validValues) };
    const isStrict = rule.operator === 'mustBe' && rule.bounds[0] === 0 && rule.severity === 'error';
    const more = isStrict ? strictPart(tight, rule) : undefined;
    if (more === undefined) others.push(rule);
    else tight = { ...tight, ...more };
  }
  return { column: tight, metrics: others };
}

function strictPart(column: ColumnContract, rule: MetricRule): Partial<ColumnContract> | undefined {
  switch (rule.metric) {
    case 'nullValues':
      return { required: true };
    case 'missingValues':
      return (rule.missingValues ?? []).every((value) => value === '') ? { required: true } : undefined;
    case 'duplicateValues':
      return { unique: true };
    case 'invalidValues': {
      const { validValues, pattern } = rule;
      if (validValues !== undefined && column.enum !== undefined) return undefined;
      if (pattern !== undefined && (column.pattern !== undefined || column.type !== 'string'))
        return undefined;
      return {
        ...(validValues === undefined ? {} : { enum: validValues }),
        ...(pattern === undefined ? {} : { pattern }),
      };
    }
    case 'rowCount':
      return undefined;
  }
}
