import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Table } from '../sql/index.ts';
import type { OnnxFailure } from './failures.ts';
import { outputUnsupported, runFailed } from './failures.ts';
import { feedRows, planFeeds } from './feeds.ts';
import { readPorts } from './read.ts';
import { loadRuntime } from './runtime.ts';
import { createSession, messageOf } from './session.ts';

export interface OutputRun {
  readonly table: Table;
  /** Name of a double output [rows, width]. */
  readonly output: string;
  readonly width: number;
  readonly threads: number;
}

/** One output of a graph for raw rows, row by row: to look at a part of a model that is no prediction. */
export async function runOutput(
  bytes: Uint8Array,
  run: OutputRun,
): Promise<Result<Float64Array, OnnxFailure>> {
  const { table, output, width } = run;
  const inputs = readPorts(bytes);
  if (!inputs.ok) return inputs;
  const plan = planFeeds(inputs.value, table, { matrixColumns: undefined, chunkRows: 4096 });
  if (!plan.ok) return plan;
  const session = await createSession(bytes, run.threads);
  if (!session.ok) return session;
  const { Tensor } = loadRuntime();
  const values = new Float64Array(table.rows * width);
  try {
    for (let start = 0; start < table.rows; start += plan.value.chunkRows) {
      const end = Math.min(start + plan.value.chunkRows, table.rows);
      const feeds = feedRows(plan.value, start, end, Tensor);
      if (!feeds.ok) return feeds;
      const outputs = await session.value.run(feeds.value, [output]);
      const { data } = outputs[output]! as { readonly data: unknown };
      if (!(data instanceof Float64Array) || data.length !== (end - start) * width) {
        return failed(outputUnsupported(`${output} is not a double tensor of ${width} columns`));
      }
      values.set(data, start * width);
    }
    return success(values);
  } catch (error) {
    return failed(runFailed(messageOf(error), error));
  } finally {
    await session.value.release();
  }
}
