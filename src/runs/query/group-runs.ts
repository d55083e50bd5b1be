import { isNumber, valueAt } from '../run-index/columns.ts';
import type { RunIndex } from '../run-index/run-index.ts';
import { bestRow } from './best-row.ts';
import { compareValues, fieldValue, mainMetric, rowsBy } from './field-value.ts';
import type { GroupedRuns, RunGroup } from './run-question.ts';

/** Rows, newest first, as one line a group, sorted by the values of the fields. */
export function groupsOf(index: RunIndex, rows: readonly number[], by: readonly string[]): GroupedRuns {
  const metric = mainMetric(index, rows);
  const groups = rowsBy(index, rows, by)
    .map((group) => groupOf(index, group, by, metric))
    .sort((a, b) => {
      const orders = a.values.map((value, i) => compareValues(value, b.values[i]));
      return orders.find((order) => order !== 0) ?? 0;
    });
  return { by, ...(metric === undefined ? {} : { metric }), groups };
}

function groupOf(
  index: RunIndex,
  rows: readonly number[],
  by: readonly string[],
  metric: string | undefined,
): RunGroup {
  const verdicts = index.column('verdict');
  const group = {
    values: by.map((field) => fieldValue(index, rows[0]!, field)),
    runs: rows.length,
    passed: rows.filter((row) => valueAt(verdicts, row) === 'pass').length,
    last: index.id(rows[0]!),
  };
  const best = metric === undefined ? undefined : bestRow(index, rows, metric);
  if (best === undefined) return group;
  const { kinds, values } = index.column(`metrics.${metric}`);
  const measured = rows.filter((row) => kinds[row] === isNumber);
  const sum = measured.reduce((total, row) => total + values[row]!, 0);
  return { ...group, best: { run: index.id(best), value: values[best]! }, mean: sum / measured.length };
}
