import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { EvaluationFile } from '../../src/evaluate/index.ts';
import { openSession, quoteText } from '../../src/sql/index.ts';
import { evaluate } from '../../src/steps/evaluate.ts';
import { dataset, openRig, readParquet } from '../steps/measured/rig.ts';
import { runPython } from './run-python.ts';

const cleveland = fileURLToPath(new URL('../../pipelines/heart-disease/data/cleveland.csv', import.meta.url));

test('a ColumnTransformer of scikit-learn, exported by skl2onnx, is measured as scikit-learn measures it (T6)', async () => {
  await using rig = await openRig();
  const [header, ...rows] = (await readFile(cleveland, 'utf8')).trimEnd().split('\n');
  const part = (wanted: boolean): string =>
    `${[header!, ...rows.filter((_, i) => (i % 4 === 0) === wanted)].join('\n')}\n`;
  const train = await rig.write('train.csv', part(false));
  const heldOut = await rig.write('held-out.csv', part(true));
  const model = join(rig.folder, 'model.onnx');
  const expected = JSON.parse(
    await runPython('sklearn_pipeline.py', '', [train, heldOut, model]),
  ) as Readonly<Record<string, number>>;

  const parquet = join(rig.folder, 'held-out.parquet');
  await using session = await openSession({ allowedPaths: [`${rig.folder}/`] });
  const doubles = ['age', 'trestbps', 'chol', 'thalach', 'oldpeak', 'ca'].map(
    (name) => `'${name}': 'DOUBLE'`,
  );
  await session.run(
    `COPY (SELECT * FROM read_csv(${quoteText(heldOut)}, header = true, types = {${doubles.join(', ')}, ` +
      `'diagnosis': 'BIGINT'})) TO ${quoteText(parquet)} (FORMAT parquet)`,
  );
  const request = {
    uses: 'evaluate',
    dataset: dataset({ key: ['patient_id'], target: 'diagnosis', positive: 1 }),
    models: ['sklearn'],
    slices: [{ column: 'sex' }],
    resamples: 200,
    importanceRepeats: 2,
    seed: 7,
  } as const;
  const inputs = { 'data.patients/held-out': parquet, 'sklearn/model': model };
  const call = await rig.call(request, inputs);
  const said: string[] = [];
  const result = await evaluate(
    request,
    call,
    (line) => said.push(line),
    () => {},
  );
  expect(result).toEqual({ ok: true, value: 'pass' });

  const file = await rig.json<EvaluationFile>(join(call.out, 'evaluation.json'));
  const { evaluation } = file.candidates[0]!;
  expect(Object.keys(expected).length).toBeGreaterThan(5);
  for (const [name, value] of Object.entries(expected)) {
    // The exported model computes in single precision.
    expect(Math.abs(evaluation.metrics[name]!.value - value), name).toBeLessThan(1e-5);
  }
  expect(evaluation.importance.map(({ column }) => column).sort()).toEqual([
    'age',
    'ca',
    'chol',
    'cp',
    'oldpeak',
    'restecg',
    'sex',
    'slope',
    'thal',
    'thalach',
    'trestbps',
  ]);
  expect(await readParquet(join(call.out, 'predictions', '0.parquet'))).toHaveLength(evaluation.rows);
  expect(said.some((line) => line.startsWith('sklearn: '))).toBe(true);
});
