import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Candidate, ChoiceFile, Estimate, EvaluationFile } from '../../src/evaluate/index.ts';
import { choose } from '../../src/steps/choose.ts';
import type { Rig } from './measured/rig.ts';
import { openRig } from './measured/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const at = (value: number): Estimate => ({ value, low: value - 0.1, high: value + 0.1 });

function candidate(
  step: string,
  metrics: Record<string, Estimate>,
  missing: Record<string, string> = {},
): Candidate {
  return {
    step,
    digest: digestOfBytes(step),
    evaluation: {
      task: 'classification',
      rows: 50,
      classes: ['0', '1'],
      positive: '1',
      metrics,
      missing,
      slices: [],
      importance: [],
      bytes: 1,
      curves: {},
    },
  };
}

function fileOf(
  candidates: readonly Candidate[],
  differences: EvaluationFile['differences'] = [],
): EvaluationFile {
  return { version: 1, dataset: 'd', rows: 50, mainMetric: 'roc_auc', candidates, differences };
}

async function chosen(
  file: unknown,
  metric: string,
  models: Readonly<Record<string, string>> = {},
): Promise<{ result: Awaited<ReturnType<typeof choose>>; out: string }> {
  const evaluation = await rig.write('evaluation.json', JSON.stringify(file));
  const inputs: Record<string, string> = { 'evaluate/evaluation': evaluation };
  for (const { step } of (file as EvaluationFile).candidates ?? []) {
    inputs[`${step}/model`] = await rig.write(`${step}.onnx`, models[step] ?? step);
  }
  const request = { uses: 'choose', metric, evaluate: 'evaluate' } as const;
  const call = await rig.call(request, inputs);
  return {
    result: await choose(
      request,
      call,
      () => {},
      () => {},
    ),
    out: call.out,
  };
}

describe('the choose step', () => {
  const three = [
    candidate('a', { roc_auc: at(0.8), log_loss: at(0.5) }),
    candidate('b', { roc_auc: at(0.9), log_loss: at(0.6) }),
    candidate('c', { roc_auc: at(0.9), log_loss: at(0.4) }),
  ];

  test('takes the best by the metric and copies its bytes; the first of equals', async () => {
    const { result, out } = await chosen(fileOf(three), 'roc_auc');
    expect(result).toEqual({ ok: true, value: 'pass' });
    expect(await readFile(join(out, 'model.onnx'), 'utf8')).toBe('b');
    expect(await rig.json<ChoiceFile>(join(out, 'choice.json'))).toEqual({
      version: 1,
      step: 'b',
      digest: digestOfBytes('b'),
      metric: 'roc_auc',
      estimate: at(0.9),
      among: 3,
      excluded: [],
      note: expect.stringMatching(/^The best of 3 on the same held-out rows/),
    });
  });

  test('knows that a lower loss is better, and says how far the next one is', async () => {
    const difference = { metric: 'log_loss', baseline: 0.4, value: 0.5, difference: at(0.1), noise: true };
    const differences = [{ metric: 'log_loss', best: 'c', others: [{ step: 'a', difference }] }];
    const { out } = await chosen(fileOf(three, differences), 'log_loss');
    const choice = await rig.json<ChoiceFile>(join(out, 'choice.json'));
    expect(choice).toMatchObject({ step: 'c', runnerUp: { step: 'a', difference } });
  });

  test('leaves out a candidate without the metric, and says why', async () => {
    const file = fileOf([
      candidate('a', {}, { precision: 'no row has the label 1' }),
      candidate('b', { precision: at(0.1) }),
    ]);
    const { out } = await chosen(file, 'precision');
    const choice = await rig.json<ChoiceFile>(join(out, 'choice.json'));
    expect(choice).toMatchObject({
      step: 'b',
      among: 1,
      excluded: [{ step: 'a', reason: 'no row has the label 1' }],
    });
    expect(choice.note).toBeUndefined();
  });

  test.each<[string, unknown, string, Record<string, string>, string]>([
    [
      'no candidate has the metric',
      fileOf([candidate('a', {}, { recall: 'none' })]),
      'recall',
      {},
      'evaluate-no-candidate',
    ],
    ['there is no candidate', fileOf([]), 'recall', {}, 'evaluate-no-models'],
    ['the metric is unknown', fileOf(three), 'auc', {}, 'evaluate-metric-unknown'],
    ['the metric is for numbers', fileOf(three), 'rmse', {}, 'evaluate-metric-unknown'],
    [
      'the bytes are not those that were measured',
      fileOf(three),
      'roc_auc',
      { b: 'changed' },
      'evaluate-input-unreadable',
    ],
    ['the evaluation has another version', { version: 2 }, 'roc_auc', {}, 'evaluate-input-unreadable'],
    ['the evaluation is nothing', null, 'roc_auc', {}, 'evaluate-input-unreadable'],
  ])('fails when %s', async (_, file, metric, models, code) => {
    const { result } = await chosen(file ?? {}, metric, models);
    expect(result).toMatchObject({ ok: false, failure: { code } });
  });
});
