import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { ColumnContract, Contract, LogicalType } from '../../src/contract/index.ts';
import { checkDataset, compileRowCheck, readLexical, typedSelect } from '../../src/contract/index.ts';
import type { SqlSession } from '../../src/sql/index.ts';
import { openSession, openSource } from '../../src/sql/index.ts';

let folder: string;
let session: SqlSession;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-agreement-'));
  session = await openSession({ allowedPaths: [folder] });
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Cell = string | null;

function contractOf(columns: readonly ColumnContract[]): Contract {
  const digest = digestOfBytes('');
  return { id: 'c', version: '1', name: 'c', file: 'c.yaml', digest, columns, metrics: [], notChecked: [] };
}

/** A row as a JSON request holds it: what is a value of the type, as that value; anything else as the text it is. */
function requestOf(columns: readonly ColumnContract[], cells: readonly Cell[], nulls: boolean): unknown {
  const row: Record<string, unknown> = {};
  for (const [i, { name, type }] of columns.entries()) {
    const cell = cells[i]!;
    if (cell === null || cell === '') {
      if (nulls) row[name] = null;
    } else row[name] = readLexical(type, cell) ?? cell;
  }
  return row;
}

function csvOf(columns: readonly ColumnContract[], rows: readonly (readonly Cell[])[]): string {
  const field = (text: Cell): string => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
  const header = columns.map((column) => field(column.name)).join(',');
  return `${[header, ...rows.map((row) => row.map(field).join(','))].join('\n')}\n`;
}

/** `<row> <rule> <column>` of everything that is broken, by the SQL engine. */
async function brokenInSql(contract: Contract, rows: readonly (readonly Cell[])[]): Promise<string[]> {
  const path = join(folder, 'rows.csv');
  await writeFile(path, csvOf(contract.columns, rows));
  const checked = await checkDataset(session, { files: [{ path, shown: 'r' }], format: 'csv', contract });
  if (!checked.ok) throw new Error(JSON.stringify(checked.failure));
  return checked.value.checks
    .filter((check) => check.rule !== 'row-count')
    .flatMap((check) => {
      expect(check.failed).toBe(check.examples.length);
      return check.examples.map((example) => `${example.row} ${check.rule} ${check.column}`);
    })
    .sort();
}

async function brokenInRequests(contract: Contract, rows: readonly (readonly Cell[])[]): Promise<string[]> {
  const check = await compileRowCheck(contract);
  return rows
    .flatMap((cells, i) =>
      check(requestOf(contract.columns, cells, i % 2 === 0)).map(
        (problem) => `${i + 1} ${problem.rule} ${problem.column}`,
      ),
    )
    .sort();
}

