import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, quoteName, quoteText } from '../../src/sql/index.ts';

describe('a SQL session', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-sql-'));
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in', 'a.csv'), 'a\n1\n');
    await writeFile(join(folder, 'secret.csv'), 'a\nsecret\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('gives small results as plain objects', async () => {
    await using session = await openSession();
    const rows = await session.rows(
      `SELECT 1::BIGINT AS big, 2.5::DECIMAL(9, 2) AS decimal, true AS yes, 'x' AS text, NULL AS nothing,
        DATE '2024-02-29' AS day, [1, 2]::BIGINT[] AS list, { a: 1::BIGINT } AS struct, 'nan'::DOUBLE AS nan`,
    );
    expect(rows).toEqual([
      {
        big: 1,
        decimal: 2.5,
        yes: true,
        text: 'x',
        nothing: null,
        day: '2024-02-29',
        list: [1, 2],
        struct: { a: 1 },
        nan: Number.NaN,
      },
    ]);
  });

  test('refuses to round an integer beyond 2^53 in a small result', async () => {
    await using session = await openSession();
    await expect(session.rows('SELECT 9007199254740993 AS x')).rejects.toThrow(RangeError);
    expect(await session.rows('SELECT 9007199254740991 AS x')).toEqual([{ x: 9007199254740991 }]);
  });

  test('gives large results as columns, with NaN for a missing number and null for a missing text', async () => {
    await using session = await openSession();
    const table = await session.table(
      `SELECT i::BIGINT AS i, if(i % 2 = 0, NULL, i / 2) AS half, i = 1 AS one, if(i = 2, NULL, 't' || i) AS text,
        DATE '1970-01-02' AS day, TIMESTAMP '1970-01-01 00:00:00.0015' AS moment, ['x'] AS list
      FROM range(5000) r(i) ORDER BY i`,
    );
    expect(table.rows).toBe(5000);
    expect([...table.columns.keys()]).toEqual(['i', 'half', 'one', 'text', 'day', 'moment', 'list']);
    const column = (name: string) => table.columns.get(name)!;
    expect(column('i').values[4321]).toBe(4321);
    expect([...column('half').values.slice(0, 4)]).toEqual([Number.NaN, 0.5, Number.NaN, 1.5]);
    expect([...column('one').values.slice(0, 3)]).toEqual([0, 1, 0]);
    expect(column('text').values.slice(0, 3)).toEqual(['t0', 't1', null]);
    expect(column('day').values[0]).toBe(86_400_000);
    expect(column('moment').values[0]).toBe(1.5);
    expect(column('list').values[0]).toBe("['x']");
  });

  test('takes parameters', async () => {
    await using session = await openSession();
    expect(await session.rows('SELECT ? AS a, ? AS b, ? AS c, ? AS d', ["it's", 1.5, true, null])).toEqual([
      { a: "it's", b: 1.5, c: true, d: null },
    ]);
  });

  test('reaches the allowed paths and nothing else (P5)', async () => {
    await using session = await openSession({
      allowedPaths: [join(folder, 'in'), join(folder, 'out.parquet')],
    });
    const inside = join(folder, 'in');
    expect(
      await session.rows(`FROM read_csv(${quoteText(join(inside, 'a.csv'))}, all_varchar = true)`),
    ).toEqual([{ a: '1' }]);
    await session.run(`COPY (SELECT 1) TO ${quoteText(join(folder, 'out.parquet'))}`);
    const refused = [
      `FROM read_csv(${quoteText(join(folder, 'secret.csv'))})`,
      `FROM read_text(${quoteText(join(inside, '..', 'secret.csv'))})`,
      `FROM read_text(${quoteText(`${inside}/../secret.csv`)})`,
      `FROM glob('/etc/*')`,
      `COPY (SELECT 1) TO ${quoteText(join(folder, 'other.parquet'))}`,
      `ATTACH ${quoteText(join(folder, 'other.db'))}`,
      'INSTALL httpfs',
      'LOAD httpfs',
      "FROM read_csv('https://localhost:1/x.csv')",
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      "SET memory_limit = '100GB'",
      "SELECT getenv('HOME')",
    ];
    for (const sql of refused) await expect(session.run(sql), sql).rejects.toThrow();
    await expect(readFile(join(folder, 'other.parquet'))).rejects.toThrow();
  });

  test('ends a statement that is interrupted, and goes on', async () => {
    await using session = await openSession();
    const slow = session.rows('SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)');
    setTimeout(() => session.interrupt(), 50);
    await expect(slow).rejects.toThrow(/interrupt/i);
    expect(await session.rows('SELECT 1 AS a')).toEqual([{ a: 1 }]);
  });

  test('keeps to its memory limit by failing, not by taking the machine', async () => {
    await using session = await openSession({ memoryLimit: '50MB' });
    await expect(
      session.rows('SELECT count(*) FROM (SELECT DISTINCT i, i::VARCHAR FROM range(20000000) r(i))'),
    ).rejects.toThrow(/memory/i);
  });

  test('quotes any name and any text', async () => {
    await using session = await openSession();
    for (const odd of ['a"b', "it's", 'a\\b', 'new\nline', 'é😀', "';--", 'nul\0inside', '\0', '']) {
      expect(await session.rows(`SELECT ${quoteText(odd)} AS x`)).toEqual([{ x: odd }]);
      if (odd !== '' && !odd.includes('\0')) {
        expect(await session.rows(`SELECT 1 AS ${quoteName(odd)}`)).toEqual([{ [odd]: 1 }]);
      }
    }
  });
});
