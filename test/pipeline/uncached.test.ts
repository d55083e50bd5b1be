import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../../src/pipeline/index.ts';
import {
  describeReason,
  handOverResults,
  openLocalState,
  takeResults,
  why,
} from '../../src/pipeline/index.ts';
import type { Rig, RigRun } from './rig.ts';
import { openRig, value } from './rig.ts';

/** `fetch` gives what is outside of the repository now; `count` and `last` follow from it alone. */
const pipeline = (extra = ''): string => `version: 1
name: p
params: { times: 1 }
steps:
  fetch:
    cache: false
    run: echo x >> "$SEEN" && cat "$OUTSIDE" > "$TRAINYARD_OUT/rows"
    outs: { rows: rows }
    secrets: [OUTSIDE, SEEN]
  count:
    needs: fetch
    ${extra}
    run: for i in $(seq \${{ params.times }}); do wc -l < "$TRAINYARD_IN_FETCH_ROWS"; done > "$TRAINYARD_OUT/n"
    outs: { n: n }
  last: { needs: count, if: always(), run: cp "$TRAINYARD_IN_COUNT_N" "$TRAINYARD_OUT/l", outs: { l: l } }
`;

interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is outside now. */
  set(text: string): Promise<void>;
  /** How often it was fetched. */
  fetched(): Promise<number>;
}

async function worldOf(rig: Rig): Promise<World> {
  const [outside, seen] = [path.join(rig.root, 'outside'), path.join(rig.root, 'seen')];
  await writeFile(outside, 'a\n');
  await writeFile(seen, '');
  return {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], OUTSIDE: outside, SEEN: seen },
    set: (text) => writeFile(outside, text),
    fetched: async () => (await readFile(seen, 'utf8')).split('\n').length - 1,
  };
}

describe('a step that says `cache: false`', () => {
  it('runs in every run, and takes along only those that its outputs change', async () => {
    await using rig = await openRig(pipeline());
    const world = await worldOf(rig);
    const run = (): Promise<RigRun> => rig.run({ env: world.env });
    expect((await run()).statuses).toEqual({ fetch: 'ran', count: 'ran', last: 'ran' });
    expect((await run()).statuses).toEqual({ fetch: 'ran', count: 'cached', last: 'cached' });
    await world.set('a\nb\n');
    expect((await run()).statuses).toEqual({ fetch: 'ran', count: 'ran', last: 'ran' });
    expect(await world.fetched()).toBe(3);
  });

  it('says so in the plan, and as the reason why it ran', async () => {
    await using rig = await openRig(pipeline());
    const world = await worldOf(rig);
    await rig.run({ env: world.env });
    await rig.run({ env: world.env });
    const plan = value(await rig.plan({ env: world.env }));
    expect(plan.steps.map(({ decision }) => decision.kind)).toEqual(['run', 'pending', 'pending']);
    const [answer] = value(why(plan, 'fetch', openLocalState({ root: rig.root, now: Date.now })));
    expect(answer?.reasons.map(describeReason)).toEqual(['it says `cache: false`']);
    expect(answer?.before).toEqual([{ kind: 'uncached' }]);
    const [count] = value(why(plan, 'count', openLocalState({ root: rig.root, now: Date.now })));
    expect(count).toMatchObject({ reasons: [], causes: [{ id: 'fetch', reasons: [{ kind: 'uncached' }] }] });
  });

  it('is re-used as ever with `cache: true`', async () => {
    await using rig = await openRig(pipeline().replace('cache: false', 'cache: true'));
    const world = await worldOf(rig);
    await rig.run({ env: world.env });
    expect((await rig.run({ env: world.env })).statuses['fetch']).toBe('cached');
  });
});

/** One job: takes what others left in the folder, executes its steps, and leaves what it made. */
async function job(
  rig: Rig,
  { env }: World,
  folder: string,
  { attempt = 1, into = folder, ...plan }: Partial<PlanOptions> & { attempt?: number; into?: string },
): Promise<RigRun['statuses']> {
  const state = openLocalState({ root: rig.root, now: Date.now });
  const store = await rig.store();
  const { attempts, failures: elsewhere } = value(await takeResults({ folder, state, store }));
  const handed = new Set(attempts.keys());
  const { statuses, outcome } = await rig.run({ env, handed, elsewhere, plan: { ...plan, env, handed } });
  const place = { folder: into, state, store, attempt, taken: attempts };
  value(await handOverResults(outcome, { ...place, withBytes: true }));
  return statuses;
}

