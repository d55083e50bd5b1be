import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Addition, DatasetSpec, Incoming } from '../../src/data/index.ts';
import { addRows, newFileOf } from '../../src/data/index.ts';
import { PrepareRig } from './prepare-rig.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: people
name: People
version: 1.0.0
status: active
schema:
  - name: people
    quality:
      - { type: library, metric: rowCount, mustBeLessOrEqualTo: 6, severity: error }
    properties:
      - { name: id, logicalType: string, required: true, primaryKey: true, classification: restricted, tags: [pii] }
      - { name: age, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 130 } }
      - { name: height, logicalType: number }
      - { name: smokes, logicalType: boolean }
      - { name: born, logicalType: date }
      - { name: mail, logicalType: string, unique: true }
`;
const head = 'mail;note;id;age;height;smokes;born';
const there = `${head}\r\na@example.org;x;a1;34;1.80;true;1990-02-28\r\n;"semi;colon";a2;;;;\r\n`;

type Answer = Awaited<ReturnType<typeof addRows>>;

class AdditionRig implements AsyncDisposable {
  readonly rig: PrepareRig;
  readonly dataset: DatasetSpec;
  #count = 0;

  private constructor(rig: PrepareRig, path: string) {
    this.rig = rig;
    this.dataset = {
      ...{ name: 'people', path: join(rig.root, path), format: 'csv', delimiter: ';', key: ['id'] },
      contract: join(rig.root, 'people.odcs.yaml'),
      split: { test: 0, salt: '' },
    };
  }

  static async open(files: Readonly<Record<string, string>> = { 'people.csv': there }, path = 'people.csv') {
    return new AdditionRig(await PrepareRig.open({ 'people.odcs.yaml': contract, ...files }), path);
  }

  async add(incoming: Incoming): Promise<Answer> {
    const folder = join(this.rig.top, `folder-${this.#count++}`);
    await mkdir(folder);
    return await addRows({ dataset: this.dataset, root: this.rig.root, incoming, folder, threads: 2 });
  }

  objects(...rows: readonly unknown[]): Promise<Answer> {
    return this.add({ kind: 'objects', shown: 'the event', rows });
  }

  /** As a commit would. */
  async keep({ file }: Addition): Promise<void> {
    if (file !== undefined) await this.rig.write(file.path, file.bytes);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rig[Symbol.asyncDispose]();
  }
}

function value(answer: Answer): Addition {
  if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
  return answer.value;
}

function problems(answer: Answer): readonly string[] {
  if (answer.ok) throw new Error('it was taken');
  return answer.failure.map(({ code, message }) => `${code}: ${message}`);
}

const eve = { id: 'a3', age: 41, height: 1.7, smokes: false, born: '1983-01-02', mail: 'e@example.org' };

