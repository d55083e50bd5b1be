import { describe, expect, it } from 'vitest';
import { microsecondsOf } from '../../../src/contract/index.ts';
import { choiceCells } from '../../../src/serve/log/parquet/cells.ts';
import { typedCells } from '../../../src/serve/log/parquet/typed-cells.ts';

function written(seen: string): unknown {
  const cells = typedCells(
    'timestamp',
    choiceCells(1, () => seen),
  );
  if (cells.kind !== 'choices') throw new TypeError('Times are a list of moments');
  return cells.list[cells.places[0]!];
}

describe('times of requests in Parquet', () => {
  it.each([
    '2026-11-20T12:00:00Z',
    '2026-11-20 12:00:00.1',
    '2026-11-20T12:00:00.123456789+01:00',
    '0050-01-01 00:00:00Z',
    '0050-01-01 00:00:00.123456-13:30',
  ])('%s is the moment that the contract means', (text) => {
    expect(written(text)).toBe(microsecondsOf(text));
  });

  it.each(['soon', '2026-02-30T00:00:00Z', '7', ''])('%s is missing', (text) => {
    expect(written(text)).toBeUndefined();
  });

  it('are converted once for each that is distinct', () => {
    const texts = ['2026-11-20', 'never', undefined, '2026-11-20', '1969-12-31'];
    expect(
      typedCells(
        'date',
        choiceCells(texts.length, (i) => texts[i]),
      ),
    ).toEqual({ kind: 'choices', list: [20_777, -1], places: Int32Array.of(0, -1, -1, 0, 1) });
  });
});