describe('what has to run, over several jobs', () => {
  const wave = 'runs-on: gpu';
  // As with a shared store: every machine finds what earlier runs recorded.
  const jobs = (): Promise<[Rig, Rig, Rig]> =>
    Promise.all([openRig(pipeline(wave)), openRig(pipeline(wave)), openRig(pipeline(wave))]);

  it.each([
    ['says `cache: false`', {}],
    ['is forced', { force: ['all'] }],
    ['has other parameters', { params: { times: '3' }, force: ['all'] }],
  ] as const)(
    'runs once in one of them, when it %s, and the last one executes nothing (T4)',
    async (_, more) => {
      const rigs = await jobs();
      try {
        const world = await worldOf(rigs[0]);
        // An earlier run has left everything everywhere.
        for (const rig of rigs) await rig.run({ env: world.env, plan: { env: world.env } });
        const before = await world.fetched();
        const folder = path.join(rigs[0].root, 'handed');
        await world.set('a\nb\n');
        const parts = [
          await job(rigs[0], world, folder, { ...more, only: ['fetch'] }),
          await job(rigs[1], world, folder, { ...more, only: ['count', 'last'] }),
        ];
        expect(parts).toEqual([
          { fetch: 'ran', count: 'skipped', last: 'skipped' },
          { fetch: 'cached', count: 'ran', last: 'ran' },
        ]);
        const last = await job(rigs[2], world, folder, { ...more, only: [] });
        expect(last).toEqual({ fetch: 'cached', count: 'cached', last: 'cached' });
        expect(await world.fetched()).toBe(before + 1);
        const times = 'params' in more ? 3 : 1;
        const made = await readFile(path.join(rigs[2].root, '.trainyard/out/p/last/l'), 'utf8');
        expect(made).toBe('2\n'.repeat(times));
      } finally {
        for (const rig of rigs) await rig[Symbol.asyncDispose]();
      }
    },
  );

  it('fails the run when it fails, whatever an earlier run gave (T4)', async () => {
    const rigs = await jobs();
    try {
      const world = await worldOf(rigs[0]);
      for (const rig of rigs) await rig.run({ env: world.env, plan: { env: world.env } });
      const folder = path.join(rigs[0].root, 'handed');
      const broken = { ...world, env: { ...world.env, OUTSIDE: path.join(rigs[0].root, 'gone') } };
      expect(await job(rigs[0], broken, folder, { only: ['fetch'] })).toMatchObject({ fetch: 'failed' });
      expect(await job(rigs[2], broken, folder, { only: [] })).toMatchObject({
        fetch: 'failed',
        count: 'skipped',
      });
    } finally {
      for (const rig of rigs) await rig[Symbol.asyncDispose]();
    }
  });

  it('counts as the newest attempt made it, when all jobs are started again (T4)', async () => {
    const [first, second, last] = await jobs();
    const again = await openRig(pipeline(wave));
    try {
      const world = await worldOf(first);
      const [old, fresh, all] = ['old', 'fresh', 'all'].map((name) => path.join(first.root, name));
      const nothing = path.join(first.root, 'nothing');
      await job(first, world, nothing, { only: ['fetch'], into: old! });
      await job(second, world, old!, { only: ['count', 'last'], into: old! });
      // The first job runs again; what the second one left is still there, with what it had taken.
      await world.set('a\nb\n');
      await job(again, world, nothing, { only: ['fetch'], into: fresh!, attempt: 2 });
      await cp(fresh!, all!, { recursive: true });
      await cp(old!, all!, { recursive: true });
      const statuses = await job(last, world, all!, { only: ['count', 'last'], attempt: 2 });
      expect(statuses).toEqual({ fetch: 'cached', count: 'ran', last: 'ran' });
      expect(await readFile(path.join(last.root, '.trainyard/out/p/last/l'), 'utf8')).toBe('2\n');
    } finally {
      for (const rig of [first, second, last, again]) await rig[Symbol.asyncDispose]();
    }
  });
});
