import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitPosition, splitPositionSql } from '../../src/data/index.ts';
import { openSession } from '../../src/sql/index.ts';

test('the position is the documented function, which any engine can repeat', () => {
  // python3: int(sha256(b"0:,2:P1,").hexdigest()[:14], 16) >> 3, over 2 ** 53
  expect(splitPosition('', ['P1'])).toBe(0.7265790356240562);
  expect(splitPosition('sält', ['身長', '7'])).toBe(0.04149486102402977);
});

test('SQL and JavaScript give every key the same position', async () => {
  await using session = await openSession();
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => !key.includes('\0'));
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.tuple(text, text), { minLength: 1 }),
      async (salt, keys) => {
        const rows = await session.rows<{ position: number }>(
          `SELECT ${splitPositionSql(salt, ['a', 'b'])} AS position FROM (VALUES ${keys.map(() => '(?::VARCHAR, ?::VARCHAR)').join(', ')}) t(a, b)`,
          keys.flat(),
        );
        expect(rows.map((row) => row.position)).toEqual(keys.map((key) => splitPosition(salt, key)));
      },
    ),
    { numRuns: 60 },
  );
});

test('keys of several columns do not run into each other', () => {
  expect(splitPosition('', ['a', 'bc'])).not.toBe(splitPosition('', ['ab', 'c']));
  expect(splitPosition('a', ['b'])).not.toBe(splitPosition('', ['a', 'b']));
  expect(splitPosition('', ['1:a,'])).not.toBe(splitPosition('', ['a']));
});

test('a part of the key that is missing leaves no position', async () => {
  await using session = await openSession();
  const [row] = await session.rows<{ position: number | null }>(
    `SELECT ${splitPositionSql('', ['a', 'b'])} AS position FROM (VALUES ('x', NULL)) t(a, b)`,
  );
  expect(row!.position).toBeNull();
});

test('positions of numbered keys are uniform: chi-square over 100 bins is within its 99.9 % bounds', () => {
  for (const salt of ['', 'other']) {
    const bins = new Array<number>(100).fill(0);
    const n = 50_000;
    for (let i = 0; i < n; i++) bins[Math.floor(splitPosition(salt, [`P${i}`]) * 100)]!++;
    const chiSquare = bins.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
    expect(chiSquare).toBeGreaterThan(59);
    expect(chiSquare).toBeLessThan(149);
  }
});
