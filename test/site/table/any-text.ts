import fc from 'fast-check';

const point = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  fc.integer({ min: 0, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
);

/** Any characters, those of control too, half of a pair of surrogates alone left aside. */
export const anyText: fc.Arbitrary<string> = fc
  .array(point, { maxLength: 20 })
  .map((points) => String.fromCodePoint(...points));
