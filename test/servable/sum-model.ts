import { digestOfBytes } from '../../src/base/index.ts';
import type { ColumnContract } from '../../src/contract/index.ts';
import { buildModel, createGraphBuilder } from '../../src/onnx/index.ts';
import type { ServableParts } from '../../src/servable/index.ts';

export interface SumModel {
  readonly bytes: Uint8Array;
  readonly parts: ServableParts;
}

/** A model whose answer is `weight` times the sum of the columns `a` and `b`; any columns may come along. */
export async function sumModel({
  name = 'sum',
  version = 'v1.0.0',
  weight = 1,
  columns = [],
}: {
  readonly name?: string;
  readonly version?: string;
  readonly weight?: number;
  readonly columns?: readonly ColumnContract[];
} = {}): Promise<SumModel> {
  const graph = createGraphBuilder(['a', 'b', 'value']);
  const factor = graph.constant('factor', { type: 'double', dims: [1], values: Float64Array.of(weight) });
  const [sum] = graph.node('Add', ['a', 'b']);
  const [from] = graph.node('Mul', [sum!, factor]);
  const port = { type: 'double', shape: [null, 1] } as const;
  const bytes = await buildModel({
    graph,
    inputs: [
      { name: 'a', ...port },
      { name: 'b', ...port },
    ],
    outputs: [{ name: 'value', ...port, from: from! }],
    metadata: { 'trainyard.task': 'regression' },
  });
  const own = ['a', 'b'].filter((column) => !columns.some((each) => each.name === column));
  return {
    bytes,
    parts: {
      model: name,
      modelVersion: version,
      digest: digestOfBytes(bytes),
      lineage: { run: '20261121-000000-00000001' },
      columns: [...own.map((column) => columnOf(column, { required: true })), ...columns],
    },
  };
}

export function columnOf(name: string, rules: Partial<ColumnContract> = {}): ColumnContract {
  return {
    name,
    type: 'number',
    required: false,
    unique: false,
    primaryKey: false,
    personal: false,
    ...rules,
  };
}
