import { metricDefinition } from '../../evaluate/index.ts';
import { isNumber } from '../run-index/columns.ts';
import type { RunIndex } from '../run-index/run-index.ts';

/** The row with the best value of a metric; of equals the oldest. `undefined` when none has it. */
export function bestRow(index: RunIndex, rows: readonly number[], metric: string): number | undefined {
  const { kinds, values } = index.column(`metrics.${metric}`);
  const sign = metricDefinition(metric)?.better === 'lower' ? -1 : 1;
  let best: number | undefined;
  for (const row of rows) {
    if (kinds[row] !== isNumber) continue;
    const gain = best === undefined ? 1 : sign * (values[row]! - values[best]!);
    if (gain > 0 || (gain === 0 && row < best!)) best = row;
  }
  return best;
}
