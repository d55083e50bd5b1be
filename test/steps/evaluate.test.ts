import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { EvaluationFile, LatencyFile } from '../../src/evaluate/index.ts';
import { evaluate } from '../../src/steps/evaluate.ts';
import type { EvaluateRequest, StepCall } from '../../src/steps/index.ts';
import type { Rig } from './measured/rig.ts';
import { dataset, linearModel, logisticModel, openRig, readParquet, writeHeldOut } from './measured/rig.ts';

let rig: Rig;
let inputs: Record<string, string>;
let good: Uint8Array;

beforeAll(async () => {
  rig = await openRig();
  good = await logisticModel(3, -0.6);
  inputs = {
    'data.patients/held-out': await writeHeldOut(rig),
    'train[good]/model': await rig.write('good.onnx', good),
    'train[bad]/model': await rig.write('bad.onnx', await logisticModel(-0.1)),
    'linear/model': await rig.write('linear.onnx', await linearModel(2)),
    'broken/model': await rig.write('broken.onnx', 'no model'),
    'other/model': await rig.write('other.onnx', await logisticModel(1, 0, 'height')),
  };
});

afterAll(() => rig[Symbol.asyncDispose]());

function requestOf(changes: Partial<EvaluateRequest> = {}): EvaluateRequest {
  return {
    uses: 'evaluate',
    dataset: dataset(),
    models: ['train[bad]', 'train[good]'],
    slices: [{ column: 'sex' }, { column: 'x', edges: [0] }],
    resamples: 100,
    importanceRepeats: 2,
    seed: 7,
    ...changes,
  };
}

interface Ran {
  readonly call: StepCall;
  readonly said: readonly string[];
  readonly result: Awaited<ReturnType<typeof evaluate>>;
}

async function run(request: EvaluateRequest): Promise<Ran> {
  const call = await rig.call(request, inputs);
  const said: string[] = [];
  let now = 0;
  const result = await evaluate(
    request,
    call,
    (line) => said.push(line),
    () => {},
    () => (now += 0.5),
  );
  return { call, said, result };
}

