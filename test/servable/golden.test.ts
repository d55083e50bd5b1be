import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { ColumnContract } from '../../src/contract/index.ts';
import { compilePattern, compileRowCheck } from '../../src/contract/index.ts';
import { writeServable } from '../../src/servable/index.ts';
import { sampleRow } from '../../src/servable/sample-row.ts';
import { sampleText } from '../../src/servable/sample-text.ts';
import { columnOf, sumModel } from './sum-model.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function problemsOf(column: ColumnContract, seed = 1): Promise<readonly unknown[]> {
  const check = await compileRowCheck({
    id: 'c',
    version: '1',
    name: 'c',
    file: 'c',
    digest: `sha256:${'0'.repeat(64)}` as never,
    columns: [column],
    metrics: [],
    notChecked: [],
  });
  return check(sampleRow([column], seededRandom(seed), 0));
}

const required = { required: true } as const;

describe('rows that are made up from rules', () => {
  it.each<readonly [string, ColumnContract]>([
    [
      'a whole number between limits',
      columnOf('c', { ...required, type: 'integer', minimum: 3, maximum: 4 }),
    ],
    [
      'a whole number beyond limits that are outside',
      columnOf('c', { ...required, type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }),
    ],
    [
      'a multiple',
      columnOf('c', { ...required, type: 'integer', minimum: -20, maximum: -11, multipleOf: 7 }),
    ],
    ['only a least number', columnOf('c', { ...required, minimum: 5_000 })],
    ['only a largest number', columnOf('c', { ...required, type: 'integer', maximum: -5_000 })],
    ['one number', columnOf('c', { ...required, minimum: 2, maximum: 2 })],
    ['numbers close together', columnOf('c', { ...required, exclusiveMinimum: 0, exclusiveMaximum: 1e-12 })],
    ['a category', columnOf('c', { ...required, type: 'string', enum: ['north', 'south'] })],
    ['a number of some', columnOf('c', { ...required, type: 'integer', enum: [1, 5] })],
    ['true or false', columnOf('c', { ...required, type: 'boolean' })],
    ['a text with a length', columnOf('c', { ...required, type: 'string', minLength: 7, maxLength: 7 })],
    [
      'a text with a form and a length',
      columnOf('c', { ...required, type: 'string', pattern: '^[a-z]+$', minLength: 30 }),
    ],
    ['a day', columnOf('c', { ...required, type: 'date' })],
    [
      'a day between days',
      columnOf('c', { ...required, type: 'date', earliest: '2001-02-03', latest: '2001-02-05' }),
    ],
    ['a day before another', columnOf('c', { ...required, type: 'date', before: '1900-01-01' })],
    [
      'a moment after another',
      columnOf('c', { ...required, type: 'timestamp', after: '2030-01-01T00:00:00+02:00' }),
    ],
  ])('keep them: %s', async (_, column) => {
    for (let seed = 1; seed <= 20; seed++) expect(await problemsOf(column, seed)).toEqual([]);
  });

  it.each([
    '^[A-Z]{2}\\d{4}$',
    '^(north|south|east|west)-[0-9a-f]{8}$',
    '^\\+?\\d{1,3}( \\d{2,4}){2,3}$',
    '^[^@ ]+@[^@ ]+\\.[a-z]{2,}$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^(?:a|b)*c?$',
    'needle',
    '^\\w+\\s\\w+$',
    '^[\\w.-]{3,}$',
    '^a{3}$|^b{2}$',
    '^(?<code>x\\d)y$',
    '\\.csv$',
    '^.{5}$',
    '^[a-z-]+$',
    '^\\(\\)\\[\\]$',
  ])('find a text for the form %s', (pattern) => {
    for (let seed = 1; seed <= 10; seed++) {
      const text = sampleText(columnOf('c', { type: 'string', pattern }), seededRandom(seed));
      expect(text).toMatch(compilePattern(pattern)!);
    }
  });

  it.each(['^(?=.*\\d)x+$', '^(a)\\1$', '(?<!a)b$', '^\\p{Lu}+$', '[', '^[]$'])(
    'find none for the form %s, which says more than is understood',
    (pattern) => {
      expect(sampleText(columnOf('c', { type: 'string', pattern }), seededRandom(1))).toBeUndefined();
    },
  );

  it('never give a text that breaks the rules, whatever the form is', () => {
    const part = fc.constantFrom(
      ...'ab09[]()|*+?{}^$.\\-,',
      '[a-z]',
      '\\d',
      '(x|y)',
      '{2}',
      '{1,3}',
      '(?:',
      '(?=',
      '\\b',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.nat(12), (parts, minLength) => {
        const pattern = parts.join('');
        const text = sampleText(
          columnOf('c', { type: 'string', pattern, minLength, maxLength: 12 }),
          seededRandom(3),
        );
        if (text === undefined) return;
        expect(text.length).toBeGreaterThanOrEqual(Math.max(1, minLength));
        expect(text.length).toBeLessThanOrEqual(12);
        expect(text).toMatch(compilePattern(pattern)!);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('golden requests', () => {
  it('V5: are rows that the contract allows, whole ones and some with only what is required', async () => {
    const { parts, bytes } = await sumModel({
      columns: [
        columnOf('code', { ...required, type: 'string', pattern: '^[A-Z]{2}\\d{3}$' }),
        columnOf('note', { type: 'string' }),
      ],
    });
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-golden-'));
    folders.push(folder);
    const written = await writeServable(join(folder, 'm'), parts, bytes);
    const golden = written.ok ? written.value.golden : [];
    expect(golden).toHaveLength(8);
    for (const { row, answer } of golden) {
      expect(row['code']).toMatch(/^[A-Z]{2}\d{3}$/);
      expect('note' in row).toBe(false);
      expect(answer).toEqual({ value: (row['a'] as number) + (row['b'] as number) });
    }
  });

  it('are left out where a rule is not understood: the model is served without them', async () => {
    const { parts, bytes } = await sumModel({
      columns: [columnOf('code', { ...required, type: 'string', pattern: '^(?=x)x$' })],
    });
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-golden-'));
    folders.push(folder);
    const written = await writeServable(join(folder, 'm'), parts, bytes);
    expect(written.ok && written.value.golden).toEqual([]);
  });

  it('are no rows for which the model has no number', async () => {
    // Infinity, and with another sign of b no number at all.
    const { parts, bytes } = await sumModel({ weight: Number.POSITIVE_INFINITY });
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-golden-'));
    folders.push(folder);
    const written = await writeServable(join(folder, 'm'), parts, bytes);
    expect(written.ok && written.value.golden).toEqual([]);
  });
});
