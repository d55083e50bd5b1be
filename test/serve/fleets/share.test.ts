import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/index.ts';
import { positionOf } from '../../../src/serve/fleets/share.ts';

/** How far a count of n tries may be from its expectation: 5 standard deviations, so that no seed is unlucky. */
function within(share: number, n: number): number {
  return 5 * Math.sqrt(n * share * (1 - share));
}

const families: readonly (readonly [string, (i: number) => string])[] = [
  ['counted ids', (i) => String(i)],
  ['ids with a prefix', (i) => `customer-${i}`],
  ['padded ids', (i) => String(i).padStart(12, '0')],
  ['addresses', (i) => `user${i}@example.org`],
  ['ids in hexadecimal', (i) => (i * 2_654_435_761).toString(16)],
];

describe('positionOf', () => {
  it('S7: is a number from 0 up to, and without, 1, for any texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (salt, key) => {
        const position = positionOf(salt, key);
        return position >= 0 && position < 1;
      }),
    );
  });

  it('S7: is MurmurHash3, as scikit-learn has it: all processes, machines and releases agree', () => {
    // sklearn.utils.murmurhash3_32 over the code units as uint32, over 2^32.
    expect(positionOf('heart-disease@v1.4.0', 'customer-17')).toBe(0.7409427540842444);
    expect(positionOf('heart-disease@v1.5.0', 'customer-17')).toBe(0.2656445298343897);
    expect(positionOf('modèle', 'Ключ 🗝')).toBe(0.84324358869344);
    expect(positionOf('', '')).toBe(0.13822900457307696);
  });

  it.each(families)('S7: spreads %s evenly', (_, keyOf) => {
    const n = 20_000;
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < n; i++) bins[Math.floor(20 * positionOf('m@v2.0.0', keyOf(i)))]!++;
    const expected = n / bins.length;
    const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: exceeded once in a million.
    expect(chiSquare).toBeLessThan(65);
  });

  it.each(families)('S7: gives %s other places under another salt', (_, keyOf) => {
    const n = 20_000;
    let both = 0;
    for (let i = 0; i < n; i++) {
      const key = keyOf(i);
      if (positionOf('m@v1.0.0', key) < 0.1 && positionOf('m@v1.0.1', key) < 0.1) both++;
    }
    expect(Math.abs(both - 0.01 * n)).toBeLessThan(within(0.01, n));
  });

  it.each([0.001, 0.01, 0.1, 0.5, 0.99])('S7: puts a share of %s of random keys below itself', (share) => {
    const random = seededRandom(7);
    const n = 50_000;
    let below = 0;
    for (let i = 0; i < n; i++) if (positionOf('m@v1.0.0', `${random()}`) < share) below++;
    expect(Math.abs(below - share * n)).toBeLessThan(within(share, n));
  });

  it('does not take the end of a salt for the beginning of a key', () => {
    expect(positionOf('ab', 'c')).not.toBe(positionOf('a', 'bc'));
  });
});
