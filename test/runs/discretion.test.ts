import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discreetRecord, openRuns } from '../../src/runs/index.ts';
import { gitRig, value } from '../git/rig.ts';
import { estimate, sampleRecord, step } from './sample-record.ts';

const name = 'Ada Byron of Ockham';
const secret = 'hunter2-is-my-token';

/** A record into which values of a personal column and a secret slipped wherever they could. */
function indiscreetRecord() {
  const sample = sampleRecord();
  const patients = sample.data['patients']!;
  const example = { file: 'patients.csv', line: 3, row: 2, value: name };
  const check = {
    rule: 'pattern' as const,
    severity: 'error' as const,
    verdict: 'fail' as const,
    failed: 1,
    expected: 'text',
  };
  return sampleRecord({
    description: `uses ${secret}`,
    params: { token: secret, [secret]: 1 },
    data: {
      patients: {
        ...patients,
        checks: {
          verdict: 'fail',
          rows: 303,
          checks: [
            { ...check, column: 'name', examples: [example] },
            { ...check, rule: 'unique', column: 'age, name', examples: [example] },
            { ...check, column: 'age', examples: [{ ...example, value: '-4' }] },
          ],
          notChecked: [],
        },
        profile: {
          rows: 303,
          columns: [
            {
              name: 'name',
              type: 'string',
              nulls: 0,
              distinct: 303,
              top: [{ value: name, count: 1 }],
              range: { minimum: name, maximum: name },
            },
            { name: 'thal', type: 'string', nulls: 0, distinct: 3, top: [{ value: 'normal', count: 166 }] },
          ],
        },
      },
    },
    steps: [
      step('sklearn', { status: 'failed', failure: { code: 'step-failed', message: `401 for ${secret}` } }),
    ],
    models: sample.models.map((model) => ({
      ...model,
      evaluation: {
        ...model.evaluation!,
        slices: [
          { column: 'name', value: name, rows: 1, metrics: { recall: estimate(1, 1, 1) }, missing: {} },
          { column: 'sex', value: '1', rows: 50, metrics: { recall: estimate(0.9, 0.8, 1) }, missing: {} },
        ],
      },
    })),
  });
}

test('a written record holds no value of a personal column and no secret, and all the rest (P5)', async () => {
  await using rig = await gitRig();
  await rig.repository('r');
  const history = openRuns({
    repository: await rig.open('r'),
    branch: 'trainyard/runs',
    root: join(rig.path, 'r'),
  });
  const record = discreetRecord(indiscreetRecord(), {
    personal: { patients: ['name'] },
    secrets: ['tok', secret, 'hunter2'],
  });
  value(await history.write(record));
  const grep = (pattern: string) => rig.git('r', 'grep', '-c', '-F', '-e', pattern, 'trainyard/runs');
  await expect(grep(name)).rejects.toThrow();
  await expect(grep('hunter2')).rejects.toThrow();
  await expect(grep('normal')).resolves.toBeTruthy();
  const read = value(await history.find('latest'));
  expect(read.params).toEqual({ token: '***', '***': 1 });
  expect(read.data['patients']!.checks!.checks[0]!.examples).toEqual([
    { file: 'patients.csv', line: 3, row: 2 },
  ]);
  expect(read.data['patients']!.checks!.checks[2]!.examples[0]!.value).toBe('-4');
  expect(read.data['patients']!.profile!.columns[0]).toEqual({
    name: 'name',
    type: 'string',
    nulls: 0,
    personal: true,
  });
  expect(read.models[0]!.evaluation!.slices.map((slice) => slice.column)).toEqual(['sex']);
});

test('a record with nothing to hide is left as it is', () => {
  const record = sampleRecord();
  expect(discreetRecord(record, { personal: {}, secrets: [] })).toEqual(record);
  expect(discreetRecord(record, { personal: { patients: ['name'] }, secrets: ['', 'abc'] })).toEqual(record);
});
