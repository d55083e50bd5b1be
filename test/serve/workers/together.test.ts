import { describe, expect, it } from 'vitest';
import { openCalls } from '../../../src/serve/workers/calls.ts';
import { restartPause } from '../../../src/serve/workers/restart-pause.ts';
import { inGroup, outcomeTogether, readinessTogether } from '../../../src/serve/workers/together.ts';

const a = { model: 'a', version: 'v1.0.0' };
const b = { model: 'b', version: 'v1.0.0' };
const failure = { code: 'servable-digest', kind: 'input', message: 'no' } as const;

describe('what several processes say', () => {
  it('is that a version is loaded where all have loaded it, and refused where one has refused it', () => {
    const together = outcomeTogether([
      { loaded: [a, b], refused: [], retired: [] },
      { loaded: [a], refused: [{ ...b, failure }], retired: [] },
    ]);
    expect(together).toEqual({ loaded: [a], refused: [{ ...b, failure }], retired: [] });
    expect(outcomeTogether([])).toEqual({ loaded: [], refused: [], retired: [] });
  });

  it('is that they are ready when all that are wanted are', () => {
    const ready = { ready: true, models: { a: { ready: true, because: 'it is loaded' } } };
    const not = { ready: false, models: { a: { ready: false, because: 'no version answers' } } };
    expect(readinessTogether([ready, ready], 2)).toEqual(ready);
    expect(readinessTogether([ready], 2)).toEqual({
      ...ready,
      ready: false,
      notes: ['1 of 2 processes are ready'],
    });
    expect(readinessTogether([ready, undefined], 2).ready).toBe(false);
    expect(readinessTogether([ready, not], 2).models).toEqual(not.models);
    expect(readinessTogether([], 2).ready).toBe(false);
    expect(inGroup({ ...ready, notes: ['old'] }, { ready: 0, wanted: 1 }).notes).toEqual([
      'old',
      '0 of 1 processes are ready',
    ]);
  });
});

describe('the pause before a process is started again', () => {
  it('doubles for each that died early, up to ten seconds, and is short again after one that lived', () => {
    let early = 0;
    const pauses = Array.from({ length: 10 }, () => {
      const next = restartPause(early, 1000);
      early = next.early;
      return next.pause;
    });
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
    expect(restartPause(early, 60_000)).toEqual({ pause: 100, early: 0 });
  });
});

describe('questions between processes', () => {
  it('get the answer with their number, whatever the order', async () => {
    const calls = openCalls<string>();
    const sent: number[] = [];
    const answers = [0, 1, 2].map(() => calls.ask((call) => sent.push(call), 1000));
    for (const call of sent.toReversed()) calls.answer(call, `to ${call}`);
    expect(await Promise.all(answers)).toEqual(['to 0', 'to 1', 'to 2']);
    calls.answer(99, 'to nobody');
  });

  it('get none when nobody answers in time, or the other side is gone', async () => {
    const calls = openCalls<string>();
    expect(await calls.ask(() => undefined, 5)).toBeUndefined();
    const asked = calls.ask(() => undefined, 60_000);
    calls.end();
    expect(await asked).toBeUndefined();
  });
});
