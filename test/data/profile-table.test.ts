import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { Contract } from '../../src/contract/index.ts';
import type { ColumnProfile, DataProfile } from '../../src/data/index.ts';
import { profileTable } from '../../src/data/index.ts';
import type { SqlSession } from '../../src/sql/index.ts';
import { openSession } from '../../src/sql/index.ts';
import { referenceNumbers } from './reference-profile.ts';

test('numbers of a hand-checked column are those of NumPy and pandas', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t AS SELECT unnest([1, 2, 2, 3, 10, NULL]::DOUBLE[]) AS x`);
  const column = only(await profileTable(session, 't'));
  expect(column).toMatchObject({ name: 'x', type: 'number', nulls: 1, distinct: 4 });
  expect(column.numbers).toMatchObject({ minimum: 1, maximum: 10 });
  expect(column.numbers!.mean).toBeCloseTo(3.6, 14);
  // pandas: Series([1, 2, 2, 3, 10]).std()
  expect(column.numbers!.standardDeviation).toBeCloseTo(3.646916505762094, 14);
  // numpy.quantile([1, 2, 2, 3, 10], [.01, .05, .25, .5, .75, .95, .99])
  [1.04, 1.2, 2, 2, 3, 8.6, 9.72].forEach((value, i) => {
    expect(column.numbers!.quantiles[i]).toBeCloseTo(value, 13);
  });
  // numpy.histogram([1, 2, 2, 3, 10], bins=20)
  expect(column.numbers!.histogram.counts).toEqual([1, 0, 2, 0, 1, ...new Array(14).fill(0), 1]);
  expect(column.top).toBeUndefined();
});

const shapes: Record<string, (random: ReturnType<typeof seededRandom>, i: number) => number> = {
  uniform: (random) => random(),
  'far from zero': (random) => 1.7e12 + random(),
  'heavy tailed': (random) => (random() - 0.5) ** -5,
  'few values': (random) => Math.floor(random() * 7) - 3,
  tiny: (random) => random() * 1e-140,
  huge: (random) => (random() - 0.5) * 1e140,
  constant: () => 0.1,
};

for (const [name, draw] of Object.entries(shapes)) {
  test(`numbers of random data agree with an independent computation: ${name}`, async () => {
    await using session = await openSession();
    const random = seededRandom(7);
    const values = Array.from({ length: 1500 }, (_, i) => draw(random, i));
    await session.run(
      `CREATE TABLE t AS SELECT unnest([${values.map((x) => x.toExponential()).join(', ')}]::DOUBLE[]) AS x`,
    );
    const found = only(await profileTable(session, 't')).numbers!;
    const expected = referenceNumbers(values);
    const size = Math.max(Math.abs(expected.minimum), Math.abs(expected.maximum));
    expect(found.minimum).toBe(expected.minimum);
    expect(found.maximum).toBe(expected.maximum);
    expect(found.histogram).toEqual(expected.histogram);
    expect(Math.abs(found.mean - expected.mean)).toBeLessThanOrEqual(1e-15 * size);
    expect(Math.abs(found.standardDeviation - expected.standardDeviation)).toBeLessThanOrEqual(
      Math.max(1e-10 * expected.standardDeviation, 1e-15 * size),
    );
    expected.quantiles.forEach((quantile, i) => {
      expect(Math.abs(found.quantiles[i]! - quantile)).toBeLessThanOrEqual(4e-16 * size);
    });
  });
}

test('the largest doubles, infinities and NaN have a profile that JSON can write', async () => {
  await using session = await openSession();
  await session.run(
    `CREATE TABLE t AS SELECT unnest([-1.7976931348623157e308, 1.7976931348623157e308, 0, 'inf'::DOUBLE,
     '-inf'::DOUBLE, 'nan'::DOUBLE, NULL]) AS x`,
  );
  const column = only(await profileTable(session, 't'));
  expect(column).toMatchObject({ nulls: 2, infinite: 2, distinct: 5 });
  const numbers = column.numbers!;
  expect(numbers.mean).toBe(0);
  expect(numbers.minimum).toBe(-Number.MAX_VALUE);
  expect(numbers.standardDeviation / Number.MAX_VALUE).toBeCloseTo(1, 12);
  expect([...numbers.quantiles, ...numbers.histogram.edges].every(Number.isFinite)).toBe(true);
  expect(numbers.histogram.counts.reduce((a, b) => a + b)).toBe(3);
});

test('the smallest doubles keep their digits', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t AS SELECT unnest([5e-324, 1e-323, 1.5e-323]::DOUBLE[]) AS x`);
  expect(only(await profileTable(session, 't')).numbers).toMatchObject({
    mean: 1e-323,
    standardDeviation: 5e-324,
    minimum: 5e-324,
    maximum: 1.5e-323,
  });
});

