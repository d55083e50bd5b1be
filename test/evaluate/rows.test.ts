import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure, Result } from '../../src/base/index.ts';
import { digestOfBytes, failed, success } from '../../src/base/index.ts';
import type { Predict, Question, RunnableModel } from '../../src/evaluate/index.ts';
import {
  evaluateModels,
  measureLatency,
  permutationImportance,
  sampleOf,
  slicesOf,
} from '../../src/evaluate/index.ts';
import type { Prediction } from '../../src/onnx/index.ts';
import type { Column, Table } from '../../src/sql/index.ts';

const numbers = (values: readonly number[]): Column => ({
  kind: 'number',
  values: Float64Array.from(values),
});
const texts = (values: readonly (string | null)[]): Column => ({ kind: 'text', values });

function tableOf(columns: Readonly<Record<string, Column>>): Table {
  return { rows: Object.values(columns)[0]!.values.length, columns: new Map(Object.entries(columns)) };
}

function classes(names: readonly string[], probabilities: readonly (readonly number[])[]): Prediction {
  return {
    task: 'classification',
    rows: probabilities.length,
    classes: names,
    probabilities: Float64Array.from(probabilities.flat()),
    labels: Int32Array.from(probabilities, (row) => row.indexOf(Math.max(...row))),
  };
}

describe('setting predictions beside the truth', () => {
  const two = [
    [0.3, 0.7],
    [0.6, 0.4],
  ];
  const of = (
    truth: Column,
    prediction: Prediction,
    positive?: string | number | boolean,
  ): ReturnType<typeof sampleOf> =>
    sampleOf({ model: 'train', truth, prediction, ...(positive === undefined ? {} : { positive }) });

  test('puts classes into one order: numbers by value, texts by code units', () => {
    const sample = of(numbers([10, 9]), classes(['10', '9'], two));
    expect(sample).toMatchObject({ ok: true, value: { classes: ['9', '10'], positive: 1 } });
    if (!sample.ok || sample.value.task !== 'classification') throw new Error('expected classes');
    expect([...sample.value.truth]).toEqual([1, 0]);
    expect([...sample.value.labels]).toEqual([0, 1]);
    expect([...sample.value.probabilities]).toEqual([0.7, 0.3, 0.4, 0.6]);
  });

  test.each([
    ['numbers and whole floats', numbers([0, 1]), ['0.0', '1.0'], 1],
    ['numbers and booleans', numbers([0, 1]), ['False', 'True'], true],
    ['texts', texts(['no', 'yes']), ['no', 'yes'], 'yes'],
    ['booleans as text', texts(['true', 'false']), ['false', 'true'], 1],
  ])('takes labels that mean the same for the same: %s', (_, truth, names, positive) => {
    expect(of(truth, classes(names, two), positive)).toMatchObject({ ok: true, value: { positive: 1 } });
  });

  test('takes the positive class that the dataset names', () => {
    expect(of(texts(['a', 'b']), classes(['a', 'b'], two), 'a')).toMatchObject({ value: { positive: 0 } });
  });

  const bad: readonly [string, Column, Prediction, string | undefined, string][] = [
    ['another number of rows', numbers([1]), classes(['0', '1'], two), undefined, 'evaluate-rows-differ'],
    [
      'a class that the model does not know',
      numbers([0, 2]),
      classes(['0', '1'], two),
      undefined,
      'evaluate-classes-differ',
    ],
    [
      'an unknown positive class',
      numbers([0, 1]),
      classes(['0', '1'], two),
      'ill',
      'evaluate-positive-unknown',
    ],
    [
      'a probability that is none',
      numbers([0, 1]),
      classes(
        ['0', '1'],
        [
          [Number.NaN, 1],
          [1, 0],
        ],
      ),
      undefined,
      'evaluate-prediction-invalid',
    ],
    [
      'probabilities that do not sum to 1',
      numbers([0, 1]),
      classes(
        ['0', '1'],
        [
          [0.5, 0.6],
          [1, 0],
        ],
      ),
      undefined,
      'evaluate-prediction-invalid',
    ],
    ['a class twice', numbers([0, 1]), classes(['0', '0'], two), undefined, 'evaluate-prediction-invalid'],
    [
      'a value that is not finite',
      numbers([0]),
      { task: 'regression', rows: 1, values: Float64Array.of(Number.POSITIVE_INFINITY) },
      undefined,
      'evaluate-prediction-invalid',
    ],
    [
      'numbers for a text target',
      texts(['a']),
      { task: 'regression', rows: 1, values: Float64Array.of(1) },
      undefined,
      'evaluate-task-differs',
    ],
  ];
  test.each(bad)('refuses %s', (_, truth, prediction, positive, code) => {
    expect(of(truth, prediction, positive)).toMatchObject({ ok: false, failure: { code } });
  });
});

