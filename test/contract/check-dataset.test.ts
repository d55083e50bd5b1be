import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import { canonicalJson } from '../../src/base/index.ts';
import type { CheckResult, Contract, ContractVerdict } from '../../src/contract/index.ts';
import { checkDataset, readContract } from '../../src/contract/index.ts';
import type { SqlSession } from '../../src/sql/index.ts';
import { openSession, quoteText } from '../../src/sql/index.ts';

let folder: string;
let session: SqlSession;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-check-'));
  session = await openSession({ allowedPaths: [folder, 'pipelines'] });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function contract(properties: string, quality = '[]'): Contract {
  const text = `apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
schema:
  - name: t
    quality: ${quality}
    properties:
${properties.replace(/^/gm, '      - ')}`;
  const read = readContract('c.yaml', text);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

let made = 0;
async function csv(...contents: string[]) {
  const files = [];
  for (const content of contents) {
    const shown = `f${made++}.csv`;
    await writeFile(join(folder, shown), content);
    files.push({ path: join(folder, shown), shown });
  }
  return files;
}

async function check(rules: Contract, ...contents: string[]): Promise<ContractVerdict> {
  const checked = await checkDataset(session, {
    files: await csv(...contents),
    format: 'csv',
    contract: rules,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.failure));
  return checked.value;
}

async function checkParquet(rules: Contract, query: string): Promise<ContractVerdict> {
  const shown = `f${made++}.parquet`;
  const path = join(folder, shown);
  await session.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet)`);
  const checked = await checkDataset(session, {
    files: [{ path, shown }],
    format: 'parquet',
    contract: rules,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.failure));
  return checked.value;
}

/** `<rule> <column> <failed>: <line>=<value> ...` of every check that does not pass. */
function broken({ checks }: ContractVerdict): string[] {
  return checks
    .filter((result) => result.verdict !== 'pass')
    .map(({ rule, column, failed, examples, verdict, severity }: CheckResult) => {
      const places = examples.map(({ line, row, value }) => `${line ?? `row ${row}`}=${value}`);
      const notes = `${verdict === 'inconclusive' ? '?' : ''}${severity === 'warning' ? '!' : ''}`;
      return `${rule}${notes} ${column ?? '-'} ${failed}: ${places.join(' ')}`.trim();
    });
}

describe('a dataset against its contract', () => {
  test('passes when every row keeps every rule (D1)', async () => {
    const file = 'pipelines/heart-disease/patients.odcs.yaml';
    const rules = readContract(file, await readFile(file));
    if (!rules.ok) throw new Error('unreadable');
    const path = join(process.cwd(), 'pipelines/heart-disease/data/cleveland.csv');
    const checked = await checkDataset(session, {
      files: [{ path, shown: 'cleveland.csv' }],
      format: 'csv',
      contract: rules.value,
    });
    expect(checked).toMatchObject({ ok: true, value: { verdict: 'pass', rows: 303 } });
    expect(canonicalJson(checked as unknown as Json)).toContain('"rule":"row-count"');
  });

  test('counts the rows that break each rule, and shows the first with file, line and value (D1)', async () => {
    const rules = contract(`{ name: id, logicalType: integer, required: true, unique: true }
{ name: age, logicalType: integer, required: true, logicalTypeOptions: { minimum: 0, maximum: 120 } }
{ name: sex, logicalType: string, enum: [{ value: f }, { value: m }] }
{ name: note, logicalType: string, logicalTypeOptions: { maxLength: 3, pattern: "^[a-z]*$" } }
{ name: day, logicalType: date, logicalTypeOptions: { minimum: "2020-01-01" } }`);
    const verdict = await check(
      rules,
      'id,age,sex,note,day\n1,20,f,abc,2020-01-01\n2,1.5,x,"a\nb",2019-12-31\n2,,m,abcd,2020-02-30\n-0,121,,A,\n0,0x1F,f,,\n',
    );
    expect(verdict.verdict).toBe('fail');
    expect(verdict.rows).toBe(5);
    expect(broken(verdict)).toEqual([
      'required age 1: 5=null',
      'type age 2: 3=1.5 7=0x1F',
      'range age 1: 6=121',
      'enum sex 1: 3=x',
      'length note 1: 5=abcd',
      'pattern note 2: 3=a\nb 6=A',
      'type day 1: 5=2020-02-30',
      'range day 1: 3=2019-12-31',
      'unique id 2: 5=2 7=0',
    ]);
    const range = verdict.checks.find((result) => result.rule === 'range' && result.column === 'age')!;
    expect(range.expected).toBe('between 0 and 120');
    expect(range.examples).toEqual([{ file: `f${made - 1}.csv`, line: 6, row: 4, value: '121' }]);
  });

  test('shows at most 10 rows a check, in the order of the files, and cuts long values', async () => {
    const rules = contract('{ name: a, logicalType: integer }');
    const rows = (count: number): string => `a\n${'x\n'.repeat(count)}`;
    const verdict = await check(rules, rows(6), rows(6), 'a\n1\n');
    const [type] = verdict.checks.filter((result) => result.rule === 'type');
    expect(type!.failed).toBe(12);
    expect(type!.examples.map(({ file, row }) => `${file}:${row}`)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((row) => `f${made - 3}.csv:${row}`),
      ...[1, 2, 3, 4].map((row) => `f${made - 2}.csv:${row}`),
    ]);
    const long = await check(rules, `a\n${'😀'.repeat(300)}\n`);
    expect(long.checks.at(-1)!.examples[0]!.value).toBe(`${'😀'.repeat(200)}…`);
  });

  test('never shows a value of personal data (P5)', async () => {
    const rules = contract(
      `{ name: mail, logicalType: string, required: true, unique: true, tags: [pii], logicalTypeOptions: { pattern: "@", maxLength: 12 }, quality: [{ metric: invalidValues, arguments: { pattern: x }, mustBe: 1 }] }
{ name: born, logicalType: date, classification: confidential }
{ name: n, logicalType: integer, primaryKey: true }
{ name: m, logicalType: string, primaryKey: true, tags: [pii] }`,
    );
    const verdict = await check(
      rules,
      'mail,born,n,m\nsecret,secret,1,secret\nsecret,secret,1,secret\n,secret,2,secret\nsecret@secret,secret,3,secret\n',
    );
    const failing = verdict.checks.filter((result) => result.verdict === 'fail');
    expect(failing.map((result) => `${result.rule} ${result.column}`)).toEqual([
      'required mail',
      'length mail',
      'pattern mail',
      'invalid-values mail',
      'type born',
      'unique mail',
      'unique n, m',
    ]);
    for (const result of failing) {
      expect(result.examples.length).toBeGreaterThan(0);
      expect(result.examples.every((example) => !example.value)).toBe(true);
    }
    expect(JSON.stringify(verdict)).not.toContain('secret');
  });

  test('takes missing and unexpected columns for what they are, and checks the others', async () => {
    const rules = contract(
      '{ name: age, logicalType: integer }\n{ name: sex, logicalType: string, required: true }',
    );
    const verdict = await check(rules, 'agee,sex\n1,\n');
    expect(verdict.verdict).toBe('fail');
    expect(broken(verdict)).toEqual(['columns age 1:', 'columns! agee 1:', 'required sex 1: 2=null']);
    expect(verdict.checks[0]!.expected).toContain('"agee"');
    expect((await check(rules, 'sex,more,age\nf,1,2\n')).verdict).toBe('pass');
    expect((await check(rules, 'sex,age\nf,2\n')).verdict).toBe('pass');
    const order = await check(rules, 'Age,sex\n1,f\n');
    expect(broken(order)).toEqual(['columns age 1:', 'columns! Age 1:']);
  });

  test('measures library metrics in rows and in per cent', async () => {
    const rules = contract(
      `{ name: a, logicalType: integer, quality: [{ metric: nullValues, mustBeLessThan: 25, unit: percent }, { metric: missingValues, arguments: { missingValues: [-9] }, mustBeLessOrEqualTo: 1 }, { metric: duplicateValues, mustBeBetween: [1, 2] }, { metric: invalidValues, arguments: { validValues: [1, 2] }, mustBe: 0, severity: warning }] }`,
      '[{ metric: rowCount, mustBeBetween: [4, 6] }, { metric: rowCount, mustNotBe: 4, severity: warning }, { metric: duplicateValues, arguments: { properties: [a] }, mustBe: 0, severity: info }]',
    );
    const verdict = await check(rules, 'a\n1\n\n-9\n1\n');
    expect(
      verdict.checks.map(({ rule, measured, verdict: found }) => `${rule} ${measured ?? '-'} ${found}`),
    ).toEqual([
      'row-count 4 pass',
      'row-count 4 fail',
      'columns - pass',
      'type - pass',
      'null-values 25 fail',
      'missing-values 2 fail',
      'invalid-values 1 fail',
      'duplicate-values 1 fail',
      'duplicate-values 1 pass',
    ]);
    expect(verdict.verdict).toBe('fail');
    const [, , , , nulls, missing] = verdict.checks;
    expect(nulls!.expected).toBe('fewer than 25 % of rows without a value');
    expect(missing!.examples.map(({ line, value }) => `${line} ${value}`)).toEqual(['3 null', '4 -9']);
    expect((await check(rules, 'a\n1\n1\n2\n\n-8\n2\n')).verdict).toBe('pass');
    expect(broken(await check(rules, 'a\n1\n1\n2\n2\n2\n'))).toEqual([
      'duplicate-values! a 3: 3=1 5=2 6=2',
      'duplicate-values a 3: 3=1 5=2 6=2',
    ]);
  });

  test('includes both ends of mustBeBetween, and excludes both of mustNotBeBetween', async () => {
    const between = contract('{ name: a }', '[{ metric: rowCount, mustBeBetween: [1, 2] }]');
    const outside = contract('{ name: a }', '[{ metric: rowCount, mustNotBeBetween: [1, 2] }]');
    const verdicts = async (rules: Contract) =>
      Promise.all(
        ['a\n', 'a\n1\n', 'a\n1\n2\n', 'a\n1\n2\n3\n'].map(
          async (text) => (await check(rules, text)).verdict,
        ),
      );
    expect(await verdicts(between)).toEqual(['fail', 'pass', 'pass', 'fail']);
    expect(await verdicts(outside)).toEqual(['pass', 'fail', 'fail', 'pass']);
  });

  test('does not pass a dataset without rows, and says why', async () => {
    const verdict = await check(
      contract('{ name: a, quality: [{ metric: nullValues, mustBeLessThan: 5, unit: percent }] }'),
      'a\n',
    );
    expect(verdict.verdict).toBe('inconclusive');
    expect(
      verdict.checks.filter((result) => result.verdict === 'inconclusive').map((result) => result.because),
    ).toEqual(['there are no rows to judge by', 'there are no rows']);
  });

  test('compares keys as values, not as text, and skips rows where a part is missing', async () => {
    const rules = contract('{ name: a, logicalType: number, unique: true }');
    expect(broken(await check(rules, 'a\n1\n1.0\n1e0\n\n\n-0\n0\n'))).toEqual([
      'unique a 3: 3=1.0 4=1e0 8=0',
    ]);
    const pair = contract(
      '{ name: a, logicalType: timestamp, primaryKey: true }\n{ name: b, primaryKey: true }',
    );
    expect(
      broken(
        await check(
          pair,
          'a,b\n2020-01-01T00:00:00Z,x\n2020-01-01T01:00:00+01:00,x\n2020-01-01T00:00:00Z,y\n2020-01-01T00:00:00Z,\n2020-01-01T00:00:00Z,\n',
        ),
      ),
    ).toEqual(['required b 2: 5=null 6=null', 'unique a, b 1: 3=undefined']);
  });

  test('checks Parquet by its own types, with the number of the row', async () => {
    const rules =
      contract(`{ name: i, logicalType: integer, required: true, logicalTypeOptions: { maximum: 3 } }
{ name: n, logicalType: number }
{ name: s, logicalType: string, required: true }
{ name: d, logicalType: date }
{ name: t, logicalType: timestamp, logicalTypeOptions: { maximum: "2020-01-01T00:00:00Z" } }
{ name: b, logicalType: boolean }`);
    const good = `SELECT 1::INTEGER AS i, 1.5::FLOAT AS n, 'x' AS s, DATE '2020-01-01' AS d, TIMESTAMPTZ '2020-01-01 01:00:00+01' AS t, true AS b`;
    expect(broken(await checkParquet(rules, good))).toEqual([]);
    expect(
      broken(
        await checkParquet(
          rules,
          `SELECT * FROM (VALUES
            (1.0::DOUBLE, 1.0::DOUBLE, 'x', DATE '2020-01-01', TIMESTAMP '2020-01-01', true),
            (1.5, 'nan', '', 'infinity', TIMESTAMP '2020-01-01 00:00:00.000001', NULL),
            (NULL, '-inf', NULL, NULL, 'infinity', false),
            (4, 9e99, ' ', NULL, NULL, NULL)) v(i, n, s, d, t, b)`,
        ),
      ),
    ).toEqual([
      'required i 1: row 3=null',
      'type i 1: row 2=1.5',
      'range i 1: row 4=4.0',
      'type n 2: row 2=nan row 3=-inf',
      'required s 2: row 2=null row 3=null',
      'type d 1: row 2=infinity',
      'type t 1: row 3=infinity',
      'range t 1: row 2=2020-01-01 00:00:00.000001',
    ]);
    const others = await checkParquet(
      rules,
      `SELECT '1' AS i, true AS n, 5 AS s, '2020-01-01' AS d, DATE '2020-01-01' AS t, 1 AS b`,
    );
    expect(broken(others).map((line) => line.split(' ')[0])).toEqual(Array(6).fill('type'));
    const wide = await checkParquet(
      rules,
      `SELECT 9007199254740993::BIGINT AS i, 1::DECIMAL(9, 2) AS n, uuid()::UUID AS s, NULL::DATE AS d, NULL::TIMESTAMP_NS AS t, NULL::BOOLEAN AS b`,
    );
    expect(broken(wide)).toEqual(['type i 1: row 1=9007199254740993']);
  });

  test('fails, and says where, when the files cannot be read', async () => {
    const rules = contract('{ name: a }');
    const files = await csv('a\n1,2\n');
    expect(await checkDataset(session, { files, format: 'csv', contract: rules })).toMatchObject({
      ok: false,
      failure: [{ code: 'sql-csv-ragged', place: { file: files[0]!.shown, line: 2 } }],
    });
    expect(await checkDataset(session, { files, format: 'parquet', contract: rules })).toMatchObject({
      ok: false,
      failure: [{ code: 'sql-parquet-unreadable' }],
    });
  });

  test('runs patterns that the SQL engine cannot in JavaScript', async () => {
    const rules = contract(
      `{ name: a, logicalType: string, logicalTypeOptions: { pattern: '^(?=.*[0-9])(?=.*[A-Z]).+$' }, quality: [{ metric: invalidValues, arguments: { pattern: '(.)\\1' }, mustBeLessThan: 2 }] }`,
    );
    expect(broken(await check(rules, 'a\nA1\na1\nAA1\nBB2\n\n'))).toEqual([
      'pattern a 1: 3=a1',
      'invalid-values a 2: 2=A1 3=a1',
    ]);
  });

  test('survives names, values and patterns that try to be SQL', async () => {
    const rules = contract(
      `{ name: "a'); DROP TABLE x; --", logicalType: string, enum: [{ value: "'; --" }], logicalTypeOptions: { pattern: "'|--" } }
{ name: 'b"', logicalType: string, unique: true }`,
    );
    const verdict = await check(rules, `"a'); DROP TABLE x; --","b"""\n'; --,"';"\nx,"';"\n`);
    expect(broken(verdict)).toEqual([
      "enum a'); DROP TABLE x; -- 1: 3=x",
      "pattern a'); DROP TABLE x; -- 1: 3=x",
      `unique b" 1: 3=';`,
    ]);
  });
});
