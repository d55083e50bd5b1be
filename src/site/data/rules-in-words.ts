import type { ColumnContract, MetricRule } from '../../contract/index.ts';

/** What a contract demands of the values of a column. */
export function rulesOf(column: ColumnContract, metrics: readonly MetricRule[]): readonly string[] {
  const own = metrics.filter(({ columns }) => columns.length === 1 && columns[0] === column.name);
  return [...valueRules(column), ...own.map(metricRule)];
}

function valueRules(column: ColumnContract): readonly string[] {
  const rules: (string | false | undefined)[] = [
    column.primaryKey && 'primary key',
    column.required && 'required',
    column.unique && !column.primaryKey && 'unique',
    column.enum !== undefined && `one of ${listed(column.enum)}`,
    said('at least', column.minimum ?? column.earliest),
    said('at most', column.maximum ?? column.latest),
    said('more than', column.exclusiveMinimum ?? column.after),
    said('less than', column.exclusiveMaximum ?? column.before),
    said('a multiple of', column.multipleOf),
    said('characters at least', column.minLength),
    said('characters at most', column.maxLength),
    said('matches', column.pattern),
  ];
  return rules.filter((rule) => typeof rule === 'string');
}

/** A rule of the whole table, or of a count. */
export function metricRule({ metric, columns, operator, bounds, unit, severity, name }: MetricRule): string {
  const what = `${words(metric)}${columns.length > 1 ? ` of ${columns.join(', ')}` : ''}`;
  const limit = bounds.map(String).join(' and ');
  const rule = `${name ?? what}: ${words(operator)} ${limit}${unit === 'percent' ? ' %' : ''}`;
  return severity === 'warning' ? `${rule} (warning)` : rule;
}

function said(words: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${words} ${value}`;
}

function listed(values: readonly (string | number | boolean)[]): string {
  const shown = values.slice(0, 20).join(', ');
  return values.length > 20 ? `${shown}, and ${values.length - 20} more` : shown;
}

/** `mustBeLessThan` -> `must be less than` */
function words(name: string): string {
  return name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
