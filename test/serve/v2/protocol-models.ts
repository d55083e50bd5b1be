import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOfBytes } from '../../../src/base/index.ts';
import type { ColumnContract } from '../../../src/contract/index.ts';
import type { ModelParts, Port } from '../../../src/onnx/index.ts';
import { buildModel, createGraphBuilder, readModel } from '../../../src/onnx/index.ts';
import type { Servable } from '../../../src/servable/index.ts';
import { openServable, requestColumns, writeServable } from '../../../src/servable/index.ts';

const lineage = { run: '20261121-000000-00000001', commit: 'c'.repeat(40) };

export interface ModelFiles {
  readonly folder: string;
  readonly bytes: Uint8Array;
}

async function write(
  model: string,
  parts: ModelParts,
  columns?: readonly ColumnContract[],
): Promise<ModelFiles> {
  const bytes = await buildModel(parts);
  const info = readModel(bytes);
  if (!info.ok) throw new Error(info.failure.message);
  const folder = join(await mkdtemp(join(tmpdir(), 'trainyard-v2-')), model);
  const written = await writeServable(
    folder,
    {
      model,
      modelVersion: 'v1.0.0',
      digest: digestOfBytes(bytes),
      lineage,
      columns: columns ?? requestColumns(info.value, undefined, undefined),
    },
    bytes,
  );
  if (!written.ok) throw new Error(written.failure.message);
  return { folder, bytes };
}

export async function open({ folder }: ModelFiles): Promise<Servable> {
  const servable = await openServable(folder);
  if (!servable.ok) throw new Error(servable.failure.message);
  return servable.value;
}

export interface SumOptions {
  readonly width: number;
  readonly type?: 'double' | 'float';
  /** Of every column. */
  readonly contract?: Partial<ColumnContract>;
}

/** `value` is the sum of each row of `x` [N, width], whose columns nothing is known of: c0, c1, … */
export async function sumModel(
  model: string,
  { width, type = 'double', contract }: SumOptions,
): Promise<ModelFiles> {
  const graph = createGraphBuilder(['x', 'value']);
  const ones =
    type === 'double'
      ? ({ type, dims: [width, 1], values: new Float64Array(width).fill(1) } as const)
      : ({ type, dims: [width, 1], values: new Float32Array(width).fill(1) } as const);
  const [from] = graph.node('MatMul', ['x', graph.constant('ones', ones)]);
  const names = Array.from({ length: width }, (_, i) => `c${i}`);
  return await write(
    model,
    {
      graph,
      inputs: [{ name: 'x', type, shape: [null, width] }],
      outputs: [{ name: 'value', type, shape: [null, 1], from: from! }],
      metadata: { 'trainyard.columns': JSON.stringify(names), 'trainyard.task': 'regression' },
    },
    contract === undefined ? undefined : names.map((name) => column(name, 'number', contract)),
  );
}

/** `value` is the number that the text of each row says, or the sum of two; other texts are 0. */
export async function textModel(model: string, texts: readonly string[], width: 1 | 2): Promise<ModelFiles> {
  const graph = createGraphBuilder(['x', 'value']);
  const [numbers] = graph.node('LabelEncoder', ['x'], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { kind: 'strings', values: texts },
      values_floats: { kind: 'floats', values: texts.map(Number) },
      default_float: { kind: 'float', value: 0 },
    },
  });
  const ones = graph.constant('ones', {
    type: 'float',
    dims: [width, 1],
    values: new Float32Array(width).fill(1),
  });
  const [from] = graph.node('MatMul', [numbers!, ones]);
  return await write(model, {
    graph,
    inputs: [{ name: 'x', type: 'string', shape: [null, width] }],
    outputs: [{ name: 'value', type: 'float', shape: [null, 1], from: from! }],
    metadata: {
      'trainyard.columns': JSON.stringify(width === 1 ? ['x'] : ['first', 'second']),
      'trainyard.task': 'regression',
    },
  });
}

const column = (
  name: string,
  type: ColumnContract['type'],
  rules: Partial<ColumnContract> = {},
): ColumnContract => ({
  name,
  type,
  required: false,
  unique: false,
  primaryKey: false,
  personal: false,
  ...rules,
});

