import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { splitPosition } from '../../src/data/index.ts';
import { failures, PrepareRig, value } from './prepare-rig.ts';

const numbered = (n: number): readonly string[] =>
  Array.from({ length: n }, (_, i) => `P${i},${i % 50},${i / 4},${['red', 'green', ''][i % 3]},${i % 2}`);
const csv = (rows: readonly string[], header = 'id,age,weight,color,y'): string =>
  `${[header, ...rows].join('\n')}\n`;

test('D4: the sides have all rows once, in the order of the source, by the position of their key', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(400)) });
  const { facts } = value(await rig.prepare());
  const all = Array.from({ length: 400 }, (_, i) => `P${i}`);
  expect(await rig.ids('train.parquet')).toEqual(all.filter((id) => splitPosition('', [id]) >= 0.25));
  expect(await rig.ids('held-out.parquet')).toEqual(all.filter((id) => splitPosition('', [id]) < 0.25));
  expect(facts.rows.train + facts.rows.heldOut).toBe(400);
  expect(facts.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
    'id string',
    'age integer',
    'weight number',
    'color string',
    'y integer',
  ]);
  expect(await readdir(rig.out)).toEqual([
    'facts.json',
    'held-out.parquet',
    'profile.json',
    'train.csv',
    'train.parquet',
  ]);
  expect(JSON.parse(await rig.read('facts.json'))).toEqual(JSON.parse(JSON.stringify(facts)));
});

test('D4: adding, shuffling and re-ordering rows, other files and Parquet never move a row to the other side', async () => {
  const rows = numbered(600);
  await using rig = await PrepareRig.open({ 'data.csv': csv(rows.slice(0, 200)) });
  await rig.prepare();
  const first = new Set(await rig.ids('held-out.parquet'));
  const shuffled = [...rows].sort((a, b) => (splitPosition('x', [a]) < splitPosition('x', [b]) ? -1 : 1));
  await rig.write('more/1.csv', csv(shuffled.slice(0, 250)));
  await rig.write('more/2.csv', csv(shuffled.slice(250)));
  await rig.writeParquet(
    'more/1.parquet',
    `SELECT 'P' || i AS id, i % 2 AS y FROM range(600) t(i) ORDER BY hash(i)`,
  );
  const grown: Set<unknown>[] = [];
  for (const [path, format] of [
    ['more/*.csv', 'csv'],
    ['more/*.parquet', 'parquet'],
  ] as const) {
    value(await rig.prepare({ path, format }));
    grown.push(new Set(await rig.ids('held-out.parquet')));
  }
  expect(grown[0]).toEqual(grown[1]);
  for (let i = 0; i < 200; i++) expect(grown[0]!.has(`P${i}`)).toBe(first.has(`P${i}`));
});

test('a whole number as key is the same key in CSV and Parquet, as text and as number', async () => {
  await using rig = await PrepareRig.open({
    'numbers.csv': csv(
      Array.from({ length: 100 }, (_, i) => `${i},1`),
      'id,y',
    ),
    'texts.csv': csv(['A,1', ...Array.from({ length: 100 }, (_, i) => `${i},1`)], 'id,y'),
  });
  await rig.writeParquet('numbers.parquet', 'SELECT i::INTEGER AS id FROM range(100) t(i)');
  await rig.prepare({ path: 'numbers.csv' });
  const held = (await rig.ids('held-out.parquet')).map(String);
  expect(held).toEqual(
    Array.from({ length: 100 }, (_, i) => String(i)).filter((id) => splitPosition('', [id]) < 0.25),
  );
  await rig.prepare({ path: 'numbers.parquet', format: 'parquet' });
  expect((await rig.ids('held-out.parquet')).map(String)).toEqual(held);
  await rig.prepare({ path: 'texts.csv' });
  expect((await rig.ids('held-out.parquet')).filter((id) => id !== 'A')).toEqual(held);
});