describe('rows for one CSV file', () => {
  it('T3: stand at its end in its own order, delimiter and line ends, and what is there stays to the byte', async () => {
    await using rig = await AdditionRig.open();
    const added = value(await rig.objects(eve, { id: 'a;4', height: 1e21 }));
    expect(added).toMatchObject({ taken: 2, skipped: 0, total: 4, file: { path: 'people.csv' } });
    expect(Buffer.from(added.file!.bytes).toString()).toBe(
      `${there}e@example.org;;a3;41;1.7;false;1983-01-02\r\n;;"a;4";;1e+21;;\r\n`,
    );
  });

  it('begin a line of their own where the file does not end its last one', async () => {
    await using rig = await AdditionRig.open({
      'people.csv': `\ufeff${there.replaceAll('\r', '').trimEnd()}`,
    });
    const text = Buffer.from(value(await rig.objects({ id: 'a9' })).file!.bytes).toString();
    expect(text).toMatch(/^\ufeffmail;[\s\S]*;;;;\n;;a9;;;;\n$/);
  });

  it('T3: are skipped when they are there with the same values, however they are written', async () => {
    await using rig = await AdditionRig.open();
    const again = { id: 'a1', age: 34, height: 1.8, smokes: true, born: '1990-02-28', mail: 'a@example.org' };
    expect(value(await rig.objects(again, { id: 'a2', mail: null }))).toEqual({
      ...{ taken: 0, skipped: 2, total: 2 },
    });
    const added = value(await rig.objects(eve, again, eve));
    expect(added).toMatchObject({ taken: 1, skipped: 2, total: 3 });
    await rig.keep(added);
    expect(value(await rig.objects(eve, again, eve))).toMatchObject({ taken: 0, skipped: 3 });
  });

  it('T3: are refused with other values, at the line that is there, and without the values', async () => {
    await using rig = await AdditionRig.open();
    const answer = await rig.objects(eve, { id: 'a1', age: 35, height: 1.8 });
    expect(answer).toMatchObject({ ok: false, failure: [{ place: { file: 'people.csv', line: 2 } }] });
    expect(problems(answer)).toEqual([
      'data-addition-conflict: Row 2 of the event has the key of a row that is there, with other values in age, smokes, born, mail',
    ]);
    expect(problems(await rig.objects(eve, { ...eve, age: 42 }))).toEqual([
      'data-addition-conflict: Row 2 of the event has the key of another one that was sent, with other values in age',
    ]);
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['a value out of range', [{ id: 'a3', age: 131 }], /Row 1 of the event breaks the contract: "age"/],
    ['a number in quotes', [{ id: 'a3', age: '41' }], /"age": expected an integer/],
    ['a number that JSON cannot hold', [{ id: 'a3', age: 2 ** 60 }], /"age"/],
    ['an endless number', [{ id: 'a3', height: Number.POSITIVE_INFINITY }], /"height"/],
    ['no key', [{ age: 41 }], /"id": expected a value/],
    ['an empty key', [{ id: '' }], /"id": expected a value/],
    ['a column that nobody knows', [{ id: 'a3', agee: 41 }], /"agee": expected no member that is no column/],
    ['a column that the contract leaves out', [{ id: 'a3', note: 'x' }], /"note"/],
    ['a list', [['a3']], /expected an object/],
    ['nothing', [null], /expected an object/],
    ['a nested value', [{ id: { id: 'a3' } }], /"id": expected a single value/],
    ['half a character', [{ id: 'a\ud800' }], /"id": expected text that UTF-8 can write/],
    ['a byte of zero', [{ id: 'a\0' }], /data-addition-unreadable/],
    ['the prototype', [JSON.parse('{"id":"a3","__proto__":{"age":1}}')], /"__proto__"/],
    ['no rows', [], /data-addition-empty/],
    ['a value that has to be unique', [{ id: 'a3', mail: 'a@example.org' }], /data-addition-verdict: .*mail/],
    ['too many rows', [3, 4, 5, 6, 7].map((n) => ({ id: `a${n}` })), /data-addition-verdict: .*row/],
  ])('D1: are refused all together for %s', async (_, rows, expected) => {
    await using rig = await AdditionRig.open();
    expect(problems(await rig.objects(...rows)).join('\n')).toMatch(expected);
    if (rows.length > 0) expect((await rig.objects({ id: 'good' }, ...rows)).ok).toBe(false);
  });

  it('never show a value, and name at most twenty rows', async () => {
    await using rig = await AdditionRig.open();
    const rows = Array.from({ length: 100 }, (_, i) => ({ id: `secret-${i}`, age: 'secret' }));
    const said = problems(await rig.objects(...rows));
    expect(said.length).toBeLessThanOrEqual(20);
    expect(said.join()).not.toContain('secret');
  });

  it('come as CSV, as lines of JSON and as Parquet, and are the same', async () => {
    await using rig = await AdditionRig.open();
    const csv = 'id;born;age;height;smokes;mail\na3;1983-01-02;41;1.7;false;e@example.org\na2;;;;;\n';
    const added = value(await rig.add({ kind: 'csv', shown: 'x', bytes: Buffer.from(csv) }));
    expect(added).toMatchObject({ taken: 1, skipped: 1 });
    const lines = `${JSON.stringify(eve)}\n\n${JSON.stringify({ id: 'a2' })}\r\n`;
    expect(value(await rig.add({ kind: 'ndjson', shown: 'x', bytes: Buffer.from(lines) }))).toEqual(added);
    await rig.rig.writeParquet(
      'x.parquet',
      `SELECT 'a3' AS id, 41::INTEGER AS age, 1.7::DOUBLE AS height, false AS smokes, DATE '1983-01-02' AS born, 'e@example.org' AS mail
       UNION ALL SELECT 'a2', NULL, NULL, NULL, NULL, ''`,
    );
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(join(rig.rig.root, 'x.parquet'));
    expect(value(await rig.add({ kind: 'parquet', shown: 'x', bytes }))).toEqual(added);
  });

  it.each([
    ['csv', 'id;age\na3;1\n', /data-addition-refused: x breaks the contract: "height": expected a column/],
    [
      'csv',
      'id;born;age;height;smokes;mail\na3;1983-02-31;x;;;\n',
      /Line 2 of x breaks the contract: "born"/,
    ],
    ['csv', 'id;born;age;height;smokes;mail\na3\n', /data-addition-unreadable: x cannot be read: line 2/],
    [
      'csv',
      'id,born,age,height,smokes,mail\na3,,,,,\n',
      /^data-addition-unreadable: x cannot be read: its columns are divided by ",", and those of the dataset by ";"$/,
    ],
    ['csv', '', /data-addition-unreadable/],
    ['csv', 'id;born;age;height;smokes;mail\n', /data-addition-empty/],
    ['ndjson', '{"id":"a3"}\n{', /line 2 is no JSON/],
    ['ndjson', '\xff', /data-addition-/],
    ['ndjson', '{"id":"a3"}\n[1]', /Line 2 of x breaks the contract: expected an object/],
    ['parquet', 'PAR1 and nothing else', /data-addition-unreadable/],
  ] as const)('say what is wrong with %s %j', async (kind, text, expected) => {
    await using rig = await AdditionRig.open();
    const answer = await rig.add({ kind, shown: 'x', bytes: Buffer.from(text, 'latin1') });
    expect(problems(answer).join('\n')).toMatch(expected);
    if (!answer.ok) for (const failure of answer.failure) expect(failure.place).toBeUndefined();
  });

  it('T3: whatever comes, what is written keeps the contract and holds what was there, or nothing is written', async () => {
    await using rig = await AdditionRig.open();
    const scalar = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const loose = fc.record({ id: scalar, age: scalar, mail: scalar, smokes: scalar }, { requiredKeys: [] });
    const good = fc.record({ id: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(good, loose, fc.jsonValue()), { maxLength: 3 }), async (rows) => {
        const answer = await rig.objects(...rows);
        if (!answer.ok) {
          expect(answer.failure.map(({ code }) => code)).not.toContain('sql-engine');
          return;
        }
        const { file, taken, skipped } = answer.value;
        expect(taken + skipped).toBe(rows.length);
        if (file === undefined) return;
        expect(Buffer.from(file.bytes).toString().startsWith(there)).toBe(true);
        await rig.keep(answer.value);
        expect(value(await rig.objects(...rows))).toMatchObject({ taken: 0, skipped: rows.length });
        await rig.rig.write('people.csv', there);
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});

describe('rows for a glob', () => {
  it('T3: stand in a new file that is named by its content and that the glob finds', async () => {
    const files = { 'd/p-1.csv': there, 'd/p-2.csv': `${head}\nb@example.org;;b1;;;;\n` };
    await using rig = await AdditionRig.open(files, 'd/p-*.csv');
    const added = value(await rig.objects(eve, { id: 'b1', mail: 'b@example.org' }));
    expect(added).toMatchObject({ taken: 1, skipped: 1, total: 4 });
    expect(added.file!.path).toMatch(/^d\/p-received-[0-9a-f]{16}\.csv$/);
    await rig.keep(added);
    expect(value(await rig.objects(eve))).toEqual({ taken: 0, skipped: 1, total: 4 });
  });

  it.each([
    ['data/*.csv', 'data/n.csv'],
    ['data/**', 'data/n.csv'],
    ['data/**/*.csv', 'data/n.csv'],
    ['data/{visits,more}-*.csv', 'data/visits-n.csv'],
    ['*-of-*.tsv', 'n-of-.tsv'],
    ['data/?.csv', undefined],
    ['data/[ab].csv', undefined],
    ['*/rows.csv', undefined],
    ['data/plain.csv', undefined],
    ['data/a b*.csv', undefined],
  ])('of %s are %s', (pattern, expected) => {
    expect(newFileOf(pattern, 'n')).toBe(expected);
  });
});

it('a file of Git LFS takes no rows', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  await using rig = await AdditionRig.open({ 'people.csv': pointer });
  expect(problems(await rig.objects(eve)).join()).toContain('data-addition-place');
});
