import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContractVerdict } from '../../src/contract/index.ts';
import type { DatasetSpec } from '../../src/data/index.ts';
import type { ValidateRequest } from '../../src/steps/index.ts';
import { validate } from '../../src/steps/validate.ts';

const contract = `apiVersion: v3.2.0
kind: DataContract
id: people
name: People
version: 1.2.0
schema:
  - name: people
    properties:
      - { name: id, logicalType: string, required: true, unique: true, tags: [pii] }
      - { name: age, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 120 } }
      - { name: mail, logicalType: string, quality: [{ type: sql, query: SELECT 1, mustBe: 1 }] }
`;

describe('the validate step', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'trainyard-validate-'));
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'people.odcs.yaml'), contract);
  });
  afterEach(() => rm(root, { recursive: true }));

  async function run(csv: string, changes: Partial<DatasetSpec> = {}) {
    await writeFile(join(root, 'people.csv'), csv);
    const dataset: DatasetSpec = {
      name: 'people',
      path: join(root, 'people*.csv'),
      format: 'csv',
      delimiter: ',',
      contract: join(root, 'people.odcs.yaml'),
      key: ['id'],
      split: { test: 0.25, salt: '' },
      ...changes,
    };
    const request: ValidateRequest = { uses: 'validate', dataset };
    const said: string[] = [];
    const call = { request, root, out: join(root, 'out'), inputs: {}, threads: 2 };
    return { result: await validate(request, call, (line) => said.push(line)), said };
  }

  test('passes good data, and writes its verdict and nothing else (D1)', async () => {
    const { result, said } = await run('id,age,mail\na,1,\nb,,x\n');
    expect(result).toEqual({ ok: true, value: 'pass' });
    expect(said).toEqual(['2 rows against 5 checks of People 1.2.0: pass', '  not checked: quality (sql)']);
    expect(await readdir(join(root, 'out'))).toEqual(['verdict.json']);
    const verdict = JSON.parse(await readFile(join(root, 'out', 'verdict.json'), 'utf8')) as ContractVerdict;
    expect(verdict).toMatchObject({ verdict: 'pass', rows: 2 });
  });

  test('takes a pointer of Git LFS for no rows, whatever the contract says (D1)', async () => {
    const { result } = await run('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n');
    expect(result).toMatchObject({
      ok: false,
      failure: [{ code: 'sql-lfs-pointer', place: { file: 'people.csv' } }],
    });
  });

  test('fails bad data, and says the rule, the column, how many, and the first rows (D1, P5)', async () => {
    const { result, said } = await run('id,age,mail,more\na,1,,\na,x,,\n,200,,\n');
    expect(result).toEqual({ ok: true, value: 'fail' });
    expect(said).toEqual([
      '3 rows against 5 checks of People 1.2.0: fail',
      '  warning: columns of more: expected no column that the contract does not declare',
      '  fail: required of id: expected a value; 1 row',
      '    people.csv:4  (missing)',
      '  fail: type of age: expected an integer such as -12, within 2^53; 1 row',
      '    people.csv:3  "x"',
      '  fail: range of age: expected between 0 and 120; 1 row',
      '    people.csv:4  "200"',
      '  fail: unique of id: expected no value twice; 1 row',
      '    people.csv:3',
      '  not checked: quality (sql)',
    ]);
    const bytes = await readFile(join(root, 'out', 'verdict.json'));
    await rm(join(root, 'out', 'verdict.json'));
    await run('id,age,mail,more\na,1,,\na,x,,\n,200,,\n');
    expect(await readFile(join(root, 'out', 'verdict.json'))).toEqual(bytes);
  });

  test('does not judge what it cannot read, and says why', async () => {
    const codes = async (csv: string, changes: Partial<DatasetSpec> = {}) => {
      const { result } = await run(csv, changes);
      return result.ok
        ? result.value
        : result.failure.map((failure) => `${failure.code} ${failure.place?.line ?? '-'}`);
    };
    expect(await codes('id\n1,2\n')).toEqual(['sql-csv-ragged 2']);
    expect(await codes('id,age,mail\n', { path: join(root, 'nothing.csv') })).toHaveLength(1);
    expect(await codes('id,age,mail\n', { contract: join(root, 'nothing.yaml') })).toEqual([
      'contract-unreadable -',
    ]);
    await writeFile(join(root, 'people.odcs.yaml'), contract.replace('integer', 'integre'));
    expect(await codes('id,age,mail\n')).toEqual(['contract-value 10']);
  });

  test('fails without a contract', async () => {
    const dataset = {
      name: 'd',
      path: 'd.csv',
      format: 'csv',
      delimiter: ',',
      key: [],
      split: { test: 0, salt: '' },
    } as const;
    const call = {
      request: { uses: 'validate', dataset },
      root,
      out: join(root, 'out'),
      inputs: {},
      threads: 1,
    } as const;
    const result = await validate({ uses: 'validate', dataset }, call, () => undefined);
    expect(result).toMatchObject({ ok: false, failure: [{ code: 'contract-missing' }] });
  });
});
