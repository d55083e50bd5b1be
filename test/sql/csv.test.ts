import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RowSource, SqlSession } from '../../src/sql/index.ts';
import { openSession, openSource } from '../../src/sql/index.ts';

let folder: string;
let session: SqlSession;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-csv-'));
  session = await openSession({ allowedPaths: [folder] });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

let made = 0;
async function sourceOf(...contents: (string | Uint8Array)[]) {
  const files = [];
  for (const content of contents) {
    const shown = `f${made++}.csv`;
    await writeFile(join(folder, shown), content);
    files.push({ path: join(folder, shown), shown });
  }
  return openSource(session, { files, format: 'csv' });
}

async function opened(...contents: (string | Uint8Array)[]): Promise<RowSource> {
  const source = await sourceOf(...contents);
  if (!source.ok) throw new Error(JSON.stringify(source.failure));
  return source.value;
}

async function refusal(content: string | Uint8Array): Promise<string> {
  const source = await sourceOf(content);
  if (source.ok) return 'accepted';
  const [failure] = source.failure;
  expect(failure!.place?.file).toBe(`f${made - 1}.csv`);
  expect(failure!.remedy).toBeTruthy();
  return failure!.place?.line === undefined
    ? failure!.code
    : `${failure!.code} at line ${failure!.place.line}`;
}

const read = (source: RowSource) => session.rows(`FROM ${source.scan}`);

