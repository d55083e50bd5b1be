import type { JsonScalar } from '../../base/index.ts';
import { valueAt } from '../run-index/columns.ts';
import type { RunIndex } from '../run-index/run-index.ts';
import { fieldValue } from './field-value.ts';
import { namesOf } from './fields.ts';
import type { ListedEstimate, ListedRun, RunDetails } from './run-question.ts';

/** One row as it is given out. */
export function listedRun(
  index: RunIndex,
  row: number,
  columns: readonly string[],
  withDetails: boolean,
): ListedRun {
  const of = <T extends JsonScalar>(field: string): T | undefined =>
    valueAt(index.column(field), row) as T | undefined;
  const id = index.id(row);
  const optional = {
    actor: of<string>('actor'),
    commit: of<string>('commit'),
    branch: of<string>('branch'),
    dirty: of<boolean>('dirty'),
    model: of<string>('model'),
    metric: mainEstimate(index, row),
    archived: index.isArchived(row) ? (true as const) : undefined,
    details: withDetails ? detailsOf(index, row) : undefined,
  };
  return {
    id,
    pipeline: index.pipeline(row),
    startedAt: new Date(of<number>('started')!).toISOString(),
    seconds: of<number>('seconds')!,
    status: of<ListedRun['status']>('status')!,
    verdict: of<ListedRun['verdict']>('verdict')!,
    trigger: of<string>('trigger')!,
    ...present(optional),
    ...index.notes(id),
    fields: new Map(
      columns.flatMap((field) => {
        const value = fieldValue(index, row, field);
        return value === undefined ? [] : [[field, value] as const];
      }),
    ),
  };
}

function mainEstimate(index: RunIndex, row: number): ListedRun['metric'] {
  const name = valueAt(index.column('metric'), row);
  if (typeof name !== 'string') return undefined;
  const estimate = estimateOf(index, row, name);
  return estimate === undefined ? undefined : { name, ...estimate };
}

function estimateOf(index: RunIndex, row: number, metric: string): ListedEstimate | undefined {
  const [value, low, high] = ['metrics', 'low', 'high'].map((part) =>
    valueAt(index.column(`${part}.${metric}`), row),
  );
  if (typeof value !== 'number') return undefined;
  return typeof low === 'number' && typeof high === 'number' ? { value, low, high } : { value };
}

function detailsOf(index: RunIndex, row: number): RunDetails {
  const group = (name: 'params' | 'matrix' | 'data'): Readonly<Record<string, JsonScalar>> =>
    Object.fromEntries(
      namesOf(index, name).flatMap((field) => {
        const value = valueAt(index.column(`${name}.${field}`), row);
        return value === undefined ? [] : [[field, value]];
      }),
    );
  const metrics = namesOf(index, 'metrics').flatMap((metric) => {
    const estimate = estimateOf(index, row, metric);
    return estimate === undefined ? [] : [[metric, estimate] as const];
  });
  return {
    params: group('params'),
    metrics: Object.fromEntries(metrics),
    matrix: group('matrix'),
    data: group('data'),
  };
}

/** Without the members that are `undefined`. */
function present<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
