import { describe, expect, it } from 'vitest';
import { patientEngine } from '../../../src/serve/fleets/patient.ts';
import { ToldEngine } from './engines.ts';

const block = (rows: number): { readonly rows: number; readonly cells: readonly number[] } => ({
  rows,
  cells: new Array<number>(rows).fill(0),
});
const never = Number.POSITIVE_INFINITY;

describe('the engine of a shadow', () => {
  it('S7: collects copies and hands them over at once', async () => {
    const below = new ToldEngine();
    const shadow = patientEngine(below, { batchRows: 10, waitMs: 5 });
    const answers = [1, 2, 3].map((rows) => shadow.infer(block(rows), never));
    await new Promise((resolve) => setImmediate(resolve));
    expect(below.asked).toEqual([]);
    await Promise.all(answers);
    expect(below.asked).toEqual([6]);
  });

  it('S7: does not wait for more than it hands over at once', async () => {
    const below = new ToldEngine();
    const shadow = patientEngine(below, { batchRows: 4, waitMs: 1_000_000 });
    await Promise.all([shadow.infer(block(3), never), shadow.infer(block(1), never)]);
    expect(below.asked).toEqual([4]);
  });

  it('S7: drops copies beyond its limit, at once, and takes new ones when others are answered', async () => {
    const below = new ToldEngine({ answersLater: true });
    const shadow = patientEngine(below, { batchRows: 2, waitMs: 1, mostRows: 4 });
    const taken = [1, 2, 3, 4].map(() => shadow.infer(block(1), never));
    const dropped = await shadow.infer(block(1), never);
    expect(dropped.ok ? undefined : dropped.failure.code).toBe('serve-overloaded');
    expect(shadow.load()).toEqual({ queuedRows: 4, queueLimit: 4 });
    below.answerAll();
    expect((await Promise.all(taken)).every(({ ok }) => ok)).toBe(true);
    expect(shadow.load().queuedRows).toBe(0);
    const later = shadow.infer(block(4), never);
    below.answerAll();
    expect((await later).ok).toBe(true);
  });

  it('S7: drops copies when they have taken their share of the time, until time has passed', async () => {
    let now = 0;
    const shadow = patientEngine(new ToldEngine(), { batchRows: 1000, share: 0.1, clock: () => now });
    // 48 ms, at 6 us a row beside the runtime.
    for (let i = 0; i < 8; i++) expect((await shadow.infer(block(1000), never)).ok).toBe(true);
    for (let i = 0; i < 6; i++) await shadow.infer(block(1000), never);
    const dropped = await shadow.infer(block(1), never);
    expect(dropped.ok ? undefined : dropped.failure.code).toBe('serve-overloaded');
    now += 100;
    expect((await shadow.infer(block(1), never)).ok).toBe(true);
  });

  it('takes one request that is larger than its limit when nothing else is on its way', async () => {
    const shadow = patientEngine(new ToldEngine(), { batchRows: 2, mostRows: 4 });
    expect((await shadow.infer(block(9), never)).ok).toBe(true);
  });

  it('passes failures on to the one whose they are', async () => {
    const below = new ToldEngine({ answersLater: true });
    const shadow = patientEngine(below, { batchRows: 1 });
    const answer = shadow.infer(block(1), never);
    below.failAll();
    const failed = await answer;
    expect(failed.ok ? undefined : failed.failure.code).toBe('serve-model-failed');
  });

  it('S11: asks each copy for itself when they fail together', async () => {
    const below = new ToldEngine({ answersLater: true });
    const shadow = patientEngine(below, { batchRows: 3 });
    const answers = [1, 2].map((rows) => shadow.infer(block(rows), never));
    below.failAll();
    await new Promise((resolve) => setImmediate(resolve));
    expect(below.asked).toEqual([3, 1, 2]);
    below.answerAll();
    expect((await Promise.all(answers)).map(({ ok }) => ok)).toEqual([true, true]);
    expect(shadow.load().queuedRows).toBe(0);
  });

  it('hands over what it has when its version goes, and leaves the engine below to others', async () => {
    const below = new ToldEngine();
    const shadow = patientEngine(below, { waitMs: 1_000_000 });
    const answer = shadow.infer(block(1), never);
    await shadow[Symbol.asyncDispose]();
    expect((await answer).ok).toBe(true);
    expect(below.isDisposed).toBe(false);
  });
});