test('the outputs have the same bytes for any number of threads', async () => {
  await using rig = await PrepareRig.open({});
  await rig.writeParquet(
    'data.parquet',
    `SELECT 'K' || i AS id, sin(i) AS x, CASE WHEN i % 7 > 0 THEN cos(i) END AS z, 'c' || (i * 31) % 1000 AS c FROM range(130000) t(i)`,
  );
  const digests: string[][] = [];
  for (const threads of [1, 2, 4]) {
    value(await rig.prepare({ path: 'data.parquet', format: 'parquet' }, { threads }));
    const names = ['train.parquet', 'held-out.parquet', 'facts.json', 'profile.json'];
    digests.push(await Promise.all(names.map((name) => rig.digest(name))));
  }
  expect(digests[1]).toEqual(digests[0]);
  expect(digests[2]).toEqual(digests[0]);
});

test('train.csv has the training rows with their values as they were written', async () => {
  await using rig = await PrepareRig.open({
    'data.csv': 'id;text;n\r\nP1;"a;b ""c"" ü\r\nd";1.50\r\nP2;;2\r\nP4;x,y;3e1\r\n',
  });
  const { facts } = value(await rig.prepare({ delimiter: ';' }));
  expect(facts.rows).toEqual({ total: 3, train: 2, heldOut: 1 });
  const kept = ['P1', 'P2', 'P4'].filter((id) => splitPosition('', [id]) >= 0.25);
  const written: Record<string, string> = {
    P1: 'P1,"a;b ""c"" ü\r\nd",1.50',
    P2: 'P2,,2',
    P4: 'P4,"x,y",3e1',
  };
  expect(await rig.read('train.csv')).toBe(`${['id,text,n', ...kept.map((id) => written[id])].join('\n')}\n`);
});

test('files with other column orders and line ends keep the order of their rows', async () => {
  const lines = (from: number, line: (i: number) => string, end: string): string =>
    Array.from({ length: 3000 }, (_, i) => line(from + i) + end).join('');
  await using rig = await PrepareRig.open({
    'data/1.csv': `id,n\n${lines(0, (i) => `${i},${i}`, '\n')}`,
    'data/2.csv': `n,id\r\n${lines(3000, (i) => `${i},${i}`, '\r\n')}`,
    'data/3.csv': `id,n\n${lines(6000, (i) => `${i},${i}`, '\n')}`,
  });
  value(await rig.prepare({ path: 'data/*.csv', split: { test: 0 } }));
  const all = Array.from({ length: 9000 }, (_, i) => i);
  expect(await rig.ids('train.parquet')).toEqual(all);
  expect(await rig.read('train.csv')).toBe(`id,n\n${all.map((i) => `${i},${i}\n`).join('')}`);
});

test('a share of 0 holds nothing out and needs no key', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(5)) });
  expect(value(await rig.prepare({ split: { test: 0, stratify: 'y' } })).facts.rows.heldOut).toBe(0);
  expect(value(await rig.prepare({ key: [], split: { test: 0 } })).facts.rows.train).toBe(5);
  expect((await rig.table('held-out.parquet')).rows).toBe(0);
  expect([...(await rig.table('held-out.parquet')).columns.keys()]).toEqual([
    'id',
    'age',
    'weight',
    'color',
    'y',
  ]);
});

test('another salt holds other rows out', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(300)) });
  value(await rig.prepare({ split: { salt: 'a' } }));
  const first = await rig.ids('held-out.parquet');
  value(await rig.prepare({ split: { salt: 'b' } }));
  expect(await rig.ids('held-out.parquet')).not.toEqual(first);
});

test('rows with one key stay on one side and are counted', async () => {
  const rows = numbered(100);
  await using rig = await PrepareRig.open({
    'data.csv': csv([...rows, ...rows.slice(0, 30), ...rows.slice(0, 10)]),
  });
  const { facts } = value(await rig.prepare());
  expect(facts.duplicates).toEqual({ keys: 30, rows: 70 });
  const held = new Set(await rig.ids('held-out.parquet'));
  expect((await rig.ids('train.parquet')).some((id) => held.has(id))).toBe(false);
});

test('strata are reported with their share, missing values as one of them', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(300)) });
  const { facts } = value(await rig.prepare({ split: { stratify: 'color' } }));
  expect(facts.strata.map((stratum) => stratum.value)).toEqual(['green', 'red', null]);
  expect(facts.strata.map((stratum) => stratum.train + stratum.heldOut)).toEqual([100, 100, 100]);
});

