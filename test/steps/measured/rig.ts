import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetSpec } from '../../../src/data/index.ts';
import type { Attribute } from '../../../src/onnx/index.ts';
import { buildModel, createGraphBuilder } from '../../../src/onnx/index.ts';
import { openSession, quoteText } from '../../../src/sql/index.ts';
import type { StepCall, StepRequest } from '../../../src/steps/index.ts';

const int = (value: number): Attribute => ({ kind: 'int', value });

/** P(1) = 1 / (1 + exp(-(weight x + bias))), from a column `x`; classes 0 and 1. */
export async function logisticModel(weight: number, bias = 0, column = 'x'): Promise<Uint8Array> {
  const graph = createGraphBuilder([column, 'label', 'probabilities']);
  const constant = (name: string, value: number): string =>
    graph.constant(name, { type: 'double', dims: [1, 1], values: Float64Array.of(value) });
  const [scaled] = graph.node('Mul', [column, constant('weight', weight)]);
  const [sum] = graph.node('Add', [scaled!, constant('bias', bias)]);
  const [positive] = graph.node('Sigmoid', [sum!]);
  const [negative] = graph.node('Sub', [constant('one', 1), positive!]);
  const [probabilities] = graph.node('Concat', [negative!, positive!], { attributes: { axis: int(1) } });
  const [label] = graph.node('ArgMax', [probabilities!], { attributes: { axis: int(1), keepdims: int(0) } });
  return buildModel({
    graph,
    inputs: [{ name: column, type: 'double', shape: [null, 1] }],
    outputs: [
      { name: 'label', type: 'int64', shape: [null], from: label! },
      { name: 'probabilities', type: 'double', shape: [null, 2], from: probabilities! },
    ],
    metadata: { 'trainyard.classes': '["0","1"]' },
  });
}

/** weight x, from a column `x`. */
export async function linearModel(weight: number): Promise<Uint8Array> {
  const graph = createGraphBuilder(['x', 'value']);
  const factor = graph.constant('weight', { type: 'double', dims: [1, 1], values: Float64Array.of(weight) });
  const [from] = graph.node('Mul', ['x', factor]);
  return buildModel({
    graph,
    inputs: [{ name: 'x', type: 'double', shape: [null, 1] }],
    outputs: [{ name: 'value', type: 'double', shape: [null, 1], from: from! }],
  });
}

export interface Rig extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file below the folder and returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** A fresh output folder, and a call with the inputs. */
  call(request: StepRequest, inputs: Readonly<Record<string, string>>): Promise<StepCall>;
  json<T>(path: string): Promise<T>;
}

export async function openRig(): Promise<Rig> {
  // A name that means a pattern to DuckDB, as ids of matrix steps do.
  const folder = await mkdtemp(join(tmpdir(), 'trainyard [steps] '));
  let calls = 0;
  return {
    folder,
    async write(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    async call(request, inputs) {
      const out = join(folder, `out ${calls++}`);
      await mkdir(out);
      return { request, root: folder, out, inputs, threads: 1 };
    },
    json: async (path) => JSON.parse(await readFile(path, 'utf8')) as never,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Rows with `id`, `x` in [-2, 2], `sex`, `y` (1 where x is large, not without exceptions) and `z` = 2 x + a little. */
export async function writeHeldOut(rig: Rig, rows = 120, extra = ''): Promise<string> {
  const path = join(rig.folder, `held-out ${rows}.parquet`);
  await using session = await openSession({ allowedPaths: [path] });
  await session.run(
    `COPY (SELECT 'P' || i AS id, (i * 37 % ${rows}) / ${rows}.0 * 4 - 2 AS x, ` +
      `CASE WHEN i % 3 = 0 THEN 'female' ELSE 'male' END AS sex, ` +
      `CAST(((i * 37 % ${rows}) / ${rows}.0 + (i % 5) * 0.1 > 0.7) AS BIGINT) AS y, ` +
      `x * 2 + (i % 7) * 0.1 + 10 AS z ${extra} FROM range(${rows}) AS t(i)) TO ${quoteText(path)} (FORMAT parquet)`,
  );
  return path;
}

export async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const escaped = path.replace(/[*?[]/g, '[$&]');
  await using session = await openSession({ allowedPaths: [path, escaped] });
  return await session.rows(`SELECT * FROM read_parquet([${quoteText(escaped)}])`);
}

export function dataset(changes: Partial<DatasetSpec> = {}): DatasetSpec {
  return {
    name: 'patients',
    path: '/nowhere/*.csv',
    format: 'csv',
    delimiter: ',',
    key: ['id'],
    target: 'y',
    split: { test: 0.25, salt: '' },
    ...changes,
  };
}
