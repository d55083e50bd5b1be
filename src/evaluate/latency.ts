import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { Table } from '../sql/index.ts';
import type { Latency } from './evaluation.ts';
import { quantileOfSorted } from './quantile.ts';
import type { Predict } from './rows.ts';
import { tableRows } from './rows.ts';

const warmUpCalls = 20;
const singleCalls = 200;
const batchCalls = 5;
const mostBatchRows = 1024;

export interface LatencyOptions {
  readonly predict: Predict;
  readonly table: Table;
  /** Milliseconds since some moment, with fractions: `performance.now` outside of tests. */
  readonly clock: () => number;
  /** Measuring stops after this time, in milliseconds, when at least one call is measured. Default 1,000. */
  readonly budget?: number;
}

/**
 * The median time of calls with one row, and of calls with many, after a warm-up. What is timed is the whole call: from
 * columns to a checked answer. `undefined` when there are no rows.
 */
export async function measureLatency(options: LatencyOptions): Promise<Result<Latency | undefined, Failure>> {
  const { table } = options;
  if (table.rows === 0) return success(undefined);
  const single = (call: number): Table => tableRows(table, Int32Array.of(call % table.rows));
  const batchRows = Math.min(table.rows, mostBatchRows);
  const batch = tableRows(
    table,
    Int32Array.from({ length: batchRows }, (_, i) => i),
  );

  const warmUp = await timeCalls(options, warmUpCalls, single);
  if (!warmUp.ok) return warmUp;
  const alone = await timeCalls(options, singleCalls, single);
  if (!alone.ok) return alone;
  const together = await timeCalls(options, batchCalls, () => batch);
  if (!together.ok) return together;
  return success({
    singleRow: median(alone.value) * 1000,
    perRowInBatch: (median(together.value) * 1000) / batchRows,
    batchRows,
  });
}

async function timeCalls(
  options: LatencyOptions,
  calls: number,
  rowsOf: (call: number) => Table,
): Promise<Result<readonly number[], Failure>> {
  const times: number[] = [];
  const begin = options.clock();
  for (let call = 0; call < calls; call++) {
    const rows = rowsOf(call);
    const start = options.clock();
    const answer = await options.predict(rows);
    const end = options.clock();
    if (!answer.ok) return answer;
    times.push(end - start);
    if (end - begin > (options.budget ?? 1000)) break;
  }
  return success(times);
}

function median(values: readonly number[]): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}
