import { describe, expect, test } from 'vitest';
import type { Scope } from './expressions.ts';
import { evaluate, evaluateText, evaluateTexts, holds } from './expressions.ts';

const scope: Scope = {
  contexts: {
    github: { ref: 'refs/heads/main', event: { number: 7, labels: [{ name: 'a' }, { name: 'b' }] } },
    inputs: { flag: false, text: 'false' },
    steps: {},
  },
  status: { success: true, failure: false, cancelled: false },
  hashFiles: (patterns) => `hash of ${patterns.join()}`,
};
const failing: Scope = { ...scope, status: { success: false, failure: true, cancelled: false } };

describe('an expression', () => {
  test('alone keeps its type, and within a text becomes text', () => {
    expect(evaluate('${{ github.event.number }}', scope)).toBe(7);
    expect(evaluate('${{ github.event }}', scope)).toEqual({
      number: 7,
      labels: [{ name: 'a' }, { name: 'b' }],
    });
    expect(evaluate('pr-${{ github.event.number }}-${{ inputs.flag }}', scope)).toBe('pr-7-false');
    expect(evaluateText('${{ github.event.nothing }}', scope)).toBe('');
    expect(evaluateText('${{ github.event }}', scope)).toBe('Object');
  });

  test('knows the functions of GitHub', () => {
    expect(evaluate("${{ format('{0} {{}} {1}', 'a', 2) }}", scope)).toBe('a {} 2');
    expect(evaluate("${{ contains(github.event.labels.*.name, 'B') }}", scope)).toBe(true);
    expect(
      evaluate("${{ startsWith(github.ref, 'REFS/heads') && endsWith(github.ref, 'main') }}", scope),
    ).toBe(true);
    expect(evaluate("${{ join(github.event.labels.*.name, '+') }}", scope)).toBe('a+b');
    expect(evaluate('${{ fromJSON(\'{"a":[1]}\').a[0] }}', scope)).toBe(1);
    expect(evaluate('${{ toJSON(github.event.labels) }}', scope)).toBe(
      JSON.stringify([{ name: 'a' }, { name: 'b' }], null, 2),
    );
    expect(evaluate("${{ hashFiles('a', 'b/**') }}", scope)).toBe('hash of a,b/**');
    expect(evaluate("${{ github.nothing && 'x' || 'fallback }} too' }}", scope)).toBe('fallback }} too');
  });

  test('that names what its place does not have is an error', () => {
    expect(() => evaluate('${{ secrets.TOKEN }}', scope)).toThrow(/Unrecognized named-value: 'secrets'/);
    expect(() => evaluate('${{ github.ref', scope)).toThrow(/has no end/);
  });

  test('fills a mapping from another with insert', () => {
    const filled = evaluateTexts(
      { '${{ insert }}': '${{ inputs }}', more: '${{ github.event.number }}' },
      scope,
    );
    expect(filled).toEqual({ flag: 'false', text: 'false', more: '7' });
  });
});

describe('a condition', () => {
  test('without a status function holds only while all went well', () => {
    expect(holds(undefined, failing)).toBe(false);
    expect(holds("github.ref == 'refs/heads/main'", failing)).toBe(false);
    expect(holds("always() && github.ref == 'refs/heads/main'", failing)).toBe(true);
    expect(holds('${{ failure() }}', failing)).toBe(true);
    expect(holds('!cancelled()', failing)).toBe(true);
  });

  test('whose text only looks like a status function is not one', () => {
    expect(holds("'always()' != ''", failing)).toBe(false);
  });

  test('knows that a text is true, even "false"', () => {
    expect(holds('inputs.flag', scope)).toBe(false);
    expect(holds('inputs.text', scope)).toBe(true);
    expect(holds(false, scope)).toBe(false);
  });

  test('with text around its expression is a text, thus always true', () => {
    expect(holds("${{ github.ref }} == 'refs/heads/other'", scope)).toBe(true);
    expect(holds("${{ github.ref }} == 'refs/heads/other'", failing)).toBe(false);
  });
});
