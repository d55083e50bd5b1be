import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedRegex, harmlessLength, patternLength } from '../../src/contract/bounded-regex.ts';

describe('a pattern of a request', () => {
  test.each([
    ['doubles its ways with each character', '^(a+)+$', `${'a'.repeat(60)}!`],
    ['has a choice in a repetition', '^(?:a|aa)+$', `${'a'.repeat(200)}!`],
    ['grows with a high power of the length', 'a*a*a*a*a*b', 'a'.repeat(patternLength)],
    ['has many choices', `^${'a?'.repeat(40)}${'a'.repeat(40)}$`, `${'a'.repeat(39)}b${'a'.repeat(300)}`],
  ])('that %s is ended, and again, and counts as broken (S11)', (_, pattern, text) => {
    const regex = boundedRegex(pattern)!;
    expect(regex.test(text)).toBe(false);
    expect(regex.test(text)).toBe(false);
    expect(regex.test('')).toBe(new RegExp(pattern, 'u').test(''));
  });

  test('means the same with the clock and without it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'é', '😀'), maxLength: 30 });
    const pattern = fc.constantFrom('^(?:[a-b]+-)+$', '^(é|😀)*$', 'a+b+', '^.{3}$', 'a.*b.*-', '[^-]+-$');
    fc.assert(
      fc.property(pattern, text, (source, written) => {
        expect(boundedRegex(source)!.test(written)).toBe(new RegExp(source, 'u').test(written));
      }),
    );
  });

  test('needs no clock where a text of its length takes no time', () => {
    for (const plain of ['^P\\d{3}$', '^[A-Z]{2}-[0-9]{4}$', '^(AB|CD)$', '\\s+$', '^[a-z]+[a-z0-9]*$'])
      expect(harmlessLength(plain)).toBeGreaterThanOrEqual(patternLength);
    for (const slow of ['^(a+)+$', '(\\w+\\s?)*$', '^([^@]{2})*@']) expect(harmlessLength(slow)).toBe(12);
  });

  test('that is none is none', () => {
    expect(boundedRegex('(')).toBeUndefined();
  });
});
