import { metricDefinition } from '../../evaluate/index.ts';
import { isNumber } from '../run-index/columns.ts';
import type { RunIndex } from '../run-index/run-index.ts';

/** Rows that have a metric, the best first; of equals the oldest first. */
export function bestRows(index: RunIndex, rows: readonly number[], metric: string): readonly number[] {
  const { kinds, values } = index.column(`metrics.${metric}`);
  const sign = metricDefinition(metric)?.better === 'lower' ? 1 : -1;
  return rows
    .filter((row) => kinds[row] === isNumber)
    .sort((a, b) => sign * (values[a]! - values[b]!) || a - b);
}

export function bestRow(index: RunIndex, rows: readonly number[], metric: string): number | undefined {
  return bestRows(index, rows, metric)[0];
}
