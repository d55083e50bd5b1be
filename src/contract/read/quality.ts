import { nearest } from '../../base/index.ts';
import type { Metric, MetricRule, Operator, Severity } from '../contract.ts';
import type { ContractDocument, Entry, YamlNode } from './document.ts';
import { operators, qualityKeys } from './keys.ts';
import type { NotCheckedList } from './not-checked.ts';
import { readPattern } from './options.ts';

const metrics: Readonly<Record<Metric, 'table' | 'column' | 'both'>> = {
  rowCount: 'table',
  nullValues: 'column',
  missingValues: 'column',
  invalidValues: 'column',
  duplicateValues: 'both',
};

/** Names of 3.0's `rule`, which 3.1 renamed to `metric`. */
const oldNames: Readonly<Record<string, Metric>> = {
  duplicateCount: 'duplicateValues',
  validValues: 'invalidValues',
};

/** Severity is free text in ODCS: these words make a warning, every other word and none an error. */
const warnings = /^(warning|warn|info|information|notice|low|minor|trivial)$/i;

interface QualityOf {
  readonly node: YamlNode;
  /** Absent for the table. */
  readonly column?: string;
  readonly notChecked: NotCheckedList;
}

/** The `quality` of a table or of a column. */
export function readQuality(
  document: ContractDocument,
  { node, column, notChecked }: QualityOf,
): MetricRule[] {
  const rules: MetricRule[] = [];
  for (const item of document.items(node, 'quality')) {
    const fields = document.fields(item, 'quality', qualityKeys);
    const kind = kindOf(document, fields);
    if (kind === 'library') {
      const rule = readMetric(document, {
        item,
        fields,
        notChecked,
        ...(column === undefined ? {} : { column }),
      });
      if (rule !== undefined) rules.push(rule);
    } else if (kind !== undefined) {
      checkOther(document, item, fields, kind);
      notChecked.add(`quality (${kind})`, reasons[kind], item);
    }
  }
  return rules;
}

const reasons = {
  text: 'it is written for people',
  sql: 'SQL of contracts is not run',
  custom: 'it is written for another engine',
};

type Fields = ReadonlyMap<string, Entry>;
type Kind = 'library' | 'text' | 'sql' | 'custom';

function kindOf(document: ContractDocument, fields: Fields): Kind | undefined {
  const entry = fields.get('type');
  const type = document.text(entry?.node, 'type') ?? 'library';
  if (type === 'library' || type === 'text' || type === 'sql' || type === 'custom') return type;
  const remedy = 'Write library, text, sql or custom.';
  document.add('contract-quality', entry!.node, `"${type}" is no type of a quality rule`, remedy);
  return undefined;
}

/** Rules that are not checked still have to be what the standard allows. */
function checkOther(
  document: ContractDocument,
  item: YamlNode,
  fields: Fields,
  kind: Exclude<Kind, 'library'>,
): void {
  const needed = kind === 'sql' ? ['query'] : kind === 'custom' ? ['engine', 'implementation'] : [];
  for (const key of needed) {
    if (fields.has(key)) continue;
    document.add(
      'contract-key-missing',
      item,
      `a quality rule of type ${kind} needs "${key}"`,
      `Add \`${key}:\`.`,
    );
  }
  if (kind === 'sql') readOperator(document, item, fields);
}

interface MetricItem {
  readonly item: YamlNode;
  readonly fields: Fields;
  readonly column?: string;
  readonly notChecked: NotCheckedList;
}

function readMetric(
  document: ContractDocument,
  { item, fields, column, notChecked }: MetricItem,
): MetricRule | undefined {
  const entry = fields.get('metric') ?? fields.get('rule');
  const name = document.text(entry?.node, 'metric');
  if (entry === undefined || name === undefined) {
    document.add('contract-key-missing', item, 'a library rule needs "metric"', 'Add `metric:`.');
    return undefined;
  }
  const metric = oldNames[name] ?? name;
  if (!isMetric(metric)) {
    if (entry.key === 'rule')
      notChecked.add(`quality (rule ${name})`, 'a rule of ODCS 3.0 that was renamed', item);
    else refuseMetric(document, entry, name);
    return undefined;
  }
  const level = metrics[metric];
  if (level !== 'both' && level !== (column === undefined ? 'table' : 'column')) {
    const remedy = `Move the rule to the ${level === 'table' ? 'table' : 'property that it counts'}.`;
    document.add('contract-quality', entry.node, `${metric} is a rule of a ${level}`, remedy);
    return undefined;
  }
  const operator = readOperator(document, item, fields);
  const operands = readArguments(document, {
    item,
    fields,
    metric,
    ...(column === undefined ? {} : { column }),
  });
  if (operator === undefined || operands === undefined) return undefined;
  const title = document.text(fields.get('name')?.node, 'name');
  return {
    metric,
    ...operands,
    ...(title === undefined ? {} : { name: title }),
    unit: readUnit(document, fields, metric),
    ...operator,
    severity: readSeverity(document, fields),
  };
}