test('keys in any script, of several columns, decide the side by their bytes', async () => {
  const ids = ['é', 'e\u0301', '身長', '🙂', ' x ', 'x', "o'k", 'a"b', '%_', '-0', '007', '7'];
  const rows = ids.flatMap((id, i) => [
    `"${id.replaceAll('"', '""')}",${i % 2}`,
    `"${id.replaceAll('"', '""')}",5`,
  ]);
  await using rig = await PrepareRig.open({ 'data.csv': csv(rows, 'id,part') });
  value(await rig.prepare({ key: ['id', 'part'], split: { test: 0.5 } }));
  const table = await rig.table('held-out.parquet');
  const parts = table.columns.get('part')!.values;
  const found = (await rig.ids('held-out.parquet')).map((id, i) => [String(id), String(parts[i])]);
  const all = ids.flatMap((id, i) => [
    [id, String(i % 2)],
    [id, '5'],
  ]);
  expect(found).toEqual(all.filter((key) => splitPosition('', key) < 0.5));
});

test('the fingerprint is that of the rows: the digests that the caller knows are used, bytes and folder agree', async () => {
  await using rig = await PrepareRig.open({
    'a/data.csv': csv(numbered(50)),
    'b/data.csv': csv(numbered(50)),
  });
  const a = value(await rig.prepare({ path: 'a/*.csv' })).facts;
  const asked: string[] = [];
  const b = value(
    await rig.prepare(
      { path: 'b/*.csv' },
      {
        digestFile: async (path) => {
          asked.push(path);
          return a.files[0]!.digest;
        },
      },
    ),
  ).facts;
  expect(asked).toEqual([`${rig.root}/b/data.csv`]);
  expect(b.fingerprint).toBe(a.fingerprint);
  expect(b.files[0]!.path).toBe('b/data.csv');
});

test('a file that changes while it is read is a failure', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(50)) });
  const prepared = await rig.prepare(
    {},
    {
      digestFile: async () => {
        await rig.write('data.csv', csv(numbered(51)));
        return `sha256:${'0'.repeat(64)}` as never;
      },
    },
  );
  expect(failures(prepared)[0]).toMatchObject({ code: 'data-file-changed', kind: 'world' });
});

test('types without a contract change no value: what is not clearly a number or boolean is text', async () => {
  await using rig = await PrepareRig.open({
    'data.csv': csv(
      [
        '1,1,007,1e3,true,12345678901234567890,,-0,1.5,2024-01-01,+1,1e999,True',
        '2,,8,-2.5,false,1,,1,9007199254740993,x,2,1,False',
      ],
      'id,integer,code,number,flag,big,empty,zero,mixed,date,plus,infinite,python',
    ),
  });
  const { facts } = value(await rig.prepare({ split: { test: 0 } }));
  expect(Object.fromEntries(facts.columns.map((column) => [column.name, column.type]))).toEqual({
    id: 'integer',
    integer: 'integer',
    code: 'string',
    number: 'number',
    flag: 'boolean',
    big: 'string',
    empty: 'string',
    zero: 'string',
    mixed: 'number',
    date: 'string',
    plus: 'string',
    infinite: 'string',
    python: 'string',
  });
  expect(facts.columns.every((column) => column.typedBy === 'values')).toBe(true);
});

test('a value late in a large file decides the type as one at the start does', async () => {
  const rows = Array.from(
    { length: 6000 },
    (_, i) => `${i},${i},${i === 5999 ? 'x' : i},${i < 5500 ? '' : '1.5'}`,
  );
  await using rig = await PrepareRig.open({ 'data.csv': csv(rows, 'id,a,b,c') });
  const { facts } = value(await rig.prepare());
  expect(facts.columns.map((column) => column.type)).toEqual(['integer', 'integer', 'string', 'number']);
});