describe('slices', () => {
  const named = (table: Table, column: string, edges?: readonly number[]): readonly [string, number[]][] => {
    const slices = slicesOf(table, [{ column, ...(edges === undefined ? {} : { edges }) }]);
    if (!slices.ok) throw new Error(slices.failure.message);
    return slices.value.map(({ value, rows }) => [value, [...rows]]);
  };

  test('group rows by value, numbers in their order, the missing ones last', () => {
    const table = tableOf({ a: numbers([10, 9, Number.NaN, 10]), b: texts(['x', null, 'x', 'w']) });
    expect(named(table, 'a')).toEqual([
      ['9', [1]],
      ['10', [0, 3]],
      ['(missing)', [2]],
    ]);
    expect(named(table, 'b')).toEqual([
      ['w', [3]],
      ['x', [0, 2]],
      ['(missing)', [1]],
    ]);
  });

  test('cut numbers at edges, each edge belonging to the upper part', () => {
    const table = tableOf({ age: numbers([44.9, 45, 59, 60, 80, Number.NaN]) });
    expect(named(table, 'age', [45, 60])).toEqual([
      ['< 45', [0]],
      ['45 to < 60', [1, 2]],
      ['>= 60', [3, 4]],
      ['(missing)', [5]],
    ]);
    expect(named(table, 'age', [100])).toEqual([
      ['< 100', [0, 1, 2, 3, 4]],
      ['(missing)', [5]],
    ]);
  });

  test('put all but the 50 most frequent values together', () => {
    const values = Array.from({ length: 60 }, (_, i) => [i, i])
      .flat()
      .slice(0, 115);
    const slices = named(tableOf({ a: numbers(values) }), 'a');
    expect(slices).toHaveLength(51);
    expect(slices.at(-1)).toEqual(['(other)', Array.from({ length: 15 }, (_, i) => i + 100)]);
  });

  test('hold every row once, whatever the values are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 200 }),
        (values) => {
          const rows = named(tableOf({ a: texts(values) }), 'a').flatMap(([, slice]) => slice);
          expect(rows.sort((x, y) => x - y)).toEqual(values.map((_, i) => i));
        },
      ),
    );
  });

  test.each([
    ['an unknown column', { column: 'b' }, 'evaluate-slice-unknown'],
    ['edges on texts', { column: 't', edges: [1] }, 'evaluate-slice-edges'],
    ['edges that do not rise', { column: 'a', edges: [1, 1] }, 'evaluate-slice-edges'],
    ['no edges', { column: 'a', edges: [] }, 'evaluate-slice-edges'],
  ])('refuse %s', (_, spec, code) => {
    const table = tableOf({ a: numbers([1]), t: texts(['x']) });
    expect(slicesOf(table, [spec])).toMatchObject({ ok: false, failure: { code } });
  });
});

/** Says yes with a probability that is `x`. */
const byX: Predict = async (table) =>
  success(
    classes(
      ['0', '1'],
      Array.from((table.columns.get('x') as { values: Float64Array }).values, (x) => [1 - x, x]),
    ),
  );

function modelOf(predict: Predict, columns: readonly string[] = ['x', 'noise']): RunnableModel {
  return { step: 'train', digest: digestOfBytes('m'), bytes: 1, columns, predict };
}

const rows = Array.from({ length: 80 }, (_, i) => i);
const question: Question = {
  dataset: 'd',
  target: 'y',
  table: tableOf({
    x: numbers(rows.map((i) => ((i * 37) % 80) / 80)),
    noise: numbers(rows.map((i) => (i * 13) % 7)),
    group: texts(rows.map((i) => (i % 4 === 0 ? 'a' : 'b'))),
    y: numbers(rows.map((i) => (((i * 37) % 80) / 80 + (i % 5) / 10 > 0.6 ? 1 : 0))),
  }),
};

