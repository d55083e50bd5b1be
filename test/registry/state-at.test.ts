import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelState } from '../../src/registry/index.ts';
import { parseMoment, stateAt } from '../../src/registry/index.ts';
import { Book } from './tags.ts';

/** v1.0.0, v1.1.0 and v1.2.0 go to production, one a day from 1 March, at these times. */
async function history(...times: readonly string[]): Promise<ModelState> {
  const book = new Book();
  for (const [i, at] of times.entries()) {
    book.register(`v1.${i}.0`, { at });
    book.assign(`v1.${i}.0`, 'production', { at });
  }
  return await book.state();
}

function production(state: ModelState, at: string): string | undefined {
  const moment = parseMoment(at);
  if (!moment.ok) throw new Error(moment.failure.message);
  return stateAt(state, moment.value).stages['production']?.event.name;
}

describe('what stood where at a moment', () => {
  it('V4 is what the last event before it said', async () => {
    const state = await history('2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z', '2026-03-03T12:00:00Z');
    expect(production(state, '2026-03-01T11:59Z')).toBeUndefined();
    expect(production(state, '2026-03-01T12:00Z')).toBe('v1.0.0');
    expect(production(state, '2026-03-02T11:59:59.999Z')).toBe('v1.0.0');
    expect(production(state, '2026-03-02T13:00+02:00')).toBe('v1.0.0');
    expect(production(state, '2026-03-02T14:00+02:00')).toBe('v1.1.0');
    expect(production(state, '2030-01-01')).toBe('v1.2.0');
  });

  it('takes a day for its end, in UTC', async () => {
    const state = await history('2026-03-01T00:00:00Z', '2026-03-01T23:59:59Z', '2026-03-02T00:00:00Z');
    expect(production(state, '2026-02-28')).toBeUndefined();
    expect(production(state, '2026-03-01')).toBe('v1.1.0');
  });

  it('is not led astray by one clock that ran ahead, or behind, and names it', async () => {
    const ahead = await history('2026-03-01T12:00:00Z', '2099-01-01T00:00:00Z', '2026-03-03T12:00:00Z');
    expect(production(ahead, '2026-03-04')).toBe('v1.2.0');
    const doubts = stateAt(ahead, new Date('2026-03-04')).doubts.map(({ tag }) => tag);
    expect(doubts).toEqual(['heart-disease@v1.1.0', 'heart-disease#production#2']);
    const behind = await history(
      ...['2026-03-01', '2026-03-02', '2026-03-03', '1970-01-01'].map((day) => `${day}T12:00:00Z`),
    );
    expect(production(behind, '2026-03-01')).toBe('v1.0.0');
    expect(stateAt(behind, new Date('2026-03-01T13:00:00Z')).doubts[0]!.because).toContain(
      'its clock said 1970',
    );
  });

  it('takes a leap second for the time before it', async () => {
    const state = await history('2026-03-01T12:00:00Z', '2026-06-30T23:59:60Z', '2026-07-01T12:00:00Z');
    expect(production(state, '2026-06-30')).toBe('v1.1.0');
    expect(production(state, '2026-07-01')).toBe('v1.2.0');
  });

  it('has no doubts where the clocks agree with the order, whatever the moment', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: -10, max: 1_000_010 }), async (seconds, moment) => {
        const sorted = seconds.toSorted((a, b) => a - b);
        const state = await history(...sorted.map((second) => new Date(second * 1000).toISOString()));
        const past = stateAt(state, new Date(moment * 1000));
        expect(past.doubts).toEqual([]);
        expect(past.events.length).toBe(2 * sorted.filter((second) => second <= moment).length);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    'yesterday',
    '2026-02-30',
    '2026-3-1',
    '2026-03-01T12:00',
    '2026-03-01T25:00Z',
    '',
    '2026-03-01T12:00:00Zx',
  ])('is not asked for %j', (text) => {
    expect(parseMoment(text)).toMatchObject({ ok: false, failure: { code: 'registry-time-invalid' } });
  });
});