test('Parquet without a contract has the types of its file; NaN and empty text are missing', async () => {
  await using rig = await PrepareRig.open({});
  await rig.writeParquet(
    'data.parquet',
    `SELECT 1::UTINYINT AS id, 2.5::DECIMAL(9, 2) AS price, 'nan'::FLOAT AS f, '' AS s, true AS b,
     DATE '2024-02-29' AS d, TIMESTAMPTZ '2024-02-29 12:00:00+02' AS t`,
  );
  const { facts, profile } = value(
    await rig.prepare({ path: 'data.parquet', format: 'parquet', split: { test: 0 } }),
  );
  expect(facts.columns.map((column) => column.type)).toEqual([
    'integer',
    'number',
    'number',
    'string',
    'boolean',
    'date',
    'timestamp',
  ]);
  expect(profile.columns.map((column) => column.nulls)).toEqual([0, 0, 1, 1, 0, 0, 0]);
  expect([...(await rig.table('train.parquet')).columns.get('t')!.values]).toEqual([
    Date.UTC(2024, 1, 29, 10),
  ]);
});

test.each([
  ['no-such.csv', {}, 'data-no-files'],
  ['../data.csv', {}, 'data-path-outside'],
  ['data.csv.gz', {}, 'data-format'],
  ['data.csv', { format: 'parquet' as const }, 'data-format'],
  ['data.csv', { key: ['idd'] }, 'data-column-unknown'],
  ['data.csv', { target: 'Y' }, 'data-column-unknown'],
  ['data.csv', { split: { stratify: 'colour' } }, 'data-column-unknown'],
  ['data.csv', { key: [] }, 'data-key-unset'],
  ['data.csv', { key: ['weight'] }, 'data-key-type'],
  ['data.csv', { split: { stratify: 'id' } }, 'data-strata-too-many'],
  ['header.csv', {}, 'data-no-rows'],
  ['one.csv', {}, 'data-side-empty'],
  ['rare.csv', { split: { stratify: 'y' } }, 'data-stratum-empty'],
  ['keyless.csv', {}, 'data-key-missing'],
  ['empty.csv', {}, 'sql-csv-empty'],
  ['twice.csv', {}, 'sql-columns-duplicate'],
  ['parts/*.csv', {}, 'sql-columns-differ'],
])('%s with %o fails as %s and leaves no work behind', async (path, dataset, code) => {
  const files = {
    'data.csv': csv(numbered(200)),
    'data.csv.gz': '',
    'header.csv': csv([]),
    'one.csv': csv(['P1,1,1,red,1']),
    'rare.csv': csv([...numbered(200), 'R,1,1,red,9']),
    'keyless.csv': csv([...numbered(20), ',1,1,red,1']),
    'empty.csv': '',
    'twice.csv': csv(['a,1,1,red,1'], 'id,age,age,color,y'),
    'parts/1.csv': csv(numbered(20)),
    'parts/2.csv': csv(['P1,1'], 'id,y'),
  };
  await using rig = await PrepareRig.open(files);
  const found = failures(await rig.prepare({ path, ...dataset }));
  expect(found.map((failure) => failure.code)).toContain(code);
  expect(found.every((failure) => failure.remedy !== undefined)).toBe(true);
  expect(await readdir(rig.out)).toEqual([]);
});

test('all rows held out is a failure, as is none', async () => {
  await using rig = await PrepareRig.open({ 'data.csv': csv(numbered(3)) });
  expect(failures(await rig.prepare({ split: { test: 0.999999 } }))[0]!.message).toBe(
    'none of the 3 rows is a training row at `test: 0.999999`',
  );
  expect(failures(await rig.prepare({ split: { test: 1e-9 } }))[0]!.message).toContain('held-out');
});

test('a row without a key is named by file and line, quoted line ends counted', async () => {
  await using rig = await PrepareRig.open({
    'data/1.csv': 'id,t\r\na,"1\r\n2"\r\nb,x\r\n',
    'data/2.csv': 'id,t\n"c","\n\n"\n,y\n"",z\nd,\n',
  });
  expect(failures(await rig.prepare({ path: 'data/*.csv' })).map((failure) => failure.place)).toEqual([
    { file: 'data/2.csv', line: 5 },
    { file: 'data/2.csv', line: 6 },
  ]);
});
