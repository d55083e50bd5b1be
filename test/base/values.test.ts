import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import {
  canonicalJson,
  digestOfJson,
  isDigest,
  nearest,
  seededRandom,
  topologicalOrder,
  worstVerdict,
} from '../../src/base/index.ts';

describe('canonical JSON', () => {
  it('writes the example of RFC 8785, section 3.2.2', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as RFC 8785, section 3.2.3 shows', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const sorted = Object.keys(
      JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])))) as object,
    );
    expect(sorted).toEqual(['1', '\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(TypeError);
  });

  it('gives one digest whatever the order of keys, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value as Json);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(isDigest(digestOfJson(value as Json))).toBe(true);
      }),
    );
    expect(digestOfJson({ a: 1, b: 2 })).toBe(digestOfJson({ b: 2, a: 1 }));
  });
});

describe('the order of a graph', () => {
  it('puts every node after what it needs, and keeps the given order where it is free', () => {
    const needs = new Map([
      ['evaluate', ['train']],
      ['validate', []],
      ['train', ['validate']],
    ]);
    expect(topologicalOrder(needs)).toEqual({ order: ['validate', 'train', 'evaluate'], cycles: [] });
  });

  it('names the nodes of a cycle', () => {
    const needs = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(topologicalOrder(needs).cycles).toEqual([['b', 'c']]);
  });

  it('holds for random graphs without cycles, and survives long chains', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(200), { maxLength: 5 }), { maxLength: 60 }), (rows) => {
        const needs = new Map(rows.map((row, i) => [String(i), row.filter((to) => to < i).map(String)]));
        const { order, cycles } = topologicalOrder(needs);
        expect(cycles).toEqual([]);
        const place = new Map(order.map((node, i) => [node, i]));
        expect(place.size).toBe(rows.length);
        for (const [node, list] of needs)
          for (const need of list) expect(place.get(need)!).toBeLessThan(place.get(node)!);
      }),
    );
    const chain = new Map(Array.from({ length: 50_000 }, (_, i) => [String(i), [String(i + 1)]]));
    expect(topologicalOrder(chain).order[0]).toBe('49999');
  });
});

describe('the nearest name', () => {
  it('finds a slip, and offers nothing for another word', () => {
    expect(nearest('retires', ['retry', 'timeout-minutes', 'retries'])).toBe('retries');
    expect(nearest('nedes', ['needs', 'name'])).toBe('needs');
    expect(nearest('colour', ['needs', 'name'])).toBeUndefined();
  });
});

describe('seeded random numbers', () => {
  it('are the same for one seed, others for another, and uniform', () => {
    const take = (seed: number, n: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: n }, random);
    };
    expect(take(7, 5)).toEqual(take(7, 5));
    expect(take(7, 5)).not.toEqual(take(8, 5));
    const counts = new Array<number>(100).fill(0);
    for (const value of take(1, 100_000)) counts[Math.floor(value * 100)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(148.2); // 99.9 % point of chi-square with 99 degrees of freedom
    expect(chiSquare).toBeGreaterThan(60.0);
  });
});

describe('verdicts together', () => {
  it('fail when one fails, and pass only when all pass', () => {
    expect(worstVerdict(['pass', 'inconclusive', 'fail'])).toBe('fail');
    expect(worstVerdict(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(worstVerdict([])).toBe('pass');
  });
});