test('the profile is the same for any order of rows and any number of threads', async () => {
  const profiles: DataProfile[] = [];
  for (const [threads, order] of [
    [1, 'i'],
    [2, 'hash(i)'],
    [4, '-i'],
  ] as const) {
    await using session = await openSession({ threads });
    await session.run(
      `CREATE TABLE t AS SELECT sin(i) * 1000 AS x, i % 13 AS n, 'v' || i % 40 AS s FROM range(200000) r(i) ORDER BY ${order}`,
    );
    profiles.push(await profileTable(session, 't'));
  }
  expect(profiles[1]).toEqual(profiles[0]);
  expect(profiles[2]).toEqual(profiles[0]);
});

test('text, booleans, dates and integers of few values list their frequent values', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t AS SELECT * FROM (VALUES
    ('b', true, DATE '2024-02-29', 1::BIGINT, 'k1', TIMESTAMP '2024-01-01 00:00:00'),
    ('a', true, DATE '2024-02-29', 1, 'k2', TIMESTAMP '2024-01-01 00:00:00'),
    ('a', false, DATE '2023-01-01', 2, 'k3', NULL),
    ('b', NULL, NULL, NULL, 'k4', NULL),
    ('', NULL, NULL, NULL, 'k5', NULL)) v(s, flag, day, n, id, moment)`);
  const [s, flag, day, n, id, at] = (await profileTable(session, 't')).columns;
  expect(s).toEqual({
    name: 's',
    type: 'string',
    nulls: 1,
    distinct: 2,
    top: [
      { value: 'a', count: 2 },
      { value: 'b', count: 2 },
    ],
  });
  expect(flag!.top).toEqual([
    { value: 'true', count: 2 },
    { value: 'false', count: 1 },
  ]);
  expect(day!.range).toEqual({ minimum: '2023-01-01', maximum: '2024-02-29' });
  expect(n!.top![0]).toEqual({ value: '1', count: 2 });
  expect(id).toEqual({ name: 'id', type: 'string', nulls: 0, distinct: 5 });
  expect(at!.range!.minimum).toBe('2024-01-01T00:00:00.000000Z');
});

test('P5: a column of personal data has counts only', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t AS SELECT 'Ada' AS person, 3::BIGINT AS salary`);
  const column = (name: string) => ({ name, personal: true }) as Contract['columns'][number];
  const contract = { columns: [column('person'), column('salary')] } as unknown as Contract;
  const profile = await profileTable(session, 't', contract);
  expect(profile.columns).toEqual([
    { name: 'person', type: 'string', nulls: 0, personal: true },
    { name: 'salary', type: 'integer', nulls: 0, personal: true },
  ]);
});

test('an empty relation and a column without values have a profile', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t (x DOUBLE, s VARCHAR, i BIGINT)`);
  expect(await profileTable(session, 't')).toEqual({
    rows: 0,
    columns: [
      { name: 'x', type: 'number', nulls: 0, distinct: 0 },
      { name: 's', type: 'string', nulls: 0, distinct: 0 },
      { name: 'i', type: 'integer', nulls: 0, distinct: 0 },
    ],
  });
});

test('names of columns with quotes, spaces and other scripts are profiled', async () => {
  await using session: SqlSession = await openSession();
  await session.run(`CREATE TABLE t AS SELECT 1.5::DOUBLE AS "a ""b"" ,c", 'ü' AS "größe 身長"`);
  const profile = await profileTable(session, 't');
  expect(profile.columns.map((column) => column.name)).toEqual(['a "b" ,c', 'größe 身長']);
});

test('above a million rows, quantiles come from a fixed sample and the profile says so', async () => {
  await using session = await openSession();
  await session.run(`CREATE TABLE t AS SELECT i::DOUBLE AS x, i % 3 AS k FROM range(1200000) r(i)`);
  const profile = await profileTable(session, 't');
  expect(profile.approximate).toBe(true);
  const [x, k] = profile.columns;
  x!.numbers!.quantiles.forEach((quantile, i) => {
    expect(Math.abs(quantile / 1_200_000 - [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99][i]!)).toBeLessThan(
      0.002,
    );
  });
  expect(x!.numbers!.mean).toBe(599999.5);
  expect(k!.distinct).toBe(3);
});

function only(profile: DataProfile): ColumnProfile {
  expect(profile.columns).toHaveLength(1);
  return profile.columns[0]!;
}