function isMetric(name: string): name is Metric {
  return Object.hasOwn(metrics, name);
}

function refuseMetric(document: ContractDocument, entry: Entry, name: string): void {
  const meant = nearest(name, Object.keys(metrics));
  const remedy =
    meant === undefined ? `Use one of ${Object.keys(metrics).join(', ')}.` : `Did you mean "${meant}"?`;
  document.add('contract-quality', entry.node, `"${name}" is no library metric`, remedy);
}

function readOperator(
  document: ContractDocument,
  item: YamlNode,
  fields: Fields,
): { readonly operator: Operator; readonly bounds: readonly number[] } | undefined {
  const written = operators.filter((operator) => fields.has(operator));
  const [operator] = written;
  if (operator === undefined || written.length > 1) {
    const message =
      operator === undefined ? 'the rule does not say what must be' : `${written.join(' and ')} together`;
    document.add('contract-quality', item, message, `Write one of ${operators.join(', ')}.`);
    return undefined;
  }
  const { node } = fields.get(operator)!;
  if (operator !== 'mustBeBetween' && operator !== 'mustNotBeBetween') {
    const bound = document.number(node, operator);
    return bound === undefined ? undefined : { operator, bounds: [bound] };
  }
  const bounds = document.items(node, operator).map((bound) => document.number(bound, operator));
  const [low, high] = bounds;
  if (bounds.length === 2 && low !== undefined && high !== undefined && low < high) {
    return { operator, bounds: [low, high] };
  }
  document.add(
    'contract-quality',
    node,
    `${operator} needs two numbers, the smaller one first`,
    'Write [0, 10].',
  );
  return undefined;
}

type Operands = Pick<MetricRule, 'columns' | 'validValues' | 'pattern' | 'missingValues'>;

function readArguments(
  document: ContractDocument,
  { item, fields, metric, column }: Omit<MetricItem, 'notChecked'> & { readonly metric: Metric },
): Operands | undefined {
  const known = argumentKeys(metric, column);
  const written = document.fields(fields.get('arguments')?.node, `arguments of ${metric}`, known);
  const columns = column === undefined ? [] : [column];
  switch (metric) {
    case 'rowCount':
    case 'nullValues':
      return { columns };
    case 'missingValues':
      return {
        columns,
        missingValues: readValues(document, written.get('missingValues')?.node, 'missingValues'),
      };
    case 'duplicateValues': {
      if (column !== undefined) return { columns };
      const names = document
        .items(written.get('properties')?.node, 'properties')
        .map((node) => document.text(node, 'properties'))
        .filter((name) => name !== undefined);
      if (names.length > 0) return { columns: names };
      document.add(
        'contract-quality',
        item,
        'duplicateValues of a table needs the properties that must not repeat together',
        'Add `arguments: { properties: [a, b] }`.',
      );
      return undefined;
    }
    case 'invalidValues': {
      const node = (written.get('validValues') ?? fields.get('validValues'))?.node;
      const validValues = readValues(document, node, 'validValues');
      const pattern = readPattern(document, written.get('pattern')?.node);
      if (validValues.length > 0 || pattern !== undefined) {
        return {
          columns,
          ...(validValues.length > 0 ? { validValues } : {}),
          ...(pattern === undefined ? {} : { pattern }),
        };
      }
      if (!written.has('pattern')) {
        const remedy = 'Add `arguments: { validValues: [...] }` or `arguments: { pattern: ... }`.';
        document.add('contract-quality', item, 'invalidValues needs to know what is valid', remedy);
      }
      return undefined;
    }
  }
}

function argumentKeys(metric: Metric, column: string | undefined): readonly string[] {
  if (metric === 'missingValues') return ['missingValues'];
  if (metric === 'invalidValues') return ['validValues', 'pattern'];
  return metric === 'duplicateValues' && column === undefined ? ['properties'] : [];
}

/** Values of a list; nulls say nothing that an empty field does not. */
function readValues(document: ContractDocument, node: YamlNode, what: string): (string | number | boolean)[] {
  return document
    .items(node, what)
    .map((item) => document.scalar(item, what))
    .filter((value) => value !== undefined);
}

function readUnit(document: ContractDocument, fields: Fields, metric: Metric): 'rows' | 'percent' {
  const entry = fields.get('unit');
  const unit = document.text(entry?.node, 'unit') ?? 'rows';
  if (unit === 'percent' && metric !== 'rowCount') return 'percent';
  if (unit !== 'rows') {
    const remedy = metric === 'rowCount' ? 'Write rows.' : 'Write rows or percent.';
    document.add('contract-quality', entry!.node, `"${unit}" is no unit of ${metric}`, remedy);
  }
  return 'rows';
}

function readSeverity(document: ContractDocument, fields: Fields): Severity {
  const severity = document.text(fields.get('severity')?.node, 'severity');
  return severity !== undefined && warnings.test(severity.trim()) ? 'warning' : 'error';
}
