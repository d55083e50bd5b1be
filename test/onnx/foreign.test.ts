import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openPredictor, readModel, repairModel } from '../../src/onnx/index.ts';
import type { Column, Table } from '../../src/sql/index.ts';

/** See fixtures/make.py: models that scikit-learn and LightGBM made, with the answers of the originals. */
const fixture = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`./fixtures/${name}`, import.meta.url)).then((bytes) => new Uint8Array(bytes));

interface Expected {
  readonly rows: readonly {
    readonly age: number | null;
    readonly weight: number | null;
    readonly city: string;
  }[];
  readonly answers: Readonly<
    Record<string, { classes?: string[]; labels?: string[]; probabilities?: number[][]; values?: number[] }>
  >;
}

const expected: Expected = JSON.parse(new TextDecoder().decode(await fixture('expected.json')));

/** The rows as our data room gives them; models of one matrix were asked with 50 for a missing number. */
function table(missing: number): Table {
  const numbers = (name: 'age' | 'weight'): Column => ({
    kind: 'number',
    values: Float64Array.from(expected.rows, (row) => row[name] ?? missing),
  });
  return {
    rows: expected.rows.length,
    columns: new Map<string, Column>([
      ['patient', { kind: 'text', values: expected.rows.map(() => 'P1') }],
      ['age', numbers('age')],
      ['weight', numbers('weight')],
      ['city', { kind: 'text', values: expected.rows.map(({ city }) => city) }],
    ]),
  };
}

const cases = [
  { name: 'pipeline-zipmap', missing: Number.NaN },
  { name: 'pipeline-integer-zipmap', missing: Number.NaN },
  { name: 'pipeline-forest', missing: Number.NaN },
  { name: 'pipeline-network', missing: Number.NaN },
  { name: 'pipeline-values', missing: Number.NaN },
  { name: 'matrix', missing: 50, columns: ['age', 'weight'] },
  { name: 'matrix-lightgbm', missing: 50 },
  { name: 'integer-input', missing: 50 },
];

describe('a model of other tools', () => {
  it.each(cases)('$name answers raw rows as the original does (T6)', async ({ name, missing, columns }) => {
    const answer = expected.answers[name]!;
    const opened = await openPredictor(await fixture(`${name}.onnx`), {
      threads: 1,
      chunkRows: 2,
      ...(columns === undefined ? {} : { columns }),
    });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using predictor = opened.value;
    const result = await predictor.predict(table(missing));
    if (!result.ok) throw new Error(result.failure.message);
    const prediction = result.value;
    if (prediction.task === 'regression') {
      expect(predictor.info.classes).toEqual([]);
      for (const [i, value] of prediction.values.entries()) expect(value).toBeCloseTo(answer.values![i]!, 5);
      return;
    }
    expect(prediction.classes).toEqual(answer.classes);
    expect([...prediction.labels].map((index) => prediction.classes[index])).toEqual(answer.labels);
    const probabilities = answer.probabilities!.flat();
    for (const [i, value] of prediction.probabilities.entries())
      expect(value).toBeCloseTo(probabilities[i]!, 5);
  });

  it('with a ZipMap is repaired once, keeps its classes, and is left alone afterwards', async () => {
    const bytes = await fixture('pipeline-integer-zipmap.onnx');
    const repaired = repairModel(bytes);
    if (!repaired.ok) throw new Error(repaired.failure.message);
    expect(repaired.value.repairs).toEqual(['output output_probability: ZipMap replaced by its tensor']);
    const info = readModel(repaired.value.bytes);
    expect(info.ok && info.value.metadata['trainyard.classes']).toBe('["10","11","12"]');
    expect(info.ok && info.value.outputs.at(-1)).toEqual({
      name: 'output_probability',
      type: 'float',
      shape: [null, 3],
    });
    const again = repairModel(repaired.value.bytes);
    expect(again.ok && again.value.bytes).toBe(repaired.value.bytes);
    expect(again.ok && again.value.repairs).toEqual([]);
  });

  it('that needs no repair keeps its very bytes', async () => {
    const bytes = await fixture('pipeline-forest.onnx');
    const repaired = repairModel(bytes);
    expect(repaired.ok && repaired.value.bytes).toBe(bytes);
  });

  it('with one output a class is refused with what a classifier should give', async () => {
    const info = readModel(await fixture('pipeline-columns.onnx'));
    expect(info).toMatchObject({ ok: false, failure: { code: 'onnx-output-unsupported' } });
  });

  it('with one matrix and nameless columns is refused with the metadata that names them', async () => {
    const opened = await openPredictor(await fixture('matrix.onnx'), { threads: 1 });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using predictor = opened.value;
    const result = await predictor.predict(table(50));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-input-unsupported' } });
    expect(!result.ok && result.failure.remedy).toContain('trainyard.columns');
  });

  it('with an integer input refuses a missing value by its row', async () => {
    const opened = await openPredictor(await fixture('integer-input.onnx'), { threads: 1 });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using predictor = opened.value;
    const result = await predictor.predict(table(Number.NaN));
    expect(result).toMatchObject({ ok: false, failure: { code: 'onnx-column-value' } });
    expect(!result.ok && result.failure.message).toContain('row 3');
  });
});
