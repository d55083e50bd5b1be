/** A source of uniform numbers in [0, 1). Randomness is always a parameter, never `Math.random`. */
export type Random = () => number;

/**
 * sfc32 by Chris Doty-Humphrey (PractRand), seeded through splitmix32. Passes PractRand to 2^42 bytes, period of at
 * least 2^32 for every seed. Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  let a = next();
  let b = next();
  let c = next();
  let counter = 1;
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) step();
  return () => (step() * 2 ** 21 + (step() >>> 11)) / 2 ** 53;
}
