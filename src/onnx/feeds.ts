import type { Tensor } from 'onnxruntime-node';
import type { Result } from '../base/index.ts';
import { failed, nearest, success } from '../base/index.ts';
import type { Column, Table } from '../sql/index.ts';
import type { OnnxFailure } from './failures.ts';
import { columnMissing, columnType, columnValue, inputUnsupported } from './failures.ts';
import type { Port, TensorType } from './model.ts';

/** How the rows of a table become the inputs of a model; made once a table, used once a chunk. */
export interface FeedPlan {
  readonly feeds: readonly Feed[];
  /** Rows of a chunk: as asked, or what the model fixes. */
  readonly chunkRows: number;
}

interface Feed {
  readonly port: Port;
  /** One for an input of one column; F for an input [N, F]. */
  readonly columns: readonly { readonly name: string; readonly column: Column }[];
}

export type TensorConstructor = typeof Tensor;

/** `matrixColumns` are the columns of a single [N, F] input, in order. */
export function planFeeds(
  inputs: readonly Port[],
  table: Table,
  options: { readonly matrixColumns: readonly string[] | undefined; readonly chunkRows: number },
): Result<FeedPlan, OnnxFailure> {
  const feeds: Feed[] = [];
  let { chunkRows } = options;
  for (const port of inputs) {
    const names = columnNames(port, inputs.length, options.matrixColumns);
    if (!names.ok) return names;
    const columns: { name: string; column: Column }[] = [];
    for (const name of names.value) {
      const column = table.columns.get(name);
      if (column === undefined) return failed(columnMissing(name, nearest(name, table.columns.keys())));
      const wanted = port.type === 'string' ? 'text' : 'number';
      if (column.kind !== wanted) {
        const words = { text: 'text', number: 'numbers' };
        return failed(columnType(name, words[wanted], words[column.kind]));
      }
      columns.push({ name, column });
    }
    feeds.push({ port, columns });
    const fixed = port.shape[0];
    if (typeof fixed === 'number') {
      if (fixed !== 1) return failed(inputUnsupported(port.name, `takes exactly ${fixed} rows`));
      chunkRows = 1;
    }
  }
  return success({ feeds, chunkRows });
}

function columnNames(
  port: Port,
  inputs: number,
  matrixColumns: readonly string[] | undefined,
): Result<readonly string[], OnnxFailure> {
  const { name, shape } = port;
  if (shape.length > 2) return failed(inputUnsupported(name, `has ${shape.length} dimensions`));
  const width = shape.length === 2 ? shape[1] : 1;
  if (width === 1 || (width === null && inputs > 1)) return success([name]);
  if (inputs > 1) return failed(inputUnsupported(name, `has ${width} columns beside other inputs`));
  if (matrixColumns === undefined) {
    return failed(inputUnsupported(name, `has ${width ?? 'many'} columns, and nothing says which`));
  }
  if (width !== null && width !== matrixColumns.length) {
    return failed(inputUnsupported(name, `has ${width} columns, but ${matrixColumns.length} are named`));
  }
  return success(matrixColumns);
}

/** The tensors of the rows `start` to `end` (exclusive). */
export function feedRows(
  plan: FeedPlan,
  start: number,
  end: number,
  tensor: TensorConstructor,
): Result<Record<string, Tensor>, OnnxFailure> {
  const feeds: [string, Tensor][] = [];
  for (const { port, columns } of plan.feeds) {
    const rows = end - start;
    const dims = port.shape.length === 1 ? [rows] : [rows, columns.length];
    const data = arrayFor(port.type, rows * columns.length);
    for (const [offset, { name, column }] of columns.entries()) {
      const wrong = fill(data, column, { start, end, offset, stride: columns.length });
      if (wrong !== undefined) return failed(columnValue(name, wrong.row + 1, wrong.problem));
    }
    feeds.push([port.name, tensorOf(tensor, data, dims)]);
  }
  return success(Object.fromEntries(feeds));
}

type TensorData =
  | { readonly type: 'string'; readonly values: string[] }
  | { readonly type: 'double'; readonly values: Float64Array }
  | { readonly type: 'float'; readonly values: Float32Array }
  | { readonly type: 'int64'; readonly values: BigInt64Array }
  | { readonly type: 'int32'; readonly values: Int32Array }
  | { readonly type: 'bool'; readonly values: Uint8Array };

function arrayFor(type: TensorType, size: number): TensorData {
  switch (type) {
    case 'string':
      return { type, values: new Array<string>(size) };
    case 'double':
      return { type, values: new Float64Array(size) };
    case 'float':
      return { type, values: new Float32Array(size) };
    case 'int64':
      return { type, values: new BigInt64Array(size) };
    case 'int32':
      return { type, values: new Int32Array(size) };
    case 'bool':
      return { type, values: new Uint8Array(size) };
  }
}

function tensorOf(Constructor: TensorConstructor, data: TensorData, dims: number[]): Tensor {
  switch (data.type) {
    case 'double':
      return new Constructor('float64', data.values, dims);
    case 'float':
      return new Constructor('float32', data.values, dims);
    case 'string':
      return new Constructor('string', data.values, dims);
    case 'int64':
      return new Constructor('int64', data.values, dims);
    case 'int32':
      return new Constructor('int32', data.values, dims);
    case 'bool':
      return new Constructor('bool', data.values, dims);
  }
}

interface Where {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly stride: number;
}

/** Copies a part of a column; the row (from 0) and problem of the first value that the type cannot hold. */
function fill(
  data: TensorData,
  column: Column,
  { start, end, offset, stride }: Where,
): { row: number; problem: string } | undefined {
  if (column.kind === 'text') {
    if (data.type !== 'string') throw new TypeError('a column of text for a tensor of numbers');
    for (let row = start, at = offset; row < end; row++, at += stride) {
      // The empty text stands for a missing value.
      const text = column.values[row] ?? '';
      if (text.includes('\0')) return { row, problem: 'it holds a NUL, where the runtime would cut it off' };
      data.values[at] = text;
    }
    return undefined;
  }
  if (data.type === 'string') throw new TypeError('a column of numbers for a tensor of text');
  for (let row = start, at = offset; row < end; row++, at += stride) {
    const value = column.values[row]!;
    if (data.type === 'double' || data.type === 'float') {
      data.values[at] = value;
      continue;
    }
    const problem = integerProblem(data.type, value);
    if (problem !== undefined) return { row, problem };
    if (data.type === 'int64') data.values[at] = BigInt(value);
    else data.values[at] = value;
  }
  return undefined;
}

function integerProblem(type: 'int64' | 'int32' | 'bool', value: number): string | undefined {
  if (Number.isNaN(value)) return `it is missing, and ${type} has no missing value`;
  if (!Number.isSafeInteger(value)) return `it is no integer, as ${type} asks for`;
  if (type === 'bool' && value !== 0 && value !== 1) return 'it is neither 0 nor 1, as bool asks for';
  if (type === 'int32' && (value | 0) !== value) return 'it is outside of int32';
  return undefined;
}
