import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServable } from '../../src/servable/index.ts';
import { expectedYes, goodRows, Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.open();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

async function rejectsOf(output: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(rig.path(`${output}.rejects.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('batch scoring', () => {
  it('S3: answers every row of Parquet in its order, whatever parts and threads it takes', async () => {
    const input = await rig.parquet('in.parquet', goodRows(0, 20_000));
    for (const [output, more] of [
      ['whole.parquet', {}],
      ['parts.parquet', { partRows: 3000, threads: 1 }],
    ] as const) {
      const report = await rig.score(rig.job([input], output, more));
      expect(report).toMatchObject({ verdict: 'pass', rows: 20_000, scored: 20_000, rejected: 0 });
      const [found] = await rig.session.rows(
        `SELECT count(*) AS n, sum((o.id = i.id AND o.note IS NOT DISTINCT FROM i.note)::INT) AS same,
           max(abs(o.probability_yes - ${expectedYes.replaceAll('(a ', '(i.a ').replaceAll('kind', 'i.kind')})) AS off,
           sum((o.label = CASE WHEN o.probability_yes > o.probability_no THEN 'yes' ELSE 'no' END)::INT) AS labels
         FROM '${rig.path('in.parquet')}' i POSITIONAL JOIN '${rig.path(output)}' o`,
      );
      expect(found).toMatchObject({ n: 20_000, same: 20_000, labels: 20_000 });
      expect((found as { off: number }).off).toBeLessThan(1e-12);
    }
    expect(await readdir(rig.folder)).not.toContain('parts.parquet.parts');
  });

  it('S3: the same rows give the same bytes, and files of many parts are good Parquet with the model in its metadata', async () => {
    const input = await rig.parquet('same.parquet', goodRows(0, 9000));
    await rig.score(rig.job([input], 'one.parquet', { partRows: 2048 }));
    await rig.score(rig.job([input], 'two.parquet', { partRows: 2048, threads: 1 }));
    expect((await readFile(rig.path('one.parquet'))).equals(await readFile(rig.path('two.parquet')))).toBe(
      true,
    );
    const metadata = await rig.session.rows<{ key: string; value: string }>(
      `SELECT key::VARCHAR AS key, value::VARCHAR AS value FROM parquet_kv_metadata('${rig.path('one.parquet')}')`,
    );
    const said = Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
    expect(said).toMatchObject({ 'trainyard.model': 'risk', 'trainyard.version': 'v1.0.0' });
    expect(said['trainyard.digest']).toMatch(/^sha256:/);
    const groups = await rig.session.rows<{ n: number }>(
      `SELECT count(DISTINCT row_group_id) AS n FROM parquet_metadata('${rig.path('one.parquet')}')`,
    );
    expect(groups[0]!.n).toBe(5);
  });

  it('S3: CSV and Parquet, in and out, say the same', async () => {
    const parquet = await rig.parquet('both.parquet', goodRows(0, 500));
    const csv = await rig.csv('both.csv', goodRows(0, 500));
    const answers: unknown[][] = [];
    for (const [from, to] of [
      [parquet, 'pp.parquet'],
      [parquet, 'pc.csv'],
      [csv, 'cp.parquet'],
      [csv, 'cc.csv'],
    ] as const) {
      await rig.score(rig.job([from], to, { partRows: 200 }));
      answers.push(
        await rig.session.rows(
          `SELECT id, a::DOUBLE AS a, kind, note, label, probability_yes::DOUBLE AS yes FROM ${to.endsWith('.csv') ? `read_csv('${rig.path(to)}', all_varchar = true)` : `'${rig.path(to)}'`}`,
        ),
      );
    }
    expect(answers[0]).toHaveLength(500);
    for (const other of answers.slice(1)) expect(other).toEqual(answers[0]);
  });

  it('S3: many files are one table, and each row keeps its place', async () => {
    const files = [await rig.csv('f1.csv', goodRows(0, 10)), await rig.csv('f2.csv', goodRows(10, 25))];
    await writeFile(rig.path('f3.csv'), 'a,note,kind,id\n1,x,low,P1\n99,"two\nlines",low,P2\n1,,high,P3\n');
    const report = await rig.score(rig.job([...files, 'f3.csv'], 'many.csv', { partRows: 7 }));
    expect(report).toMatchObject({ rows: 28, scored: 27, rejected: 1, verdict: 'fail' });
    expect(await rejectsOf('many.csv')).toEqual([
      {
        row: 27,
        file: 'f3.csv',
        file_row: 2,
        line: 3,
        column: 'a',
        rule: 'range',
        expected: 'between -10 and 10',
        value: '99',
      },
    ]);
  });

  it('D1, P5: a row that breaks the contract is rejected with every reason, and nothing of a personal column', async () => {
    await writeFile(
      rig.path('bad.csv'),
      [
        'id,a,kind,note',
        'secret-7,nan,odd,x',
        'P2,,low,x',
        'P3,1,low,ok',
        `P4,11,high,${'n'.repeat(300)}`,
        '',
      ].join('\n'),
    );
    const report = await rig.score(rig.job(['bad.csv'], 'bad.out.csv', { partRows: 2 }));
    expect(report).toMatchObject({ scored: 1, rejected: 3, verdict: 'fail' });
    const lines = await rejectsOf('bad.out.csv');
    const told = lines.map(({ row, line, column, rule, value }) => [row, line, column, rule, value]);
    expect(told).toEqual([
      [1, 2, 'id', 'pattern', null],
      [1, 2, 'a', 'type', 'nan'],
      [1, 2, 'kind', 'enum', 'odd'],
      [2, 3, 'a', 'required', null],
      [4, 5, 'a', 'range', '11'],
      [4, 5, 'note', 'length', `${'n'.repeat(200)}…`],
    ]);
    expect(JSON.stringify([lines, report])).not.toContain('secret');
    expect(await readFile(rig.path('bad.out.csv'), 'utf8')).toMatch(
      /^id,a,kind,note,label,probability_no,probability_yes\nP3,1,low,ok,yes,/,
    );
  });

  it('S3: a share of rejects may be allowed; rejects can be Parquet, and those of an earlier job go', async () => {
    const input = await rig.parquet(
      'some.parquet',
      `SELECT * REPLACE (CASE WHEN id = 'P3' THEN 50 ELSE a END AS a) FROM (${goodRows(0, 10)})`,
    );
    const job = rig.job([input], 'some.out.parquet', {
      rejects: rig.path('why.parquet'),
      rejectsFormat: 'parquet',
      maxRejects: 0.1,
    });
    expect(await rig.score(job)).toMatchObject({ verdict: 'pass', rejected: 1 });
    const [line] = await rig.session.rows(`SELECT * FROM '${rig.path('why.parquet')}'`);
    expect(line).toMatchObject({
      row: 4,
      file: 'some.parquet',
      file_row: 4,
      line: null,
      column: 'a',
      value: '50.0',
    });
    expect(await rig.score({ ...job, maxRejects: 0.05 })).toMatchObject({ verdict: 'fail' });
    await rig.parquet('some.parquet', goodRows(0, 10));
    await rig.score(job);
    expect(await readdir(rig.folder)).not.toContain('why.parquet');
  });

  it('D1: finds in files what the server finds in requests', async () => {
    const opened = await openServable(rig.servable);
    if (!opened.ok) throw new Error(opened.failure.message);
    await using servable = opened.value;
    const text = fc.oneof(
      fc.constantFrom('low', 'high', 'odd', 'P1', 'Pé', 'ä'.repeat(21)),
      fc.string({ maxLength: 24 }),
    );
    const row = fc.record({
      id: fc.option(text.filter((value) => !/[\0\ud800-\udfff]/.test(value) && value !== '')),
      a: fc.option(
        fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -12, max: 12 })),
      ),
      kind: fc.option(text.filter((value) => !/[\0\ud800-\udfff]/.test(value) && value !== '')),
      note: fc.option(text.filter((value) => !/[\0\ud800-\udfff]/.test(value) && value !== '')),
    });
    const [rows] = fc.sample(fc.array(row, { minLength: 300, maxLength: 300 }), 1);
    const quoted = (value: unknown): string =>
      value === null
        ? ''
        : typeof value === 'number'
          ? String(value === 0 ? 0 : value)
          : `"${String(value).replaceAll('"', '""')}"`;
    const lines = rows!.map(({ id, a, kind, note }) => [id, a, kind, note].map(quoted).join(','));
    await writeFile(rig.path('random.csv'), `id,a,kind,note\n${lines.join('\n')}\n`);
    await rig.score(rig.job(['random.csv'], 'random.out.csv', { partRows: 64 }));
    const found = new Map<number, string[]>();
    for (const { row: number, column, rule } of await rejectsOf('random.out.csv')) {
      found.set(number as number, [...(found.get(number as number) ?? []), `${column} ${rule}`]);
    }
    for (const [i, each] of rows!.entries()) {
      const expected = servable.check(each).map(({ column, rule }) => `${column} ${rule}`);
      expect([i, (found.get(i + 1) ?? []).sort()]).toEqual([i, [...expected].sort()]);
    }
  });

  it('S3: keeps the columns that are asked for', async () => {
    const input = await rig.parquet('kept.parquet', goodRows(0, 4));
    const namesOf = async (output: string): Promise<string[]> =>
      (await rig.session.rows<{ column_name: string }>(`DESCRIBE FROM '${rig.path(output)}'`)).map(
        ({ column_name }) => column_name,
      );
    const answers = ['label', 'probability_no', 'probability_yes'];
    await rig.score(rig.job([input], 'key.parquet', { columns: 'key' }));
    expect(await namesOf('key.parquet')).toEqual(['id', ...answers]);
    await rig.score(rig.job([input], 'none.parquet', { columns: 'none', prefix: 'risk_' }));
    expect(await namesOf('none.parquet')).toEqual(answers.map((name) => `risk_${name}`));
    await rig.score(rig.job([input], 'named.parquet', { columns: ['note', 'a'] }));
    expect(await namesOf('named.parquet')).toEqual(['note', 'a', ...answers]);
  });

  it('S3: an empty table has an empty answer with its columns', async () => {
    const input = await rig.parquet('empty.parquet', goodRows(0, 0));
    expect(await rig.score(rig.job([input], 'empty.out.parquet'))).toMatchObject({
      rows: 0,
      verdict: 'pass',
    });
    const [counted] = await rig.session.rows(
      `SELECT count(*) AS n, count(probability_yes) AS c FROM '${rig.path('empty.out.parquet')}'`,
    );
    expect(counted).toEqual({ n: 0, c: 0 });
  });

  it('refuses what cannot be right before anything is written', async () => {
    await rig.parquet('good.parquet', goodRows(0, 3));
    await rig.parquet('typo.parquet', `SELECT id, a, kind AS kinds, note FROM (${goodRows(0, 3)})`);
    await rig.parquet('taken.parquet', `SELECT *, 1 AS "Label" FROM (${goodRows(0, 3)})`);
    await writeFile(rig.path('ragged.csv'), 'id,a,kind,note\nP1,1,low\n');
    await copyFile(rig.path('good.parquet'), rig.path('cut.parquet'));
    await writeFile(rig.path('cut.parquet'), (await readFile(rig.path('cut.parquet'))).subarray(0, 200));
    const before = await readdir(rig.folder);
    expect(await rig.codes(rig.job(['typo.parquet'], 'x.parquet'))).toEqual(['batch-column-missing']);
    expect(await rig.codes(rig.job(['taken.parquet'], 'x.parquet'))).toEqual(['batch-column-taken']);
    expect(await rig.codes(rig.job(['ragged.csv'], 'x.parquet'))).toEqual(['sql-csv-ragged']);
    expect(await rig.codes(rig.job(['cut.parquet'], 'x.parquet'))).toEqual(['sql-parquet-unreadable']);
    expect(await rig.codes(rig.job(['good.parquet'], 'good.parquet'))).toEqual(['batch-output-is-input']);
    expect(await rig.codes(rig.job(['good.parquet'], 'no/such/x.parquet'))).toEqual([
      'batch-output-unwritable',
    ]);
    expect(await rig.codes(rig.job(['good.parquet'], 'x.parquet', { columns: ['nte'] }))).toEqual([
      'batch-column-unknown',
    ]);
    expect(await readdir(rig.folder)).toEqual(before);
    const failure = await rig
      .score(rig.job(['typo.parquet'], 'x.parquet'))
      .catch((error: Error) => error.message);
    expect(failure).toContain('Is it \\"kinds\\"?');
  });

  it('does not touch a folder of somebody else where its parts would be', async () => {
    await rig.parquet('mine.parquet', goodRows(0, 3));
    expect(await rig.codes(rig.job(['mine.parquet'], 'y.parquet', { work: rig.servable }))).toEqual([
      'batch-output-unwritable',
    ]);
    expect((await stat(`${rig.servable}/model.onnx`)).isFile()).toBe(true);
  });
});
