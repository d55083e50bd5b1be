import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Result, Verdict } from '../../src/base/index.ts';
import { success } from '../../src/base/index.ts';
import { openPredictor, readModel } from '../../src/onnx/index.ts';
import type { Table } from '../../src/sql/index.ts';
import { openSession, writeParquet } from '../../src/sql/index.ts';
import type { StepCall, TrainRequest } from '../../src/steps/index.ts';
import { train } from '../../src/steps/train.ts';
import type { Estimator, TrainingRequest } from '../../src/train/index.ts';
import { estimators, findEstimator } from '../../src/train/index.ts';
import type { Cell } from '../features/rows.ts';
import { relationOf } from '../features/rows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-train-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const contract = `apiVersion: v3.1.0
kind: DataContract
id: people
name: People
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - { name: id, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true, unique: true }
      - { name: age, logicalType: integer }
      - { name: weight, logicalType: number }
      - name: city
        logicalType: string
        quality: [{ type: library, metric: invalidValues, arguments: { validValues: [Oslo, Tromsø] }, mustBe: 0 }]
      - { name: smokes, logicalType: boolean }
      - { name: email, logicalType: string, classification: restricted, tags: [pii] }
      - name: ill
        logicalType: integer
        quality: [{ type: library, metric: invalidValues, arguments: { validValues: [0, 1] }, mustBe: 0 }]
      - { name: level, logicalType: string }
      - { name: cost, logicalType: number }