describe('the evaluate step', () => {
  test('measures the exact bytes of every model on the held-out rows (V1)', async () => {
    const { call, said, result } = await run(requestOf());
    expect(result).toEqual({ ok: true, value: 'pass' });
    const file = await rig.json<EvaluationFile>(join(call.out, 'evaluation.json'));
    expect(file).toMatchObject({ version: 1, dataset: 'patients', rows: 120, mainMetric: 'roc_auc' });
    expect(file.candidates.map(({ step }) => step)).toEqual(['train[bad]', 'train[good]']);
    const { digest, evaluation } = file.candidates[1]!;
    expect(digest).toBe(digestOfBytes(good));
    expect(evaluation).toMatchObject({
      task: 'classification',
      classes: ['0', '1'],
      positive: '1',
      bytes: good.byteLength,
    });
    expect(evaluation.metrics['roc_auc']!.value).toBeGreaterThan(0.9);
    expect(evaluation.slices.map(({ column, value }) => `${column} ${value}`)).toEqual([
      'sex female',
      'sex male',
      'x < 0',
      'x >= 0',
    ]);
    expect(evaluation.importance).toMatchObject([{ column: 'x', metric: 'roc_auc' }]);
    expect(evaluation.latency).toBeUndefined();
    expect(file.differences[0]).toMatchObject({ metric: 'roc_auc', best: 'train[good]' });
    expect(said.at(-1)).toMatch(/^train\[good\]: roc_auc 0\.\d+ \[/);
  });

  test('gives the same bytes for the same inputs, and keeps latency out of them', async () => {
    const [first, second] = [await run(requestOf()), await run(requestOf())];
    for (const name of ['evaluation.json', 'predictions/0.parquet', 'predictions/1.parquet']) {
      expect(await readFile(join(first.call.out, name))).toEqual(await readFile(join(second.call.out, name)));
    }
    const latency = await rig.json<LatencyFile>(join(first.call.out, 'latency.json'));
    expect(latency.models['train[good]']).toEqual({
      singleRow: 500,
      perRowInBatch: 500 / 120,
      batchRows: 120,
    });
  });

  test('keeps the predictions of each row beside its key and truth', async () => {
    const { call } = await run(requestOf());
    const rows = await readParquet(join(call.out, 'predictions', '1.parquet'));
    const held = await readParquet(inputs['data.patients/held-out']!);
    expect(rows).toHaveLength(120);
    expect(Object.keys(rows[0]!)).toEqual(['id', 'truth', 'label', 'probability 0', 'probability 1']);
    for (const [i, row] of rows.entries()) {
      expect(row['id']).toBe(held[i]!['id']);
      expect(row['truth']).toBe(String(held[i]!['y']));
      const p = 1 / (1 + Math.exp(-(3 * (held[i]!['x'] as number) - 0.6)));
      expect(row['probability 1']).toBeCloseTo(p, 12);
      expect(row['label']).toBe(p > 0.5 ? '1' : '0');
    }
  });

  describe('with personal data in the contract', () => {
    const contract = (column: string): string =>
      [
        'apiVersion: v3.2.0',
        'kind: DataContract',
        'id: patients',
        'version: 1.0.0',
        'status: active',
        'schema:',
        '  - name: patients',
        '    properties:',
        ...['id', 'sex'].flatMap((name) => [
          `      - name: ${name}`,
          '        logicalType: string',
          ...(name === column ? ['        classification: pii'] : []),
        ]),
        '',
      ].join('\n');

    test('keeps only digests of a personal key (P5)', async () => {
      const file = await rig.write('personal-key.yaml', contract('id'));
      const { call, result } = await run(requestOf({ dataset: dataset({ contract: file }) }));
      expect(result).toEqual({ ok: true, value: 'pass' });
      const path = join(call.out, 'predictions', '1.parquet');
      const rows = await readParquet(path);
      const digest = digestOfBytes('P0').replace('sha256:', '');
      expect(rows[0]).toMatchObject({ 'id sha256': digest, truth: '0' });
      expect(Object.keys(rows[0]!)).not.toContain('id');
      expect((await readFile(path)).includes('P119')).toBe(false);
    });

    test('does not slice by it (P5)', async () => {
      const file = await rig.write('personal-sex.yaml', contract('sex'));
      const { result } = await run(requestOf({ dataset: dataset({ contract: file }) }));
      expect(result).toMatchObject({ ok: false, failure: { code: 'evaluate-slice-personal' } });
    });

    test('stops when the contract cannot be read, and tells where', async () => {
      const file = await rig.write('broken.yaml', 'kind: [');
      const { result } = await run(requestOf({ dataset: dataset({ contract: file }) }));
      expect(result).toMatchObject({ ok: false, failure: [{ place: { file: 'broken.yaml' } }] });
      const gone = await run(requestOf({ dataset: dataset({ contract: join(rig.folder, 'gone.yaml') }) }));
      expect(gone.result).toMatchObject({ ok: false, failure: [{ code: 'contract-unreadable' }] });
    });
  });

  test('measures numbers', async () => {
    const { call, result } = await run(requestOf({ dataset: dataset({ target: 'z' }), models: ['linear'] }));
    expect(result.ok).toBe(true);
    const file = await rig.json<EvaluationFile>(join(call.out, 'evaluation.json'));
    const { evaluation } = file.candidates[0]!;
    expect(file.mainMetric).toBe('rmse');
    expect(evaluation.task).toBe('regression');
    expect(evaluation.metrics['mae']!.value).toBeCloseTo(10.3, 1);
    expect(evaluation.residualQuantiles).toHaveLength(7);
    const rows = await readParquet(join(call.out, 'predictions', '0.parquet'));
    expect(Object.keys(rows[0]!)).toEqual(['id', 'truth', 'value']);
  });

  test('leaves out rows whose target nobody knows, and says so', async () => {
    const held = await writeHeldOut(rig, 50, ', CASE WHEN i < 10 THEN NULL ELSE y END AS known');
    const request = requestOf({ dataset: dataset({ target: 'known' }), slices: [], models: ['train[good]'] });
    const call = await rig.call(request, { ...inputs, 'data.patients/held-out': held });
    const said: string[] = [];
    expect(
      await evaluate(
        request,
        call,
        (line) => said.push(line),
        () => {},
      ),
    ).toMatchObject({ ok: true });
    expect(said[0]).toBe('10 held-out rows have no known and are left out');
    expect((await rig.json<EvaluationFile>(join(call.out, 'evaluation.json'))).rows).toBe(40);
    expect((await readParquet(join(call.out, 'predictions', '0.parquet')))[0]).toMatchObject({ id: 'P10' });
  });

  test.each<[string, Partial<EvaluateRequest>, string, string]>([
    ['a model that is none', { models: ['train[good]', 'broken'] }, 'evaluate-model-unusable', 'broken'],
    ['a model with unknown columns', { models: ['other'] }, 'evaluate-model-unusable', 'height'],
    ['a model of another task', { models: ['train[good]', 'linear'] }, 'evaluate-models-differ', 'linear'],
    ['a model that was not handed over', { models: ['gone'] }, 'evaluate-input-missing', 'gone/model'],
    ['no model at all', { models: [] }, 'evaluate-no-models', ''],
    ['an unknown slice', { slices: [{ column: 'sexx' }] }, 'evaluate-slice-unknown', 'sexx'],
    [
      'a dataset without a target',
      { dataset: { ...dataset(), target: undefined } as never },
      'evaluate-target-invalid',
      'patients',
    ],
    ['an unknown target', { dataset: dataset({ target: 'yy' }) }, 'evaluate-target-invalid', 'yy'],
    [
      'an unknown dataset',
      { dataset: dataset({ name: 'gone' }) },
      'evaluate-input-missing',
      'data.gone/held-out',
    ],
  ])('fails on %s and names it', async (_, changes, code, named) => {
    const { result } = await run(requestOf(changes));
    expect(result).toMatchObject({ ok: false, failure: { code, message: expect.stringContaining(named) } });
  });
});
