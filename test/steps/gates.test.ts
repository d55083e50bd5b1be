import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { EvaluationFile, GateReport } from '../../src/evaluate/index.ts';
import { evaluate } from '../../src/steps/evaluate.ts';
import { gates } from '../../src/steps/gates.ts';
import type { EvaluateRequest, GatesRequest } from '../../src/steps/index.ts';
import type { Rig } from './measured/rig.ts';
import { dataset, linearModel, logisticModel, openRig, writeHeldOut } from './measured/rig.ts';

let rig: Rig;
let inputs: Record<string, string>;
let evaluation: EvaluationFile;
let digests: Record<string, string>;

beforeAll(async () => {
  rig = await openRig();
  const models = {
    'choose/model': await logisticModel(3, -0.6),
    'baseline/worse': await logisticModel(-1),
    'baseline/same': await logisticModel(3, -0.6),
    'baseline/foreign': await logisticModel(1, 0, 'height'),
    'baseline/numbers': await linearModel(1),
  };
  inputs = { 'data.patients/held-out': await writeHeldOut(rig) };
  digests = {};
  for (const [name, bytes] of Object.entries(models)) {
    inputs[name] = await rig.write(`${name.replace('/', ' ')}.onnx`, bytes);
    digests[name] = digestOfBytes(bytes);
  }
  const request: EvaluateRequest = {
    uses: 'evaluate',
    dataset: dataset(),
    models: ['choose'],
    slices: [],
    resamples: 200,
    importanceRepeats: 0,
    seed: 7,
  };
  const call = await rig.call(request, inputs);
  expect(
    await evaluate(
      request,
      call,
      () => {},
      () => {},
    ),
  ).toMatchObject({ ok: true });
  inputs['evaluate/evaluation'] = join(call.out, 'evaluation.json');
  evaluation = await rig.json(join(call.out, 'evaluation.json'));
});

afterAll(() => rig[Symbol.asyncDispose]());

function requestOf(changes: Partial<GatesRequest>): GatesRequest {
  return {
    uses: 'gates',
    dataset: dataset(),
    gates: [],
    baselines: [],
    model: 'choose',
    evaluate: 'evaluate',
    slices: [],
    resamples: 200,
    seed: 7,
    ...changes,
  };
}

async function judged(
  changes: Partial<GatesRequest>,
  more: Readonly<Record<string, string>> = {},
): Promise<{ result: Awaited<ReturnType<typeof gates>>; report: () => Promise<GateReport>; said: string[] }> {
  const request = requestOf(changes);
  const call = await rig.call(request, { ...inputs, ...more });
  const said: string[] = [];
  const result = await gates(
    request,
    call,
    (line) => said.push(line),
    () => {},
  );
  return { result, report: () => rig.json(join(call.out, 'gates.json')), said };
}

const baseline = (name: string): GatesRequest['baselines'] => [
  { name, digest: digests[`baseline/${name}`] as never, origin: 'run 1' },
];

describe('the gates step', () => {
  test('passes a model that meets all its gates, with the numbers of the evaluation', async () => {
    const { result, report, said } = await judged({
      gates: [
        { metric: 'roc_auc', min: 0.8 },
        { metric: 'roc_auc', baseline: 'worse', 'max-drop': 0.01 },
        { metric: 'accuracy', slice: 'sex', 'max-gap': 0.5 },
      ],
      baselines: baseline('worse'),
    });
    expect(result).toEqual({ ok: true, value: 'pass' });
    const { verdict, results } = await report();
    expect(verdict).toBe('pass');
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    expect(results[1]!.difference!.value).toBe(
      evaluation.candidates[0]!.evaluation.metrics['roc_auc']!.value,
    );
    expect(said).toHaveLength(3);
    expect(said[0]).toMatch(/^pass: roc_auc 0\.\d+ \[.*\] is at least 0\.8/);
  });

  test('does not pass for a baseline whose bytes are not at hand, and does not stop for it', async () => {
    const { result, report } = await judged({
      gates: [
        { metric: 'roc_auc', min: 0.8 },
        { metric: 'roc_auc', baseline: 'best', 'max-drop': 0.01, 'without-baseline': 'pass' },
      ],
      baselines: [{ name: 'best', origin: 'run 1', problem: 'its model is not in this store' }],
    });
    expect(result).toEqual({ ok: true, value: 'inconclusive' });
    expect((await report()).results[1]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the baseline best (run 1) cannot be compared: its model is not in this store',
    });
  });

  test('gives the verdict of the worst gate', async () => {
    const { result, report } = await judged({
      gates: [
        { metric: 'accuracy', min: 0.999 },
        { metric: 'roc_auc', min: 0.5 },
      ],
    });
    expect(result).toEqual({ ok: true, value: 'fail' });
    expect((await report()).results.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
  });

  test('runs the baseline on the rows of today: the same bytes differ by nothing', async () => {
    const { report } = await judged({
      gates: [{ metric: 'log_loss', baseline: 'same', 'max-drop': 0 }],
      baselines: baseline('same'),
    });
    expect((await report()).results[0]).toMatchObject({
      verdict: 'pass',
      difference: { difference: { value: 0, low: 0, high: 0 }, noise: true },
    });
  });

  test.each([
    ['wants a column that is gone', 'foreign', 'height'],
    ['answers another question', 'numbers', 'regression'],
    ['was not handed over', 'gone', 'baseline/gone'],
  ])('is inconclusive when the baseline %s', async (_, name, reason) => {
    const { result, report } = await judged({
      gates: [{ metric: 'roc_auc', baseline: name, 'max-drop': 0.1, 'without-baseline': 'pass' }],
      baselines: [
        { name, digest: (digests[`baseline/${name}`] ?? digestOfBytes('gone')) as never, origin: 'run 1' },
      ],
    });
    expect(result).toEqual({ ok: true, value: 'inconclusive' });
    expect((await report()).results[0]!.reason).toContain(reason);
  });

  test('is inconclusive when the bytes are not those of the baseline', async () => {
    const { report } = await judged({
      gates: [{ metric: 'roc_auc', baseline: 'same', 'max-drop': 0.1 }],
      baselines: [{ name: 'same', digest: digestOfBytes('other'), origin: 'run 1' }],
    });
    expect((await report()).results[0]).toMatchObject({ verdict: 'inconclusive' });
  });

  test('says where a baseline was looked for when there is none', async () => {
    const { report } = await judged({
      gates: [{ metric: 'roc_auc', baseline: 'production', 'max-drop': 0.1, 'without-baseline': 'pass' }],
      baselines: [{ name: 'production', origin: 'nothing was promoted yet' }],
    });
    expect((await report()).results[0]).toMatchObject({
      verdict: 'pass',
      reason: 'there is no baseline production: nothing was promoted yet',
    });
  });

  test('refuses a model that the evaluation did not measure', async () => {
    const { result } = await judged({}, { 'choose/model': inputs['baseline/worse']! });
    expect(result).toMatchObject({ ok: false, failure: { code: 'evaluate-model-unmeasured' } });
  });
});
