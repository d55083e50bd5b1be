import type { RunsColumn, RunsManifest } from '@format';
import { cellKinds, mainMetric, metricDefinition } from '@format';
import type { RunsTable } from './runs-table.ts';

export type ColumnGroup = 'run' | 'params' | 'matrix' | 'metrics' | 'data';

/** One that the table can show. */
export interface TableColumn {
  /** As `--where` knows it; `tag` and `note` too. */
  readonly field: string;
  readonly title: string;
  readonly group: ColumnGroup;
  readonly look: ColumnLook;
  /** What the site says of it; `tag` and `note` have none. */
  readonly about?: RunsColumn;
  /** Of metrics, from the least low end to the greatest high end. */
  readonly domain?: readonly [number, number];
}

export type ColumnLook =
  | 'moment'
  | 'seconds'
  | 'verdict'
  | 'commit'
  | 'digest'
  | 'tags'
  | 'notes'
  | 'metric'
  | 'number'
  | 'text';

/** Which direction is the good one. */
export function betterOf(field: string): 'higher' | 'lower' {
  return metricDefinition(field.slice('metrics.'.length))?.better ?? 'higher';
}

/** Above the name of a column: what it is one of, and of a metric that is known which direction is good. */
export function wordOf({ group, field }: TableColumn, word = ''): string {
  if (group === 'run') return '';
  const better = group === 'metrics' ? metricDefinition(field.slice('metrics.'.length))?.better : undefined;
  return better === undefined ? word : `${word}, ${better} is better`;
}

export const groupTitles: readonly (readonly [ColumnGroup, string])[] = [
  ['run', 'Run'],
  ['metrics', 'Metrics'],
  ['params', 'Parameters'],
  ['matrix', 'Matrix'],
  ['data', 'Data'],
];

const runFields: readonly (readonly [string, string, ColumnLook])[] = [
  ['started', 'Started, UTC', 'moment'],
  ['verdict', 'Verdict', 'verdict'],
  ['status', 'Status', 'verdict'],
  ['pipeline', 'Pipeline', 'text'],
  ['tag', 'Tags', 'tags'],
  ['note', 'Notes', 'notes'],
  ['branch', 'Branch', 'text'],
  ['commit', 'Commit', 'commit'],
  ['dirty', 'Uncommitted changes', 'text'],
  ['model', 'Model step', 'text'],
  ['metric', 'Main metric', 'text'],
  ['seconds', 'Took', 'seconds'],
  ['actor', 'Actor', 'text'],
  ['trigger', 'Trigger', 'text'],
];

/** Every column that there is to choose, by group. The id of the run is always shown and is not among them. */
export function columnsOf(manifest: RunsManifest): readonly TableColumn[] {
  const about = new Map(manifest.columns.map((column) => [column.name, column]));
  const run = runFields.flatMap(([field, title, look]): TableColumn[] => {
    const column = about.get(field);
    if (column === undefined && field !== 'tag' && field !== 'note') return [];
    return [{ field, title, group: 'run', look, ...(column === undefined ? {} : { about: column }) }];
  });
  const grouped = manifest.columns.flatMap((column): TableColumn[] => {
    const dot = column.name.indexOf('.');
    const group = column.name.slice(0, dot);
    if (group !== 'params' && group !== 'matrix' && group !== 'metrics' && group !== 'data') return [];
    const title = column.name.slice(dot + 1);
    const look = group === 'metrics' ? 'metric' : group === 'data' ? 'digest' : column.kind;
    const made = { field: column.name, title, group, about: column } as const;
    if (look !== 'metric') return [{ ...made, look: look === 'scalar' ? 'text' : look }];
    const low = about.get(`low.${title}`)?.range?.[0] ?? column.range?.[0];
    const high = about.get(`high.${title}`)?.range?.[1] ?? column.range?.[1];
    return [{ ...made, look, ...(low === undefined || high === undefined ? {} : { domain: [low, high] }) }];
  });
  return [...run, ...grouped];
}

