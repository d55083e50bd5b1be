import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { splitPosition } from '../../src/data/index.ts';
import { failures, PrepareRig, value } from './prepare-rig.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: people
name: People
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - { name: id, logicalType: string, required: true, primaryKey: true, classification: restricted, tags: [pii] }
      - { name: age, logicalType: integer }
      - { name: height, logicalType: number }
      - { name: smokes, logicalType: boolean }
      - { name: born, logicalType: date }
      - { name: seen, logicalType: timestamp }
      - { name: town, logicalType: string }
`;
const header = 'town,id,age,height,smokes,born,seen,note';
const good = [
  'Köln,a1,34,1.8e0,true,1990-02-28,2024-02-29T12:00:00Z,x',
  ',a2,,,,,,',
  '007,a3,0,2,false,2000-02-29,2024-02-29T12:00:00+02:00,"y,z"',
];
const rows = (...lines: string[]): string => `${[header, ...lines].join('\n')}\n`;
const wholly = { split: { test: 0 } };

async function rigWith(text: string): Promise<{ rig: PrepareRig; contract: string }> {
  const rig = await PrepareRig.open({ 'data.csv': text, 'p/people.odcs.yaml': contract });
  return { rig, contract: join(rig.root, 'p/people.odcs.yaml') };
}

test('D1: columns have the types and the order of the contract, others are left out and said', async () => {
  const { rig, contract } = await rigWith(rows(...good));
  await using _ = rig;
  const { facts } = value(await rig.prepare({ ...wholly, contract }));
  expect(facts.columns.every((column) => column.typedBy === 'contract')).toBe(true);
  expect(facts.leftOut).toEqual(['note']);
  const columns = Object.fromEntries(
    [...(await rig.table('train.parquet')).columns].map(([name, column]) => [name, [...column.values]]),
  );
  expect(columns).toEqual({
    id: ['a1', 'a2', 'a3'],
    age: [34, Number.NaN, 0],
    height: [1.8, Number.NaN, 2],
    smokes: [1, Number.NaN, 0],
    born: [Date.UTC(1990, 1, 28), Number.NaN, Date.UTC(2000, 1, 29)],
    seen: [Date.UTC(2024, 1, 29, 12), Number.NaN, Date.UTC(2024, 1, 29, 10)],
    town: ['Köln', null, '007'],
  });
  expect(await rig.read('train.csv')).toBe(
    `id,age,height,smokes,born,seen,town
