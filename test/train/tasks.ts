import type { Random } from '../../src/base/index.ts';
import { seededRandom } from '../../src/base/index.ts';
import type { FeatureMatrix } from '../../src/features/index.ts';
import { buildModel, createGraphBuilder } from '../../src/onnx/index.ts';
import type { Target, TrainedModel, TrainingRequest } from '../../src/train/index.ts';
import { findEstimator } from '../../src/train/index.ts';

export function matrixOf(
  columns: readonly (readonly number[] | Float64Array)[],
  categories?: readonly number[],
): FeatureMatrix {
  return {
    rows: columns[0]?.length ?? 0,
    names: columns.map((_, j) => `x${j}`),
    columns: columns.map((column) => Float64Array.from(column)),
    categories: categories ?? columns.map(() => 0),
  };
}

export function classesOf(
  labels: readonly number[] | Int32Array,
  names: readonly string[] = ['no', 'yes'],
): Target {
  return { task: 'classification', classes: names, labels: Int32Array.from(labels) };
}

export function valuesOf(values: readonly number[] | Float64Array): Target {
  return { task: 'regression', values: Float64Array.from(values) };
}

export function requestOf(
  parts: Pick<TrainingRequest, 'matrix' | 'target'> & Partial<TrainingRequest>,
): TrainingRequest {
  return {
    options: {},
    seed: 7,
    threads: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...parts,
  };
}

/** Trains, and throws when that fails. */
export async function trained(
  name: string,
  parts: Pick<TrainingRequest, 'matrix' | 'target'> & Partial<TrainingRequest>,
): Promise<TrainedModel> {
  const result = await findEstimator(name)!.train(requestOf(parts));
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** Trains, and gives the code of the failure. */
export async function refusal(
  name: string,
  parts: Pick<TrainingRequest, 'matrix' | 'target'> & Partial<TrainingRequest>,
): Promise<{ code: string; message: string; remedy?: string | undefined }> {
  const result = await findEstimator(name)!.train(requestOf(parts));
  if (result.ok) throw new Error('training succeeded');
  return result.failure;
}

export function normals(random: Random, count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

export interface SampleTask {
  readonly matrix: FeatureMatrix;
  readonly values: Float64Array;
}

/** Numbers, a category of 12, and gaps; a value that depends on all of them, and on the gaps too. */
export function mixedTask(rows: number, seed: number): SampleTask {
  const random = seededRandom(seed);
  const a = normals(random, rows);
  const b = normals(random, rows).map((value) => Math.round(value * 3) / 3);
  const kind = Float64Array.from({ length: rows }, () => Math.floor(random() * 12));
  const noise = normals(random, rows);
  const effect = [2, -1, 0, 1, -2, 3, 0, -3, 1, 0, -1, 2];
  const values = a.map((value, i) => value * b[i]! + effect[kind[i]!]! + noise[i]! * 0.5);
  for (let i = 0; i < rows; i++) {
    if (random() < 0.15) {
      a[i] = Number.NaN;
      values[i] = values[i]! + 1;
    }
    if (random() < 0.1) kind[i] = Number.NaN;
  }
  return { matrix: matrixOf([a, b, kind], [0, 0, 12]), values };
}

/** The model as ONNX with one input [rows, columns], answered by ONNX Runtime. */
export async function onnxAnswers(model: TrainedModel, matrix: FeatureMatrix): Promise<Float64Array> {
  const width = matrix.columns.length;
  const graph = createGraphBuilder(['x', 'y']);
  const from = model.toOnnx(graph, 'x');
  const bytes = await buildModel({
    graph,
    inputs: [{ name: 'x', type: 'double', shape: [null, width] }],
    outputs: [{ name: 'y', type: 'double', shape: [null, null], from }],
  });
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const rows = new Float64Array(matrix.rows * width);
  matrix.columns.forEach((column, j) => {
    for (let i = 0; i < matrix.rows; i++) rows[i * width + j] = column[i]!;
  });
  const answer = await session.run({ x: new Tensor('float64', rows, [matrix.rows, width]) });
  const data = answer['y']!.data as Float64Array;
  await session.release();
  return data.slice();
}

export function largestDifference(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} answers`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    most = Math.max(most, Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(a[i]!)));
    if (Number.isNaN(a[i]!) || Number.isNaN(b[i]!)) return Infinity;
  }
  return most;
}