/**
 * What is shown when nobody chose: when and with which verdict, the metric to look at first and others, then what the runs
 * differ in.
 */
export function usualColumns(table: RunsTable, columns: readonly TableColumn[]): readonly string[] {
  const differs = ({ about }: TableColumn): boolean => about?.differs === true;
  const of = (group: ColumnGroup): readonly TableColumn[] => columns.filter((each) => each.group === group);
  const main = mainMetric(table, [...table.rows()]);
  const metrics = of('metrics').toSorted(
    (a, b) => Number(b.title === main) - Number(a.title === main) || Number(differs(b)) - Number(differs(a)),
  );
  const whenDiffers = (field: string): readonly TableColumn[] =>
    of('run').filter((column) => column.field === field && differs(column));
  const said = of('run').filter(
    ({ field }) => (field === 'tag' && table.tags.size > 0) || (field === 'note' && table.hasNotes),
  );
  return [
    ...of('run').filter(({ field }) => field === 'started' || field === 'verdict'),
    ...whenDiffers('pipeline'),
    ...metrics.slice(0, 3),
    ...of('matrix').filter(differs).slice(0, 4),
    ...of('params').filter(differs).slice(0, 12),
    ...said,
    ...whenDiffers('branch'),
    ...of('run').filter(({ field }) => field === 'commit' || field === 'seconds'),
  ].map(({ field }) => field);
}

/** Whether rows differ in a field: more than one value, or a value and none. */
export function differsIn(table: RunsTable, rows: Int32Array, field: string): boolean {
  const { kinds, values } = table.column(field);
  const first = rows[0];
  if (first === undefined) return false;
  const [kind, value] = [kinds[first], values[first]];
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i]!;
    if (kinds[row] !== kind || values[row] !== value) return true;
  }
  return false;
}

/** Without the parameters, matrix values and data in which the rows are the same. */
export function onlyDiffering(
  table: RunsTable,
  rows: Int32Array,
  columns: readonly TableColumn[],
): readonly TableColumn[] {
  return columns.filter(
    ({ group, field }) => group === 'run' || group === 'metrics' || differsIn(table, rows, field),
  );
}

/** In pixels, from what stands in the column; texts that are longer are cut. */
export function widthOf(table: RunsTable, { look, title, field }: TableColumn): number {
  const head = Math.min(220, title.length * 7.4 + 34);
  return Math.round(Math.max(88, head, contentWidth(table, look, field)));
}

function contentWidth(table: RunsTable, look: ColumnLook, field: string): number {
  switch (look) {
    case 'moment':
      return 186;
    case 'verdict':
      return 138;
    case 'metric':
      return table.fields.has(`low.${field.slice('metrics.'.length)}`) ? 178 : 142;
    case 'commit':
      return 98;
    case 'digest':
    case 'seconds':
      return 88;
    case 'tags':
      return 130;
    case 'notes':
      return 180;
    default:
      return longest(table, field) * 7.6 + 26;
  }
}

function longest(table: RunsTable, field: string): number {
  const { kinds, values, texts } = table.column(field);
  let most = 4;
  for (const text of texts.slice(0, 200)) most = Math.max(most, Math.min(26, text.length));
  for (let row = 0; row < Math.min(200, kinds.length); row++) {
    if (kinds[row] === cellKinds.isNumber) most = Math.max(most, Math.min(18, String(values[row]).length));
  }
  return most;
}

/** Moves a column before the one that stands `by` places away. */
export function movedColumn(fields: readonly string[], field: string, by: number): readonly string[] {
  const from = fields.indexOf(field);
  const to = Math.max(0, Math.min(fields.length - 1, from + by));
  if (from < 0 || from === to) return fields;
  const others = fields.filter((each) => each !== field);
  return [...others.slice(0, to), field, ...others.slice(to)];
}
