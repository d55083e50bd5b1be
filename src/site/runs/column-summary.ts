import type { JsonScalar } from '../../base/index.ts';
import type { RunIndex } from '../../runs/index.ts';
import type { RunsColumn } from '../format/index.ts';
import { cell } from './shard.ts';

/** Of a column with more different values no menu can be made. */
const mostListed = 60;

/** What the columns of these rows hold, the usual ones first; columns without a value are left out. */
export function summaries(index: RunIndex, rows: readonly number[]): readonly RunsColumn[] {
  const pipelines = rows.map((row) => index.pipeline(row));
  const runsOf = counted(pipelines);
  const columns: RunsColumn[] = [];
  for (const name of index.fields.keys()) {
    if (!isShown(name)) continue;
    const column = index.column(name);
    const values: JsonScalar[] = [];
    const owners = new Map<string, number>();
    rows.forEach((row, i) => {
      const value = cell(column, row);
      if (value === undefined) return;
      values.push(value);
      owners.set(pipelines[i]!, (owners.get(pipelines[i]!) ?? 0) + 1);
    });
    if (values.length === 0) continue;
    const isPartial = [...owners].some(([pipeline, runs]) => runs < runsOf.get(pipeline)!);
    columns.push(summary(name, values, isPartial));
  }
  return columns.sort(
    (a, b) => order(a.name) - order(b.name) || b.runs - a.runs || (a.name < b.name ? -1 : 1),
  );
}

function summary(name: string, values: readonly JsonScalar[], isPartial: boolean): RunsColumn {
  const runsWith = counted(values);
  const areNumbers = values.every((value) => typeof value === 'number');
  const isListed = runsWith.size <= mostListed;
  return {
    name,
    kind: areNumbers ? 'number' : 'scalar',
    part: isInterval(name) ? 'intervals' : 'main',
    runs: values.length,
    distinct: runsWith.size,
    differs: runsWith.size > 1 || isPartial,
    ...(areNumbers ? { range: rangeOf(values as readonly number[]) } : {}),
    ...(isListed ? { values: [...runsWith].sort((a, b) => b[1] - a[1]) } : {}),
  };
}

/** Of a dataset the table has its fingerprint alone; the pages of datasets have the others. */
export function isShown(name: string): boolean {
  return name !== 'archived' && !/^(rows|contract|checks)\./.test(name);
}

/** Ends of intervals are in a file of their own: few questions are about them, and they are two thirds of the numbers. */
export function isInterval(name: string): boolean {
  return name.startsWith('low.') || name.startsWith('high.');
}

function rangeOf(numbers: readonly number[]): readonly [number, number] {
  let [least, greatest] = [numbers[0]!, numbers[0]!];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return [least, greatest];
}

function counted<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const usual = [
  'id',
  'pipeline',
  'started',
  'status',
  'verdict',
  'model',
  'metric',
  'metrics.',
  'params.',
  'matrix.',
  'data.',
  'seconds',
  'commit',
  'branch',
  'dirty',
  'trigger',
  'actor',
  'low.',
  'high.',
];

function order(name: string): number {
  const place = usual.indexOf(name.slice(0, name.indexOf('.') + 1) || name);
  return place < 0 ? usual.length : place;
}
