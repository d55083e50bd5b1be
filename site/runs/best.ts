import { cellKinds, count, mainMetric } from '@format';
import { betterOf } from './columns.ts';
import type { RunsTable } from './runs-table.ts';

/** Why a run is marked, for people. */
export interface BestMark {
  /** The metric's column. */
  readonly field: string;
  /** `the highest roc_auc of the 44 runs of heart-disease shown` */
  readonly because: string;
}

/**
 * Of each pipeline the runs that are best by the metric that its newest run is looked at by, of these rows; equals are
 * marked together. Nothing is where there is nothing to compare.
 */
export function bestRows(table: RunsTable, rows: Int32Array): ReadonlyMap<number, BestMark> {
  const pipelines = new Map<string, number[]>();
  for (const row of rows) {
    const name = table.pipeline(row);
    const own = pipelines.get(name);
    if (own === undefined) pipelines.set(name, [row]);
    else own.push(row);
  }
  return new Map([...pipelines].flatMap(([name, own]) => bestOf(table, name, own)));
}

function bestOf(
  table: RunsTable,
  pipeline: string,
  rows: readonly number[],
): readonly (readonly [number, BestMark])[] {
  // The newest run says what the pipeline is looked at by now, whatever the order of the table.
  const metric = mainMetric(
    table,
    rows.toSorted((a, b) => a - b),
  );
  if (metric === undefined) return [];
  const field = `metrics.${metric}`;
  const { kinds, values } = table.column(field);
  const measured = rows.filter((row) => kinds[row] === cellKinds.isNumber && Number.isFinite(values[row]));
  const higher = betterOf(field) === 'higher';
  let best = higher ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (const row of measured) best = higher ? Math.max(best, values[row]!) : Math.min(best, values[row]!);
  const marked = measured.filter((row) => values[row] === best);
  if (marked.length === measured.length) return [];
  const what = `the ${higher ? 'highest' : 'lowest'} ${metric.slice(0, 60)}`;
  const because = `${what} of the ${count(measured.length)} runs of ${pipeline.slice(0, 60)} shown`;
  return marked.map((row) => [row, { field, because }] as const);
}
