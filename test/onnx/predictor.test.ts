import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Port, Predictor } from '../../src/onnx/index.ts';
import { buildModel, createGraphBuilder, openPredictor } from '../../src/onnx/index.ts';
import type { Column, Table } from '../../src/sql/index.ts';

const numbers = (...values: number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const texts = (...values: (string | null)[]): Column => ({ kind: 'text', values });

function table(columns: Readonly<Record<string, Column>>): Table {
  return {
    rows: Object.values(columns)[0]!.values.length,
    columns: new Map(Object.entries(columns)),
  };
}

async function open(bytes: Uint8Array, chunkRows = 3): Promise<Predictor> {
  const opened = await openPredictor(bytes, { threads: 1, chunkRows });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** Gives its one input back as a value. */
function echo(input: Port): Promise<Uint8Array> {
  const graph = createGraphBuilder([input.name, 'value']);
  const [from] = graph.node('Cast', [input.name], { attributes: { to: { kind: 'int', value: 11 } } });
  return buildModel({
    graph,
    inputs: [input],
    outputs: [{ name: 'value', type: 'double', shape: [null, 1], from: from! }],
  });
}

/** Gives `a` and `b` as probabilities of the classes yes and no; `label` is a text input or, without it, absent. */
function classifier(withLabel: boolean): Promise<Uint8Array> {
  const graph = createGraphBuilder(['a', 'b', 'l', 'label', 'probabilities']);
  const [from] = graph.node('Concat', ['a', 'b'], { attributes: { axis: { kind: 'int', value: 1 } } });
  const label = (): string => graph.node('Identity', ['l'])[0]!;
  return buildModel({
    graph,
    inputs: [
      { name: 'a', type: 'double', shape: [null, 1] },
      { name: 'b', type: 'double', shape: [null, 1] },
      ...(withLabel ? [{ name: 'l', type: 'string', shape: [null] } as const] : []),
    ],
    outputs: [
      ...(withLabel ? [{ name: 'label', type: 'string', shape: [null], from: label() } as const] : []),
      { name: 'probabilities', type: 'double', shape: [null, 2], from: from! },
    ],
    metadata: { 'trainyard.classes': '["yes","no"]' },
  });
}

describe('a predictor', () => {
  it('gives every value of double inputs through, whatever the size of the chunks', async () => {
    const bytes = await echo({ name: 'x', type: 'double', shape: [null, 1] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double(), { maxLength: 20 }),
        fc.integer({ min: 1, max: 25 }),
        async (values, chunk) => {
          await using predictor = await open(bytes, chunk);
          const result = await predictor.predict(table({ x: numbers(...values) }));
          expect(result).toEqual({
            ok: true,
            value: { task: 'regression', rows: values.length, values: Float64Array.from(values) },
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    ['int64', [null, 1], [1, -9_007_199_254_740_991, 0]],
    ['int64', [null], [1, 2, 3, 4]],
    ['int32', [null, 1], [2 ** 31 - 1, -(2 ** 31)]],
    ['bool', [null, 1], [0, 1, 1]],
    ['float', [null, 1], [0.5, -2, 16_777_216]],
    ['int64', [1, 1], [7, 8]],
  ] as const)('feeds %s inputs of shape %j', async (type, shape, values) => {
    await using predictor = await open(await echo({ name: 'x', type, shape }));
    const result = await predictor.predict(table({ x: numbers(...values) }));
    expect(result.ok && result.value).toMatchObject({ values: Float64Array.from(values) });
  });

  it.each([
    ['int64', [1, Number.NaN], 'row 2'],
    ['int64', [1, 2, 3, 0.5], 'row 4'],
    ['int64', [2 ** 60], 'row 1'],
    ['int32', [2 ** 31], 'row 1'],
    ['bool', [0, 2], 'row 2'],
  ] as const)('refuses values that %s cannot hold: %j', async (type, values, row) => {
    await using predictor = await open(await echo({ name: 'x', type, shape: [null, 1] }));
    const result = await predictor.predict(table({ x: numbers(...values) }));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-column-value' } });
    expect(!result.ok && result.failure.message).toContain(row);
  });

  it('names the nearest column when an input has none', async () => {
    await using predictor = await open(await echo({ name: 'wieght', type: 'double', shape: [null, 1] }));
    const result = await predictor.predict(table({ weight: numbers(1), age: numbers(1) }));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-column-missing' } });
    expect(!result.ok && result.failure.remedy).toContain('weight');
  });

  it('refuses text for numbers and numbers for text', async () => {
    await using wantsNumbers = await open(await echo({ name: 'x', type: 'float', shape: [null, 1] }));
    expect(await wantsNumbers.predict(table({ x: texts('1') }))).toMatchObject({
      failure: { code: 'onnx-column-type' },
    });
    await using wantsText = await open(await classifier(true));
    expect(await wantsText.predict(table({ a: numbers(1), b: numbers(0), l: numbers(1) }))).toMatchObject({
      failure: { code: 'onnx-column-type' },
    });
  });

  it('refuses a text with a NUL, where the runtime would cut it off', async () => {
    await using predictor = await open(await classifier(true));
    const rows = { a: numbers(1, 1), b: numbers(0, 0), l: texts('yes', 'yes\0no') };
    const result = await predictor.predict(table(rows));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-column-value' } });
    expect(!result.ok && result.failure.message).toContain('row 2');
  });

  it('takes the label that the model gives, even against its probabilities', async () => {
    await using predictor = await open(await classifier(true));
    const rows = {
      a: numbers(0.25, 0.5, 1, 0),
      b: numbers(0.75, 0.5, 0, 1),
      l: texts('yes', 'no', 'yes', 'no'),
    };
    const result = await predictor.predict(table(rows));
    expect(result.ok && result.value).toEqual({
      task: 'classification',
      rows: 4,
      classes: ['yes', 'no'],
      probabilities: Float64Array.of(0.25, 0.75, 0.5, 0.5, 1, 0, 0, 1),
      labels: Int32Array.of(0, 1, 0, 1),
    });
  });

  it('takes the most probable class, of equal ones the first, when the model gives no label', async () => {
    await using predictor = await open(await classifier(false));
    const result = await predictor.predict(table({ a: numbers(0.2, 0.5, 0.9), b: numbers(0.8, 0.5, 0.1) }));
    expect(result.ok && result.value).toMatchObject({ labels: Int32Array.of(1, 0, 0) });
  });

  it('refuses a label that is none of the classes', async () => {
    await using predictor = await open(await classifier(true));
    const result = await predictor.predict(table({ a: numbers(1), b: numbers(0), l: texts(null) }));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-output-unsupported' } });
  });

  it.each([
    [0.5, 0.4998, 'sum'],
    [Number.NaN, 1, 'NaN'],
    [-0.5, 1.5, '-0.5'],
    [3.1, -2.1, '3.1'],
  ])('refuses %f and %f as probabilities', async (a, b, problem) => {
    await using predictor = await open(await classifier(false));
    const result = await predictor.predict(table({ a: numbers(1, 1, 1, 1, a), b: numbers(0, 0, 0, 0, b) }));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-probabilities-invalid' } });
    expect(!result.ok && result.failure.message).toContain('row 5');
    expect(!result.ok && result.failure.message).toContain(problem);
  });

  it('does not touch probabilities whose sum is nearly 1', async () => {
    await using predictor = await open(await classifier(false));
    const result = await predictor.predict(table({ a: numbers(0.50004), b: numbers(0.5) }));
    expect(result.ok && result.value).toMatchObject({ probabilities: Float64Array.of(0.50004, 0.5) });
  });

  it('gives no answers for no rows', async () => {
    await using predictor = await open(await classifier(true));
    const result = await predictor.predict(table({ a: numbers(), b: numbers(), l: texts() }));
    expect(result.ok && result.value.rows).toBe(0);
  });
});
