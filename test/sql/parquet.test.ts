import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlSession } from '../../src/sql/index.ts';
import {
  openSession,
  openSource,
  parquetColumns,
  quoteText,
  writeCsv,
  writeParquet,
} from '../../src/sql/index.ts';

let folder: string;
let session: SqlSession;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-parquet-'));
  session = await openSession({ allowedPaths: [folder] });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const named = (shown: string) => ({ path: join(folder, shown), shown });

async function sourceOf(...files: string[]) {
  return openSource(session, { files: files.map(named), format: 'parquet' });
}

describe('a Parquet source', () => {
  test('has the columns, types and rows of its files, and the place of each row', async () => {
    await writeParquet(
      session,
      "SELECT i AS a, 'x' || i AS b FROM range(3) r(i)",
      join(folder, 'one.parquet'),
    );
    await writeParquet(
      session,
      "SELECT 'y' || i AS b, i AS a FROM range(10, 12) r(i)",
      join(folder, 'two.parquet'),
    );
    const source = await sourceOf('one.parquet', 'two.parquet');
    if (!source.ok) throw new Error(JSON.stringify(source.failure));
    const { columns, rows, scan, numberedScan } = source.value;
    expect(columns).toEqual([
      { name: 'a', type: 'BIGINT' },
      { name: 'b', type: 'VARCHAR' },
    ]);
    expect(rows).toBe(5);
    expect(await session.rows(`SELECT sum(a) AS a, max(b) AS b FROM ${scan}`)).toEqual([{ a: 24, b: 'y11' }]);
    const found = await session.rows<{ a: number; '@position': number }>(`FROM ${numberedScan}`);
    expect(found.map((row) => `${row['@position']} ${row.a}`)).toEqual(['0 0', '1 1', '2 2', '3 10', '4 11']);
    expect(await source.value.locate([4, 0])).toEqual([
      { file: 'two.parquet', row: 2 },
      { file: 'one.parquet', row: 1 },
    ]);
    expect(await parquetColumns(session, named('one.parquet'))).toEqual({ ok: true, value: columns });
  });

  test('takes columns with the names of options and of its own columns', async () => {
    const select = 'SELECT 1 AS filename, 2 AS file_row_number, 3 AS file_index, 4 AS position';
    await writeParquet(session, select, join(folder, 'year=2024.parquet'));
    const source = await sourceOf('year=2024.parquet');
    if (!source.ok) throw new Error(JSON.stringify(source.failure));
    expect(await session.rows(`FROM ${source.value.scan}`)).toEqual([
      { filename: 1, file_row_number: 2, file_index: 3, position: 4 },
    ]);
  });

  test('refuses files that are missing, damaged, no Parquet, or of other columns and types', async () => {
    await writeParquet(session, 'SELECT 1 AS a', join(folder, 'a.parquet'));
    await writeParquet(session, "SELECT 'x' AS a", join(folder, 'text.parquet'));
    await writeParquet(session, 'SELECT 1 AS b', join(folder, 'b.parquet'));
    const bytes = await readFile(join(folder, 'a.parquet'));
    await writeFile(join(folder, 'cut.parquet'), bytes.subarray(0, bytes.length - 10));
    await writeFile(join(folder, 'csv.parquet'), 'a\n1\n');
    await writeFile(join(folder, 'empty.parquet'), '');
    const codes = async (...files: string[]) => {
      const source = await sourceOf(...files);
      return source.ok ? [] : source.failure.map((failure) => `${failure.code} ${failure.place?.file}`);
    };
    expect(await codes('nothing.parquet')).toEqual(['sql-file-unreadable nothing.parquet']);
    for (const file of ['cut.parquet', 'csv.parquet', 'empty.parquet']) {
      expect(await codes(file)).toEqual([`sql-parquet-unreadable ${file}`]);
    }
    expect(await codes('a.parquet', 'text.parquet', 'b.parquet')).toEqual([
      'sql-columns-differ text.parquet',
      'sql-columns-differ b.parquet',
    ]);
    expect(await codes()).toHaveLength(1);
  });
});

describe('writing', () => {
  const query = `SELECT i, i / 7 AS x, if(i % 3 = 0, NULL, 'text ' || (i * 7919) % 1000) AS t, i % 2 = 0 AS b,
    DATE '2020-01-01' + (i % 500)::INTEGER AS d FROM range(200000) r(i) ORDER BY i`;

  test('the same rows gives the same bytes, whatever the threads', async () => {
    const written: Buffer[] = [];
    const tables: Buffer[] = [];
    for (const threads of [1, 2, 4]) {
      await using other = await openSession({ threads, allowedPaths: [folder] });
      await writeParquet(other, query, join(folder, `same-${threads}.parquet`));
      await writeCsv(other, query, join(folder, `same-${threads}.csv`));
      written.push(await readFile(join(folder, `same-${threads}.parquet`)));
      tables.push(await readFile(join(folder, `same-${threads}.csv`)));
    }
    expect(written.every((bytes) => bytes.equals(written[0]!))).toBe(true);
    expect(tables.every((bytes) => bytes.equals(tables[0]!))).toBe(true);
  });

  test('CSV that is read back as it was', async () => {
    const texts = ['plain', 'a,b', 'say "no"', 'two\nlines', 'é😀', ' blank ', '"', '#x', 'NULL'];
    const values = texts.map((text, i) => `(${i}, ${quoteText(text)})`).join(', ');
    const file = join(folder, 'back.csv');
    await writeCsv(session, `SELECT * FROM (VALUES ${values}, (99, NULL)) v(i, t) ORDER BY i`, file);
    const source = await openSource(session, { files: [{ path: file, shown: 'back.csv' }], format: 'csv' });
    if (!source.ok) throw new Error(JSON.stringify(source.failure));
    const rows = await session.rows<{ t: string | null }>(`SELECT t FROM ${source.value.scan}`);
    expect(rows.map((row) => row.t)).toEqual([...texts, null]);
  });

  test('spills to the folder that it was given, and only there', async () => {
    const big = 'SELECT i, count(*) FROM range(3000000) r(i) GROUP BY i ORDER BY i DESC';
    const spillFolder = join(folder, 'spill');
    await using poor = await openSession({ memoryLimit: '60MB' });
    await expect(poor.rows(`SELECT count(*) AS n FROM (${big})`)).rejects.toThrow(/memory/i);
    await using spilling = await openSession({ memoryLimit: '60MB', spillFolder });
    expect(await spilling.rows(`SELECT count(*) AS n FROM (${big} LIMIT 2000000)`)).toEqual([
      { n: 2_000_000 },
    ]);
    await expect(spilling.run(`COPY (SELECT 1) TO ${quoteText(join(folder, 'x.csv'))}`)).rejects.toThrow();
  });
});
