import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, toRe2 } from '../../src/contract/pattern.ts';
import { openSession, quoteText } from '../../src/sql/index.ts';

describe('a pattern', () => {
  test.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(a)\\1',
    '(?<n>a)',
    '\\p{L}',
    'a{1001}',
    '[]',
    '[^]',
    '\\@',
    '[\\b]',
    '\\cA',
    '\\k',
    '[\\S]',
    '\\uD83D',
    '\\0',
    '\\B',
  ])('is left to JavaScript when RE2 cannot say it for certain: %s', (pattern) =>
    expect(toRe2(pattern)).toBeUndefined(),
  );

  test('that is no regular expression is none', () => {
    for (const pattern of ['(', '[', 'a{2,1}', '*', '\\']) expect(compilePattern(pattern)).toBeUndefined();
    expect(compilePattern('\\@')?.flags).toBe('');
    expect(compilePattern('a')?.flags).toBe('u');
  });

  const atom = fc.constantFrom(
    ...'a|b|A|1|_| |é|😀|.|^|$|\\d|\\D|\\w|\\W|\\s|\\S|\\b|\\B|\\.|\\/|\\u0041|\\x41|\\u{1F600}|\\n|\\r|\\t|\\v|\\f|[ab]|[^ab]|[a-c]|[\\d-]|[-a]|[a-c-9]|[\\s1]|[^\\s]|[\\w.]|[\\]\\\\]|[😀-😂]|[[]|[&&]|[:alpha:]|[.-/]|[^\\n]|\\-|-|"|\''.split(
      '|',
    ),
  );
  const suffix = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}', '*?', '+?');
  const piece = fc.tuple(atom, suffix).map(([a, s]) => a + s);
  const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));
  const pattern = fc.oneof(
    sequence,
    fc.tuple(sequence, sequence).map(([a, b]) => `${a}|${b}`),
    fc.tuple(sequence, sequence, suffix).map(([a, b, s]) => `^(${a}|${b})${s}$`),
    fc.tuple(sequence, sequence).map(([a, b]) => `(?:${a})${b}`),
  );
  const text = fc.string({
    unit: fc.constantFrom(...'abcA1_ é😀.\n\r\t\v\f\u00a0\u2028\ufeff-]["\'\\/:&٣'),
    maxLength: 6,
  });

  test('means the same to RE2 and to JavaScript', async () => {
    await using session = await openSession();
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), async (source, texts) => {
        const re2 = toRe2(source);
        if (re2 === undefined) return;
        compared++;
        const regex = compilePattern(source)!;
        const select = texts.map(
          (sample, i) => `regexp_matches(${quoteText(sample)}, ${quoteText(re2)}) AS t${i}`,
        );
        const [row] = await session.rows<Record<string, boolean>>(`SELECT ${select.join(', ')}`);
        expect(texts.map((_, i) => row![`t${i}`])).toEqual(texts.map((sample) => regex.test(sample)));
      }),
      { numRuns: 250, seed: 3 },
    );
    expect(compared).toBeGreaterThan(90);
  });
});