a1,34,1.8e0,true,1990-02-28,2024-02-29T12:00:00Z,Köln
a2,,,,,,
a3,0,2,false,2000-02-29,2024-02-29T12:00:00+02:00,007
`,
  );
});

test('D1: values that are not of their type fail with file and line, ten at most, and nothing becomes NULL', async () => {
  const bad = [
    'x,b1,1.5,1,true,,,',
    'x,b2,1,1,yes,,,',
    'x,b3,1,nan,true,,,',
    'x,b4,1,1,true,2023-02-29,,',
    'x,b5,1,1,true,,yesterday,',
    'x,b6,1_000,1,true,,,',
    'x,b7,0x1F,1,true,,,',
    'x,b8, 1,1,true,,,',
    'x,b9,1,1,TRUE,,,',
    'x,b10,12345678901234567890,1,true,,,',
    'x,b11,+1,1,true,,,',
    'x,b12,1,1e999,true,,,',
  ];
  const { rig, contract } = await rigWith(rows(good[0]!, '"two\nlines",a9,1,1,true,,,', ...bad));
  await using _ = rig;
  const found = failures(await rig.prepare({ ...wholly, contract }));
  expect(found).toHaveLength(10);
  expect(found.every((failure) => failure.code === 'data-row-unreadable')).toBe(true);
  expect(found.map((failure) => failure.place)).toEqual(
    Array.from({ length: 10 }, (_, i) => ({ file: 'data.csv', line: 5 + i })),
  );
  expect(found[0]!.message).toBe('"1.5" in column "age" cannot be read as integer');
  expect(found[9]!.message).toContain('2 more rows');
  expect(found[0]!.remedy).toContain('trainyard validate');
});

test('P5: personal values are in no message and not in the profile', async () => {
  const { rig, contract } = await rigWith(rows(...good));
  await using _ = rig;
  const { profile } = value(await rig.prepare({ ...wholly, contract }));
  expect(profile.columns[0]).toEqual({ name: 'id', type: 'string', nulls: 0, personal: true });
  expect(await rig.read('profile.json')).not.toContain('a1');
  await rig.write(
    'p/secret.yaml',
    `${(await readFile(contract, 'utf8')).replace('id, logicalType: string', 'id, logicalType: integer')}`,
  );
  const [failure] = failures(await rig.prepare({ ...wholly, contract: join(rig.root, 'p/secret.yaml') }));
  expect(failure!.message).toBe('the value in column "id" cannot be read as integer');
  const strata = failures(await rig.prepare({ contract, split: { stratify: 'id' } }));
  expect(strata[0]!.code).toBe('data-strata-personal');
});

test('a contract that lists columns that are not there, or is not there, fails', async () => {
  const { rig, contract } = await rigWith('id,agee,height,smokes,born,seen,town\n');
  await using _ = rig;
  const [failure] = failures(await rig.prepare({ contract }));
  expect(failure).toMatchObject({ code: 'data-column-absent', remedy: expect.stringContaining('"agee"') });
  expect(failures(await rig.prepare({ contract: join(rig.root, 'nothing.yaml') }))[0]).toMatchObject({
    code: 'contract-unreadable',
    place: { file: 'nothing.yaml' },
  });
});

test('Parquet is read under the contract: what does not fit names its row', async () => {
  const { rig, contract } = await rigWith('');
  await using _ = rig;
  const typed = `'p' || i AS id, i::INTEGER AS age, (CASE WHEN i > 0 THEN 1.5 END)::DOUBLE AS height,
    true AS smokes, DATE '2000-01-01' AS born, TIMESTAMP '2000-01-01' AS seen`;
  await rig.writeParquet('data.parquet', `SELECT '' AS town, ${typed} FROM range(3) t(i)`);
  const dataset = { ...wholly, contract, path: 'data.parquet', format: 'parquet' as const };
  const { profile } = value(await rig.prepare(dataset));
  expect(profile.columns.map((column) => column.nulls)).toEqual([0, 0, 1, 0, 0, 0, 3]);
  await rig.writeParquet('numbers.parquet', `SELECT i AS town, ${typed} FROM range(3) t(i)`);
  const found = failures(await rig.prepare({ ...dataset, path: 'numbers.parquet' }));
  expect(found).toHaveLength(3);
  expect(found[0]!.message).toBe('"0" in column "town" of row 1 cannot be read as string');
});

test('the heart-disease dataset is prepared: 303 rows, both classes on both sides', async () => {
  await using rig = await PrepareRig.open();
  const pipeline = new URL('../../pipelines/heart-disease/', import.meta.url).pathname;
  await mkdir(join(rig.root, 'data'));
  await copyFile(join(pipeline, 'data/cleveland.csv'), join(rig.root, 'data/cleveland.csv'));
  await copyFile(join(pipeline, 'patients.odcs.yaml'), join(rig.root, 'patients.odcs.yaml'));
  const { facts, profile } = value(
    await rig.prepare({
      path: 'data/*.csv',
      contract: join(rig.root, 'patients.odcs.yaml'),
      key: ['patient_id'],
      target: 'diagnosis',
      split: { stratify: 'diagnosis' },
    }),
  );
  expect(facts.rows.total).toBe(303);
  expect(facts.strata.map((stratum) => stratum.train + stratum.heldOut)).toEqual([164, 139]);
  expect(facts.rows.heldOut).toBe(
    Array.from({ length: 303 }, (_, i) => `P${String(i + 1).padStart(3, '0')}`).filter(
      (id) => splitPosition('', [id]) < 0.25,
    ).length,
  );
  expect(profile.columns.find((column) => column.name === 'ca')!.nulls).toBe(4);
});
