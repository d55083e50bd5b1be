import { expect, test } from 'vitest';
import { prepare } from '../../src/steps/prepare.ts';
import { PrepareRig } from '../data/prepare-rig.ts';

test('the step says what it read, and gives the files that later steps name', async () => {
  await using rig = await PrepareRig.open({
    'data/1.csv': `id,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 2}\n`).join('')}`,
    'data/2.csv': 'id,y\n1,1\n',
  });
  const dataset = {
    name: 'rows',
    path: `${rig.root}/data/*.csv`,
    format: 'csv',
    delimiter: ',',
    key: ['id'],
    split: { test: 0.5, salt: '' },
  } as const;
  const said: string[] = [];
  const out = `${rig.top}/`;
  const request = { uses: 'prepare', dataset } as const;
  const call = { request, root: rig.root, out, inputs: {}, threads: 1 };
  expect(await prepare(request, call, (line) => said.push(line))).toEqual({ ok: true, value: 'pass' });
  expect(said[0]).toMatch(/^41 rows in 2 files: \d+ for training, \d+ held out$/);
  expect(said[1]).toBe('keys with more than one row: 1, of 2 rows; those of one key are on one side');
  const missing = { ...request, dataset: { ...dataset, path: `${rig.root}/dta/*.csv` } };
  expect(await prepare(missing, call, () => {})).toMatchObject({
    ok: false,
    failure: [{ code: 'data-no-files', remedy: 'Did you mean data?' }],
  });
});