describe('a strict CSV source', () => {
  test('reads every column as text, and an empty field, quoted or not, as missing', async () => {
    const source = await opened('a,b,c\n1,007,""\n 2 ,,x\n');
    expect(source.columns).toEqual([
      { name: 'a', type: 'VARCHAR' },
      { name: 'b', type: 'VARCHAR' },
      { name: 'c', type: 'VARCHAR' },
    ]);
    expect(await read(source)).toEqual([
      { a: '1', b: '007', c: null },
      { a: ' 2 ', b: null, c: 'x' },
    ]);
  });

  test('takes CRLF, a byte order mark, a missing last line end, and quotes around anything', async () => {
    expect(await read(await opened('a,b\r\n1,"x\r\ny"\r\n3,4'))).toEqual([
      { a: '1', b: 'x\r\ny' },
      { a: '3', b: '4' },
    ]);
    expect(await read(await opened('\ufeff"a","b"\n1,"say ""no"""\n'))).toEqual([{ a: '1', b: 'say "no"' }]);
    expect(await read(await opened('a,b'))).toEqual([]);
  });

  test('does not take a comment, a number or a null for anything but text', async () => {
    expect(await read(await opened('a,b\n#1,NULL\n1e5,nan\n'))).toEqual([
      { a: '#1', b: 'NULL' },
      { a: '1e5', b: 'nan' },
    ]);
  });

  test('skips empty lines of a table, and takes them for missing values of a single column', async () => {
    const table = await opened('a,b\n\n1,2\n\n\n3,4\n\n');
    expect(table.rows).toBe(2);
    expect(await read(table)).toHaveLength(2);
    expect(await table.locate([0, 1])).toMatchObject([{ line: 3 }, { line: 6 }]);
    const single = await opened('a\n\n1\n\n');
    expect(single.rows).toBe(3);
    expect(await read(single)).toEqual([{ a: null }, { a: '1' }, { a: null }]);
  });

  test.each([
    ['an empty file', '', 'sql-csv-empty'],
    ['a file of one byte order mark', '\ufeff', 'sql-csv-empty'],
    ['a row with too few fields', 'a,b\n1,2\n3\n', 'sql-csv-ragged at line 3'],
    ['a row with too many fields', 'a,b\n1,2,3\n', 'sql-csv-ragged at line 2'],
    ['a delimiter too many at the end of a row', 'a,b\n1,2,\n', 'sql-csv-ragged at line 2'],
    ['a ragged row after quoted line ends', 'a,b\n"x\ny\nz",2\n3\n', 'sql-csv-ragged at line 5'],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', 'sql-csv-quote-open at line 3'],
    ['a quote inside a plain field', 'a,b\n1,5" pipe\n', 'sql-csv-quote at line 2'],
    ['a quote after a blank', 'a,b\n1, "2"\n', 'sql-csv-quote at line 2'],
    ['text after a closing quote', 'a,b\n1,"2"x\n', 'sql-csv-quote at line 2'],
    ['mixed line ends', 'a,b\n1,2\r\n3,4\n', 'sql-csv-newline at line 2'],
    ['mixed line ends the other way', 'a,b\r\n1,2\n', 'sql-csv-newline at line 2'],
    ['a lone carriage return', 'a,b\r1,2\r', 'sql-csv-newline at line 1'],
    ['a lone carriage return at the end', 'a,b\r\n1,2\r', 'sql-csv-newline at line 2'],
    ['a NUL byte', 'a,b\n1,x\0y\n', 'sql-csv-nul at line 2'],
    ['a NUL byte in quotes', 'a,b\n1,"x\n\0y"\n', 'sql-csv-nul at line 3'],
    ['a byte that is not UTF-8', Buffer.from('a,b\n1,2\n3,\xff\n', 'latin1'), 'sql-csv-encoding at line 3'],
    ['a character cut by the end', Buffer.from('a,b\n1,\xe2\x82', 'latin1'), 'sql-csv-encoding at line 2'],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'sql-csv-encoding at line 1'],
    ['a row that never ends', `a,b\n1,2\n3,${'x'.repeat(5_000_000)}\n`, 'sql-csv-row-too-long at line 3'],
    ['a header with an empty name', 'a,\n1,2\n', 'sql-csv-header-name at line 1'],
    ['an empty first line', '\na,b\n1,2\n', 'sql-csv-header-name at line 1'],
    ['two columns of one name', 'a,b,a\n1,2,3\n', 'sql-columns-duplicate'],
    ['two columns that differ only in case', 'age,AGE\n1,2\n', 'sql-columns-duplicate'],
    ['a column with a name of ours', '@position,b\n1,2\n', 'sql-columns-reserved'],
  ])('refuses %s, with the place', async (_, content, expected) => {
    expect(await refusal(content)).toBe(expected);
  });

  test('refuses a missing file, no files, and odd delimiters', async () => {
    const path = join(folder, 'nothing.csv');
    const code = async (options: Partial<Parameters<typeof openSource>[1]>) => {
      const source = await openSource(session, {
        files: [{ path, shown: 'n.csv' }],
        format: 'csv',
        ...options,
      });
      return source.ok ? 'accepted' : source.failure[0]!.code;
    };
    expect(await code({})).toBe('sql-file-unreadable');
    expect(await code({ files: [{ path: folder, shown: 'folder' }] })).toBe('sql-file-unreadable');
    expect(await code({ files: [] })).toBe('sql-files-none');
    for (const delimiter of ['', ',,', '"', '\n', 'x', '1', ' ', 'é', '\0']) {
      expect(await code({ delimiter })).toBe('sql-delimiter-invalid');
    }
  });

  test('takes other delimiters', async () => {
    for (const delimiter of [';', '\t', '|', "'", '\\', '/']) {
      const shown = `d${made++}.csv`;
      await writeFile(join(folder, shown), `a${delimiter}b\n1,0${delimiter}2\n`);
      const files = [{ path: join(folder, shown), shown }];
      const source = await openSource(session, { files, format: 'csv', delimiter });
      if (!source.ok) throw new Error(delimiter);
      expect(await read(source.value)).toEqual([{ a: '1,0', b: '2' }]);
    }
  });

  test('takes any column name and any file name', async () => {
    const shown = 'it\'s [1]*? "x".csv';
    await writeFile(join(folder, shown), '"it\'s ""a""","b;--"\n1,2\n');
    const source = await openSource(session, {
      files: [{ path: join(folder, shown), shown }],
      format: 'csv',
    });
    if (!source.ok) throw new Error(JSON.stringify(source.failure));
    expect(await read(source.value)).toEqual([{ [`it's "a"`]: '1', 'b;--': '2' }]);
  });

  test('joins files whose columns stand in another order, and knows the place of each row', async () => {
    const source = await opened('a,b\n1,2\n3,4\n', 'b,a\n"6\n",5\n8,7\n', 'a,b\r\n9,10\r\n', 'a,b\n');
    expect(source.rows).toBe(5);
    const rows = await session.rows<{ a: string; '@position': number }>(
      `FROM ${source.numberedScan} ORDER BY "@position"`,
    );
    expect(rows.map((row) => row.a)).toEqual(['1', '3', '5', '7', '9']);
    expect(rows.map((row) => row['@position'])).toEqual([0, 1, 2, 3, 4]);
    const [one, two, three] = source.files.map((file) => file.shown);
    expect(await source.locate([4, 0, 3, 2])).toEqual([
      { file: three, row: 1, line: 2 },
      { file: one, row: 1, line: 2 },
      { file: two, row: 2, line: 4 },
      { file: two, row: 1, line: 2 },
    ]);
  });

  test('refuses files whose columns differ, and names them', async () => {
    const source = await sourceOf('a,b\n1,2\n', 'a,c\n1,2\n');
    expect(source).toMatchObject({
      ok: false,
      failure: [{ code: 'sql-columns-differ', message: expect.stringContaining('without "b", with "c"') }],
    });
  });

  test('reports every broken file', async () => {
    const source = await sourceOf('a\n"', 'a,b\n1\n', '');
    expect(source.ok ? [] : source.failure.map((failure) => failure.code)).toEqual([
      'sql-csv-quote-open',
      'sql-csv-ragged',
      'sql-csv-empty',
    ]);
  });

  test('finds the lines of rows in a long file with quoted line ends', async () => {
    const lines: number[] = [];
    let text = 'id,note\n';
    let line = 2;
    for (let i = 0; i < 30_000; i++) {
      const breaks = i % 7 === 0 ? 2 : 0;
      text += `${i},"é${'\n'.repeat(breaks)}"\n`;
      lines.push(line);
      line += 1 + breaks;
    }
    const source = await opened(text);
    expect(source.rows).toBe(30_000);
    const positions = [0, 1, 7, 4095, 4096, 8191, 8192, 17_001, 29_999];
    const found = await source.locate([...positions].reverse());
    expect(found.map((place) => place.line)).toEqual(positions.map((position) => lines[position]).reverse());
    const numbered = await session.rows<{ id: string }>(
      `SELECT id FROM ${source.numberedScan} WHERE "@position" != id::BIGINT`,
    );
    expect(numbered).toEqual([]);
  });

  const cell = fc.oneof(
    fc.constantFrom('', '""', '"a,b"', '"a\nb"', '"x""y"', '"', 'é', '1', 'x y', '"\r\n"'),
    fc.string({
      unit: fc.constantFrom('a', '1', ' ', '"', ',', '\n', '\r', 'é', '😀', '\0', "'", '\\'),
      maxLength: 4,
    }),
  );
  test('reads with the SQL engine exactly the rows that it counted itself, or refuses the file', async () => {
    let accepted = 0;
    const file = fc.record({
      width: fc.integer({ min: 1, max: 3 }),
      rows: fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 5 }),
      newline: fc.constantFrom('\n', '\n', '\r\n'),
      last: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(file, async ({ width, rows, newline, last }) => {
        const header = ['a', 'b', 'c'].slice(0, width).join(',');
        const body = rows.map((row) => row.slice(0, width).join(','));
        const text = [header, ...body].join(newline) + (last ? newline : '');
        const source = await sourceOf(text);
        if (!source.ok) return;
        accepted++;
        const found = await session.rows<Record<string, string | null>>(`FROM ${source.value.numberedScan}`);
        expect(found.length).toBe(source.value.rows);
        const places = await source.value.locate(found.map((_, i) => i));
        const texts = text.split('\n');
        for (const [i, row] of found.entries()) {
          // The line has to start with what the first column holds there.
          const start = (row['a'] ?? '').split('\n')[0]!.replaceAll('"', '""').replace(/\r$/, '');
          expect(texts[places[i]!.line! - 1]).toContain(start);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});