const cells: Readonly<Record<LogicalType, readonly string[]>> = {
  integer:
    `0 -0 1 -1 7 12 18 19 20 007 +5 1.0 1.5 1e3 1_000 0x1F 9007199254740991 9007199254740992 9007199254740993
    -9007199254740991 -9007199254740992 9223372036854775807 9223372036854775808 99999999999999999999999 nan inf - 1- ١`.split(
      /\s+/,
    ),
  number:
    `0 -0 0.0 -0.0 1 -1 0.1 .5 5. 1e5 1E5 1e+5 1e-5 1e 1e05 01 1e400 -1e400 1e-400 4.9e-324 5e-325 1.7976931348623157e308
    1.7976931348623159e308 0.1000000000000000055511151231257827 9007199254740993 123456789012345678901234567890 nan NaN inf
    Infinity -inf 1_000 0x1F 1,5 18 20 20.000000000000004 1d 1f`.split(/\s+/),
  boolean: ['true', 'false', 'True', 'FALSE', 't', '1', '0', 'yes', 'truee', ' true'],
  date: `2024-02-29 2023-02-29 1900-02-29 2000-02-29 0000-01-01 0001-01-01 0400-02-29 0004-02-29 9999-12-31 10000-01-01 2024-1-1
    2024/01/01 2024-13-01 2024-00-10 2024-04-31 2024-01-00 20240101 infinity -infinity epoch today 2024-01-01T00:00:00
    2020-01-01 2020-01-02 2024-01-01(BC) 24-01-01 2100-02-29 0100-02-29`.split(/\s+/),
  timestamp: [
    ...`2024-01-01T00:00:00 2024-01-01T00:00:00Z 2024-01-01T00:00:00+02:00 2024-01-01T00:00:00-02:00 2024-01-01T24:00:00Z
    2024-01-01T23:59:60Z 2024-01-01T00:00Z 2024-01-01 2024-02-30T00:00:00Z 2024-01-01T00:00:00.123456789Z infinity
    2024-01-01T00:00:00.1234567891Z 2024-01-01T00:00:00.Z 2024-01-01T00:00:00z 2024-01-01t00:00:00Z 2024-01-01T00:00:00+0200
    2024-01-01T00:00:00+15:59 2024-01-01T00:00:00+16:00 2024-01-01T00:00:00-15:59 0001-01-01T00:00:00+10:00 epoch now
    9999-12-31T23:59:59-10:00 2020-01-01T00:00:00Z 2020-01-01T01:00:00+01:00 2019-12-31T23:59:59.999999Z
    2019-12-31T23:59:59.999999999Z 2020-01-01T00:00:00.000001Z 1969-12-31T23:59:59.999999Z 0000-01-01T00:00:00Z`.split(
      /\s+/,
    ),
    '2024-01-01 00:00:00',
    '2024-01-01  00:00:00',
    '2024-01-01 00:00:00 UTC',
    '2024-01-01 00:00:00+01:00',
    '2024-01-01 00:00:00 Europe/Berlin',
  ],
  string: [
    'a',
    'ab',
    'abc',
    'é',
    'e\u0301',
    '😀',
    '👨‍👩‍👧',
    'a b',
    ' ',
    '\n',
    'a\nb',
    '\r',
    '\u2028',
    '\u00a0',
    'A1',
    'x"y',
    "it's",
    'NULL',
    'ß',
    '\ufeff',
    'ＡＢ',
  ],
};

const patterns = [
  '^[a-z]+$',
  '^.$',
  '.',
  '^.{2,3}$',
  '\\s',
  '^\\S+$',
  '\\bA',
  '^\\w+$',
  '[^a-c]',
  '^(?=.*[0-9])(?=.*[A-Z]).+$',
  '(.)\\1',
  '\\p{L}',
  '^[\\s\\S]*$',
  '😀',
  '^[😀-😂]$',
  '\\@|a',
  'a$',
  '^(a|b|ab)(c|bcd)?$',
  '[\\]\\-a]',
  '\\u{1F600}',
  '^(?:a{1,500}){1,500}$',
];

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });

function limitsOf(type: LogicalType): fc.Arbitrary<Partial<Record<string, unknown>>> {
  const number = fc.constantFrom(-1, 0, 0.1, 1, 18, 20, 1e5, 9007199254740991);
  switch (type) {
    case 'integer':
      return fc.record({
        minimum: maybe(number),
        maximum: maybe(number),
        exclusiveMinimum: maybe(number),
        exclusiveMaximum: maybe(number),
        multipleOf: maybe(fc.constantFrom(1, 2, 3, 7, 9007199254740991)),
        enum: maybe(fc.constantFrom([0, 1], [18, 20, 9007199254740991])),
      });
    case 'number':
      return fc.record({
        minimum: maybe(number),
        maximum: maybe(number),
        exclusiveMinimum: maybe(number),
        exclusiveMaximum: maybe(number),
        enum: maybe(fc.constantFrom([0, 0.1, 1e5], [20, 1.2345678901234568e29])),
      });
    case 'boolean':
      return fc.record({ enum: maybe(fc.constantFrom([true], [false, true])) });
    case 'string':
      return fc.record({
        minLength: maybe(fc.integer({ min: 0, max: 3 })),
        maxLength: maybe(fc.integer({ min: 0, max: 3 })),
        pattern: maybe(fc.constantFrom(...patterns)),
        enum: maybe(fc.constantFrom(['a', 'é'], ['NULL', "it's", 'x"y'])),
      });
    case 'date': {
      const day = fc.constantFrom('2020-01-01', '2024-02-29', '0001-01-01');
      return fc.record({
        earliest: maybe(day),
        latest: maybe(day),
        after: maybe(day),
        before: maybe(day),
        enum: maybe(fc.constant(['2020-01-01'])),
      });
    }
    case 'timestamp': {
      const moment = fc.constantFrom(
        '2020-01-01T00:00:00Z',
        '2024-01-01T00:00:00+02:00',
        '2020-01-01 00:00:00.000001',
      );
      return fc.record({
        earliest: maybe(moment),
        latest: maybe(moment),
        after: maybe(moment),
        before: maybe(moment),
        enum: maybe(moment.map((text) => [text])),
      });
    }
  }
}