`;

const types = {
  id: 'VARCHAR',
  age: 'BIGINT',
  weight: 'DOUBLE',
  city: 'VARCHAR',
  smokes: 'BOOLEAN',
  email: 'VARCHAR',
  ill: 'BIGINT',
  level: 'VARCHAR',
  cost: 'DOUBLE',
};

const people: Record<string, Cell>[] = Array.from({ length: 60 }, (_, i) => ({
  id: `P${i}`,
  age: i % 7 === 0 ? null : 20 + ((i * 13) % 50),
  weight: i % 11 === 0 ? Number.NaN : 50 + ((i * 7.3) % 40),
  city: ['Oslo', 'Tromsø', 'Bergen', null][i % 4]!,
  smokes: i % 5 === 0 ? null : i % 2 === 0,
  email: `p${i}@example.org`,
  ill: (i * 13) % 50 > 25 ? 1 : 0,
  level: ['low', 'middle', 'high'][i % 3]!,
  cost: 100 + ((i * 13) % 50) * 3.5 + (i % 2),
}));

const features: TrainRequest['features'] = [
  { columns: ['age', 'weight'], impute: 'median', scale: 'standard', indicator: true },
  { columns: ['city'], encode: 'one-hot' },
  { columns: ['smokes'], impute: 0 },
];

/**
 * One gradient step of a linear model on the features, enough to be a real model with a graph of its own: scores
 * through a softmax, or values. `error` is what the graph adds to the first score, to be caught by the comparison.
 */
function linear(error = 0): Estimator {
  return {
    name: 'linear',
    tasks: ['classification', 'regression'],
    options: [{ name: 'rate', description: 'Length of the step.', default: 0.1, type: 'number' }],
    train: ({ matrix, target, weights, options }: TrainingRequest) => {
      const rate = options['rate'] as number;
      const width = target.task === 'classification' ? target.classes.length : 1;
      const goal = (row: number, k: number): number =>
        target.task === 'classification' ? (target.labels[row] === k ? 1 : 0) : target.values[row]!;
      const coefficients = matrix.columns.map((column) =>
        Array.from({ length: width }, (_, k) => {
          const sum = column.reduce((total, x, row) => total + x * goal(row, k) * (weights?.[row] ?? 1), 0);
          return (rate * sum) / matrix.rows;
        }),
      );
      return Promise.resolve(
        success({
          predict: (asked) =>
            Float64Array.from({ length: asked.rows * width }, (_, i) => {
              const row = Math.floor(i / width);
              const scores = Array.from({ length: width }, (_, k) =>
                asked.columns.reduce((total, column, j) => total + column[row]! * coefficients[j]![k]!, 0),
              );
              if (target.task === 'regression') return scores[0]!;
              const exponentials = scores.map((score) => Math.exp(score));
              return exponentials[i % width]! / exponentials.reduce((a, b) => a + b);
            }),
          toOnnx: (graph, input) => {
            const dims = [coefficients.length, width];
            const matrixName = graph.constant('c', {
              type: 'double',
              dims,
              values: Float64Array.from(coefficients.flat()),
            });
            const bias = graph.constant('b', {
              type: 'double',
              dims: [1, width],
              values: Float64Array.from({ length: width }, (_, k) => (k === 0 ? error : 0)),
            });
            const [scores] = graph.node('Add', [graph.node('MatMul', [input, matrixName])[0]!, bias]);
            if (target.task === 'regression') return scores!;
            return graph.node('Softmax', [scores!], { attributes: { axis: { kind: 'int', value: 1 } } })[0]!;
          },
          facts: { coefficients: coefficients.length, loss: Number.POSITIVE_INFINITY },
        }),
      );
    },
  };
}

interface Outcome {
  readonly result: Result<Verdict, readonly Failure[]>;
  readonly out: string;
  readonly lines: readonly string[];
}

interface Asked {
  readonly rows?: readonly Record<string, Cell>[];
  readonly types?: Readonly<Record<string, string>>;
  readonly dataset?: Partial<TrainRequest['dataset']>;
  readonly estimator?: Estimator;
  readonly threads?: number;
}

let calls = 0;

async function run(
  changes: Partial<Omit<TrainRequest, 'dataset'>> = {},
  asked: Asked = {},
): Promise<Outcome> {
  const here = join(folder, `call-${calls++}`);
  const out = join(here, 'out');
  await mkdir(out, { recursive: true });
  await writeFile(join(here, 'people.odcs.yaml'), contract);
  const parquet = join(here, 'train.parquet');
  await using session = await openSession({ allowedPaths: [here] });
  await writeParquet(
    session,
    `SELECT * FROM ${relationOf(asked.types ?? types, asked.rows ?? people)}`,
    parquet,
  );
  const request: TrainRequest = {
    uses: 'train',
    dataset: {
      name: 'people',
      path: join(here, 'people.csv'),
      format: 'csv',
      delimiter: ',',
      contract: 'people.odcs.yaml',
      key: ['id'],
      target: 'ill',
      split: { test: 0.25, salt: '' },
      ...asked.dataset,
    },
    features,
    estimator: 'linear',
    options: {},
    seed: 7,
    lineage: { pipeline: 'people', params: 'sha256:11' },
    ...changes,
  };
  const call: StepCall = {
    request,
    root: here,
    out,
    inputs: { 'data.people/train': parquet },
    threads: asked.threads ?? 1,
  };
  const lines: string[] = [];
  const estimator = asked.estimator ?? linear();
  const result = await train(
    request,
    call,
    (line) => lines.push(line),
    () => {},
    (name) => (name === estimator.name ? estimator : undefined),
  );
  return { result, out, lines };
}

async function bytesOf({ out, result }: Outcome): Promise<Uint8Array> {
  if (!result.ok) throw new Error(result.failure.map(({ message }) => message).join('; '));
  return readFile(join(out, 'model.onnx'));
}

async function codes(changes: Parameters<typeof run>[0], asked?: Asked): Promise<readonly string[]> {
  const { result, out } = await run(changes, asked);
  expect(await readdir(out)).toEqual([]);
  return result.ok ? [] : result.failure.map(({ code }) => code);
}

const person = (values: Record<string, number | string | null>): Table => ({
  rows: 1,
  columns: new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number'
        ? { kind: 'number', values: Float64Array.of(value) }
        : { kind: 'text', values: [value] },
    ]),
  ),
});

describe('the train step', () => {
  it('writes one model with raw columns in, label and probabilities out, and its lineage', async () => {
    const outcome = await run();
    const info = readModel(await bytesOf(outcome));
    expect(info.ok && info.value).toMatchObject({
      inputs: [
        { name: 'age', type: 'double', shape: [null, 1] },
        { name: 'weight', type: 'double', shape: [null, 1] },
        { name: 'city', type: 'string', shape: [null, 1] },
        { name: 'smokes', type: 'double', shape: [null, 1] },
      ],
      outputs: [
        { name: 'label', type: 'int64', shape: [null] },
        { name: 'probabilities', type: 'double', shape: [null, 2] },
      ],
      task: 'classification',
      classes: ['0', '1'],
      metadata: {
        'trainyard.pipeline': 'people',
        'trainyard.params': 'sha256:11',
        'trainyard.target': 'ill',
        'trainyard.estimator': 'linear',
      },
    });
  });

  it('says what was learned, how, and that two engines agree (D4)', async () => {
    const { out, result, lines } = await run({ options: { rate: '0.2', trees: 7 } });
    expect(result).toEqual({ ok: true, value: 'pass' });
    const training = JSON.parse(await readFile(join(out, 'training.json'), 'utf8'));
    expect(training).toMatchObject({
      version: 1,
      estimator: 'linear',
      task: 'classification',
      classes: ['0', '1'],
      options: { rate: 0.2 },
      rows: 60,
      columns: ['age', 'weight', 'city', 'smokes'],
      features: [
        'age',
        'age is missing',
        'weight',
        'weight is missing',
        'city=Oslo',
        'city=Tromsø',
        'smokes',
      ],
      facts: { coefficients: 7 },
      parity: { rows: 60 },
    });
    expect(training.parity.largestDifference).toBeLessThan(1e-12);
    expect(training.metricsOnTrainingRows.accuracy).toBeGreaterThan(0.5);
    expect(lines.join('\n')).toContain('linear does not use trees');
  });

  it('answers rows with missing values and unknown categories', async () => {
    const opened = await openPredictor(await bytesOf(await run()), { threads: 1 });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using predictor = opened.value;
    const answer = await predictor.predict(
      person({ age: Number.NaN, weight: 70, city: 'Atlantis', smokes: Number.NaN }),
    );
    expect(answer.ok && answer.value.rows).toBe(1);
  });

  it('gives the same bytes for the same inputs, whatever the threads', async () => {
    const first = await run({}, { threads: 1 });
    const second = await run({}, { threads: 2 });
    expect(await bytesOf(first)).toEqual(await bytesOf(second));
    expect(await readFile(join(first.out, 'training.json'))).toEqual(
      await readFile(join(second.out, 'training.json')),
    );
    expect(await bytesOf(await run({ lineage: { pipeline: 'other' } }))).not.toEqual(await bytesOf(first));
  });

  it('learns classes of text, and takes the first of equally probable ones as label', async () => {
    const bytes = await bytesOf(await run({ options: { rate: 0 } }, { dataset: { target: 'level' } }));
    const info = readModel(bytes);
    expect(info.ok && info.value.classes).toEqual(['high', 'low', 'middle']);
    const opened = await openPredictor(bytes, { threads: 1 });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using predictor = opened.value;
    const answer = await predictor.predict(person({ age: 30, weight: 70, city: null, smokes: 1 }));
    expect(answer.ok && answer.value).toMatchObject({ labels: Int32Array.of(0) });
  });

  it('learns numbers as values, and boolean targets as classes', async () => {
    const values = readModel(await bytesOf(await run({}, { dataset: { target: 'cost' } })));
    expect(values.ok && values.value).toMatchObject({
      task: 'regression',
      outputs: [{ name: 'value', type: 'double', shape: [null, 1] }],
    });
    const known = people.filter(({ smokes }) => smokes !== null);
    const declared = features.slice(0, 2);
    const boolean = await run({ features: declared }, { rows: known, dataset: { target: 'smokes' } });
    expect(readModel(await bytesOf(boolean))).toMatchObject({ value: { classes: ['0', '1'] } });
  });

  it('gives an output another name when a column has it', async () => {
    const rows = people.map((row) => ({ ...row, label: row['age']!, value: 1 }));
    const outcome = await run(
      { features: [{ columns: ['label', 'value'], impute: 0 }] },
      { rows, types: { ...types, label: 'DOUBLE', value: 'DOUBLE' } },
    );
    const info = readModel(await bytesOf(outcome));
    expect(info.ok && info.value.outputs.map(({ name }) => name)).toEqual(['label_', 'probabilities']);
  });

  it('weighs classes: balanced, by number, or not', async () => {
    const plain = await bytesOf(await run());
    expect(await bytesOf(await run({ options: { 'class-weight': 'none' } }))).toEqual(plain);
    const balanced = await run({ options: { 'class-weight': 'balanced' } });
    expect(await bytesOf(balanced)).not.toEqual(plain);
    const given = await run({ options: { 'class-weight': '{"0": 1, "1": 2.5}' } });
    expect(JSON.parse(await readFile(join(given.out, 'training.json'), 'utf8')).options).toEqual({
      rate: 0.1,
      'class-weight': { 0: 1, 1: 2.5 },
    });
    // A class that is not named weighs 1, and a map means the same as its JSON text.
    const named = await run({ options: { 'class-weight': { 1: 2.5 } } });
    expect(await bytesOf(named)).toEqual(await bytesOf(given));
  });

  it.each([
    ['nonsense'],
    ['{"0": 0}'],
    [{ toString: 1 }],
    ['{"0": 1, "1": -1}'],
    ['{"0": 1, "1": "2"}'],
    ['{"0": 1, "1": 2, "2": 3}'],
    ['[1, 2]'],
    [3],
  ])('refuses the class weights %j', async (weights) => {
    expect(await codes({ options: { 'class-weight': weights } })).toEqual(['steps-class-weight-invalid']);
  });

  it('fails when ONNX Runtime does not answer as the trainer, with the first bad row', async () => {
    const { result, out } = await run({}, { estimator: linear(1e-4) });
    expect(result).toMatchObject({ ok: false, failure: [{ code: 'steps-parity-prediction' }] });
    expect(!result.ok && result.failure[0]!.message).toContain('training row 1 ');
    expect(await readdir(out)).toEqual([]);
    const value = await run({}, { estimator: linear(1e-2), dataset: { target: 'cost' } });
    expect(value.result).toMatchObject({ ok: false, failure: [{ code: 'steps-parity-prediction' }] });
  });

  it('fails when rows have no target', async () => {
    const rows = people.map((row, i) => ({ ...row, ill: i < 3 ? null : row['ill']! }));
    const { result } = await run({}, { rows });
    expect(result).toMatchObject({ ok: false, failure: [{ code: 'steps-target-missing' }] });
    expect(!result.ok && result.failure[0]!.message).toContain('3 of 60');
  });

  it('refuses what cannot be learned', async () => {
    expect(await codes({ estimator: 'random-forrest' })).toEqual(['steps-estimator-unknown']);
    expect(await codes({ features: [] })).toEqual(['features-none']);
    expect(await codes({ features: [{ columns: ['ill', 'email', 'id'] }] })).toEqual([
      'features-column-forbidden',
      'features-column-forbidden',
      'features-column-forbidden',
    ]);
    expect(await codes({}, { dataset: { target: 'sick' } })).toEqual(['steps-target-unknown']);
    expect(await codes({ options: { speed: 1 } })).toEqual(['train-option-unknown']);
    const onlyValues: Estimator = { ...linear(), tasks: ['regression'] };
    expect(await codes({}, { estimator: onlyValues })).toEqual(['steps-task-unsupported']);
    expect(await codes({}, { dataset: { contract: 'none.yaml' } })).toEqual(['contract-unreadable']);
    expect(await codes({}, { dataset: { name: 'others' } })).toEqual(['steps-input-missing']);
  });

  it.each(estimators.map(({ name, tasks }) => ({ name, tasks })))(
    'makes a model of $name for all it can do, which ONNX Runtime answers as the trainer (T1, D4)',
    async ({ name, tasks }) => {
      for (const task of tasks) {
        const outcome = await run(
          { estimator: name },
          { estimator: findEstimator(name)!, dataset: { target: task === 'regression' ? 'cost' : 'level' } },
        );
        const info = readModel(await bytesOf(outcome));
        expect(info.ok && info.value.task).toBe(task);
      }
    },
  );
});