describe('permutation importance', () => {
  test('is large for a column that the model uses and zero for one that it ignores', async () => {
    const options = { model: modelOf(byX), question, metric: 'roc_auc', repeats: 5, seed: 3 };
    const importance = await permutationImportance(options);
    expect(importance).toMatchObject({
      value: [{ column: 'x' }, { column: 'noise', mean: 0, standardDeviation: 0 }],
    });
    if (!importance.ok) throw new Error('expected importance');
    expect(importance.value[0]!.mean).toBeGreaterThan(0.3);
    expect(importance.value[0]!.standardDeviation).toBeGreaterThan(0);
    expect(await permutationImportance(options)).toEqual(importance);
  });

  test('counts a larger loss as a loss, though lower is better', async () => {
    const options = { model: modelOf(byX), question, metric: 'log_loss', repeats: 2, seed: 3 };
    const importance = await permutationImportance(options);
    expect(importance.ok && importance.value[0]!.mean).toBeGreaterThan(0);
  });
});

describe('latency', () => {
  test('is the median over calls, by the clock that is given', async () => {
    let now = 0;
    const predict: Predict = async (table) => {
      now += table.rows === 1 ? 0.02 : 0.8;
      return byX(table);
    };
    const latency = await measureLatency({ predict, table: question.table, clock: () => now });
    expect(latency).toMatchObject({ ok: true, value: { batchRows: 80 } });
    if (!latency.ok) throw new Error('expected latency');
    expect(latency.value!.singleRow).toBeCloseTo(20, 6);
    expect(latency.value!.perRowInBatch).toBeCloseTo(10, 6);
  });

  test('stops measuring a slow model after its time', async () => {
    let calls = 0;
    const predict: Predict = async (table) => {
      calls++;
      return byX(table);
    };
    await measureLatency({ predict, table: question.table, clock: () => calls * 600 });
    expect(calls).toBe(6);
  });
});

describe('evaluating models', () => {
  const options = {
    ...question,
    slices: [{ column: 'group' }],
    importanceRepeats: 1,
    resamples: 50,
    seed: 1,
    onProgress: () => {},
  };
  const reversed: Predict = async (table) => {
    const said = await byX(table);
    if (!said.ok || said.value.task !== 'classification') return said;
    return success({ ...said.value, probabilities: said.value.probabilities.map((p) => 1 - p) });
  };

  test('gives each candidate its metrics, slices and importance, and compares all with the best (V1, V6)', async () => {
    const models = [
      { ...modelOf(reversed), step: 'worse' },
      { ...modelOf(byX), step: 'better' },
    ];
    const evaluated = await evaluateModels({ ...options, models });
    if (!evaluated.ok) throw new Error(evaluated.failure.message);
    const { file } = evaluated.value;
    expect(file).toMatchObject({ version: 1, dataset: 'd', rows: 80, mainMetric: 'roc_auc' });
    expect(file.candidates.map(({ step }) => step)).toEqual(['worse', 'better']);
    const { evaluation } = file.candidates[1]!;
    expect(evaluation.slices.map(({ value, rows }) => [value, rows])).toEqual([
      ['a', 20],
      ['b', 60],
    ]);
    expect(evaluation.importance.map(({ column }) => column)).toEqual(['x', 'noise']);
    const auc = file.differences.find(({ metric }) => metric === 'roc_auc')!;
    expect(auc.best).toBe('better');
    expect(auc.others[0]).toMatchObject({ step: 'worse', difference: { noise: false } });
    expect(auc.others[0]!.difference.difference.value).toBeLessThan(-0.5);
  });

  const failing: Predict = async (): Promise<Result<Prediction, Failure>> =>
    failed({ code: 'x', kind: 'input', message: 'no such column' });
  const values: Predict = async (table) =>
    success({ task: 'regression', rows: table.rows, values: new Float64Array(table.rows) });
  const three: Predict = async (table) =>
    success(
      classes(
        ['0', '1', '2'],
        Array.from({ length: table.rows }, () => [1, 0, 0]),
      ),
    );
  test.each([
    ['does not run', failing, ['x'], 'evaluate-model-unusable'],
    ['is for another task', values, ['x'], 'evaluate-models-differ'],
    ['knows other classes', three, ['x'], 'evaluate-models-differ'],
    ['reads the target', byX, ['x', 'y'], 'evaluate-target-leaks'],
  ])('names the step whose model %s', async (_, predict, columns, code) => {
    const models = [modelOf(byX), { ...modelOf(predict, columns), step: 'odd[one]' }];
    const evaluated = await evaluateModels({ ...options, models });
    expect(evaluated).toMatchObject({
      ok: false,
      failure: { code, message: expect.stringContaining('odd[one]') },
    });
  });
});