const types: readonly LogicalType[] = ['integer', 'number', 'boolean', 'string', 'date', 'timestamp'];
const names: readonly string[] = ['n', 'x', "it's", 'a"b', 'é 😀', 'a/b~c'];

function columnOf(type: LogicalType, name: string): fc.Arbitrary<ColumnContract> {
  return fc.tuple(fc.boolean(), limitsOf(type)).map(([required, limits]) => {
    const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
    return { name, type, required, unique: false, primaryKey: false, personal: false, ...given };
  });
}

function cellOf(type: LogicalType): fc.Arbitrary<Cell> {
  const others = types.flatMap((other) => cells[other]);
  const near = fc.string({ unit: fc.constantFrom(...'0123456789-+.eETZ: '), minLength: 1, maxLength: 12 });
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...cells[type]) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
    { weight: 1, arbitrary: near },
    { weight: 1, arbitrary: fc.constantFrom(null, '') },
  );
}

describe('the two engines of a contract', () => {
  test('agree on every rule of every row of generated files (D1)', async () => {
    const columns = fc.tuple(...types.map((type, i) => columnOf(type, names[i]!)));
    const rows = fc.array(fc.tuple(...types.map((type) => cellOf(type))), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(columns, rows, async (chosen, given) => {
        const contract = contractOf(chosen);
        expect(await brokenInSql(contract, given)).toEqual(await brokenInRequests(contract, given));
      }),
      { numRuns: 60, seed: 20 },
    );
  });

  test.each(types)('agree on what is a value of the type %s, cell by cell', async (type) => {
    const column: ColumnContract = {
      name: 'c',
      type,
      required: false,
      unique: false,
      primaryKey: false,
      personal: false,
    };
    const contract = contractOf([column]);
    const all = [...new Set(types.flatMap((other) => cells[other]))];
    for (let start = 0; start < all.length; start += 10) {
      const rows = all.slice(start, start + 10).map((cell) => [cell]);
      expect(await brokenInSql(contract, rows)).toEqual(await brokenInRequests(contract, rows));
    }
  });

  test('read the same value from the same text', async () => {
    for (const type of types) {
      // The engine's binding for Node drops a byte order mark at the start of a text.
      const good = cells[type].filter((cell) => readLexical(type, cell) !== undefined && cell !== '\ufeff');
      const column = { name: 'c', type, required: false, unique: false, primaryKey: false, personal: false };
      const path = join(folder, 'values.csv');
      await writeFile(
        path,
        csvOf(
          [column],
          good.map((cell) => [cell]),
        ),
      );
      const source = await openSource(session, { files: [{ path, shown: 'v' }], format: 'csv' });
      if (!source.ok) throw new Error(JSON.stringify(source.failure));
      const select = typedSelect(contractOf([column]), source.value);
      const table = await session.table(`SELECT ${select} FROM ${source.value.scan}`);
      const expected = good.map((cell) => {
        if (type === 'date') return Date.parse(cell);
        if (type === 'timestamp') {
          // JavaScript's own reading, for what it can read: years of four digits, at most milliseconds.
          const zoned = /(Z|[+-]\d\d:\d\d)$/.test(cell) ? cell : `${cell}Z`;
          return Date.parse(zoned.replace(' ', 'T'));
        }
        const value = readLexical(type, cell)!;
        return typeof value === 'boolean' ? Number(value) : value === 0 ? 0 : value;
      });
      const read = [...table.columns.get('c')!.values];
      // Date.parse cuts below milliseconds.
      const rounded = type === 'timestamp' ? read.map((value) => Math.floor(value as number)) : read;
      expect(rounded, type).toEqual(expected);
    }
  });
});