/** One input of every type that a graph can have, under a contract. */
export const mixedColumns: readonly ColumnContract[] = [
  column('key', 'string'),
  column('age', 'integer', { required: true, minimum: 18, maximum: 110 }),
  column('weight', 'number', { minimum: 0 }),
  column('colour', 'string', { required: true, enum: ['red', 'green', 'bleu'] }),
  column('visits', 'integer', { required: true }),
  column('smoker', 'boolean', { required: true }),
  column('seen', 'date'),
  column('note', 'string'),
];

/**
 * Classes `no` and `yes`: the label is a text, the probability of `yes` is
 * sigmoid((age - 50) / 10 + weight / 100 + colour + visits + smoker), a missing weight being 0; red is 1, green 0.
 */
export async function mixedModel(model: string): Promise<ModelFiles> {
  const inputs: readonly Port[] = [
    { name: 'age', type: 'double', shape: [null, 1] },
    { name: 'weight', type: 'float', shape: [null, 1] },
    { name: 'colour', type: 'string', shape: [null, 1] },
    { name: 'visits', type: 'int64', shape: [null, 1] },
    { name: 'smoker', type: 'bool', shape: [null, 1] },
    { name: 'seen', type: 'double', shape: [null, 1] },
    { name: 'note', type: 'string', shape: [null, 1] },
  ];
  const graph = createGraphBuilder([...inputs.map(({ name }) => name), 'label', 'probabilities']);
  const double = (name: string, value: number): string =>
    graph.constant(name, { type: 'double', dims: [], values: Float64Array.of(value) });
  const toDouble = (name: string): string =>
    graph.node('Cast', [name], { attributes: { to: { kind: 'int', value: 11 } } })[0]!;
  const encode = (name: string, keys: readonly string[], values: readonly number[]): string =>
    toDouble(
      graph.node('LabelEncoder', [name], {
        domain: 'ai.onnx.ml',
        attributes: {
          keys_strings: { kind: 'strings', values: keys },
          values_floats: { kind: 'floats', values },
          default_float: { kind: 'float', value: 0 },
        },
      })[0]!,
    );
  const weight = toDouble('weight');
  const missing = graph.node('IsNaN', [weight])[0]!;
  const seen = graph.node('IsNaN', ['seen'])[0]!;
  const terms = [
    graph.node('Div', [graph.node('Sub', ['age', double('fifty', 50)])[0]!, double('ten', 10)])[0]!,
    graph.node('Where', [
      missing,
      double('zero', 0),
      graph.node('Div', [weight, double('hundred', 100)])[0]!,
    ])[0]!,
    encode('colour', ['red', 'green', 'bleu'], [1, 0, -1]),
    toDouble('visits'),
    toDouble('smoker'),
    graph.node('Mul', [toDouble(seen), double('nothing', 0)])[0]!,
    encode('note', ['-'], [0]),
  ];
  const score = terms.reduce((sum, term) => graph.node('Add', [sum, term])[0]!);
  const yes = graph.node('Sigmoid', [score])[0]!;
  const no = graph.node('Sub', [double('one', 1), yes])[0]!;
  const axis = { axis: { kind: 'int', value: 1 } } as const;
  const both = graph.node('Concat', [no, yes], { attributes: axis })[0]!;
  const best = graph.node('ArgMax', [both], {
    attributes: { ...axis, keepdims: { kind: 'int', value: 0 } },
  })[0]!;
  const names = graph.constant('names', { type: 'string', dims: [2], values: ['no', 'yes'] });
  const label = graph.node('Gather', [names, best])[0]!;
  return await write(
    model,
    {
      graph,
      inputs,
      outputs: [
        { name: 'label', type: 'string', shape: [null], from: label },
        { name: 'probabilities', type: 'double', shape: [null, 2], from: both },
      ],
      metadata: { 'trainyard.classes': JSON.stringify(['no', 'yes']), 'trainyard.task': 'classification' },
    },
    mixedColumns,
  );
}
