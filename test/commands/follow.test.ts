import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Result } from '../../src/base/index.ts';
import { failed, success } from '../../src/base/index.ts';
import type { FollowEvent, Follower } from '../../src/commands/follow.ts';
import { openFollower } from '../../src/commands/follow.ts';
import type { OpenedRegistry } from '../../src/commands/open-registry.ts';
import { servingPlan } from '../../src/commands/serving-plan.ts';
import { writeServable } from '../../src/servable/index.ts';
import type { PlanOutcome, ServingPlan } from '../../src/serve/index.ts';
import { sumModel } from '../servable/sum-model.ts';

const away: Failure = { code: 'git-network', kind: 'world', message: 'the remote is away' };
const nothing: PlanOutcome = { loaded: [], refused: [], retired: [] };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-follow-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** A follower of one folder, whose refs and remote are told by the test. */
class Rig {
  readonly events: FollowEvent[] = [];
  readonly applied: ServingPlan[] = [];
  refs: string[] = ['1'];
  refresh: () => Promise<Result<void, Failure>> = async () => success(undefined);
  outcome: PlanOutcome = nothing;
  looks = 0;
  follower!: Follower;
  readonly end = new AbortController();

  async write(version: string): Promise<void> {
    const { parts, bytes } = await sumModel({ version });
    const written = await writeServable(join(root, 'sum'), parts, bytes);
    if (!written.ok) throw new Error(written.failure.message);
  }

  async open({ interval = 1, lookTime = 60_000, outcome = nothing } = {}): Promise<this> {
    await this.write('v1.0.0');
    const world = {
      cwd: root,
      registry: async () => failed([{ ...away, message: 'nobody asked for the registry' }]),
    };
    const plan = await servingPlan(['./sum'], world);
    if (!plan.ok) throw new Error('no plan');
    const opened = {
      root,
      ledger: {
        refresh: () => {
          this.looks++;
          return this.refresh();
        },
      },
      repository: {
        listRefs: async (prefix: string) => success(this.refs.map((id) => ({ name: prefix, id }))),
      },
    } as unknown as OpenedRegistry;
    this.follower = openFollower({
      references: ['./sum'],
      opened,
      world: () => world,
      plan: plan.value,
      outcome,
      apply: async (next) => {
        this.applied.push(next);
        return this.outcome;
      },
      report: (event) => this.events.push(event),
      interval,
      lookTime,
      random: () => 0.5,
      signal: this.end.signal,
    });
    return this;
  }

  kinds(): readonly string[] {
    return this.events.map(({ kind }) => kind);
  }
}

describe('following stages', () => {
  it('S7: applies nothing as long as nothing changes', async () => {
    const rig = await new Rig().open();
    for (let i = 0; i < 3; i++) await rig.follower.look();
    expect(rig.applied).toEqual([]);
    expect(rig.events).toEqual([]);
  });

  it('S7: plans anew when the tags have changed, and applies what is new', async () => {
    const rig = await new Rig().open();
    await rig.follower.look();
    await rig.write('v2.0.0');
    await rig.follower.look();
    expect(rig.applied).toEqual([]);
    rig.refs.push('2');
    await rig.follower.look();
    expect(rig.applied.map(({ models }) => models[0]!.served)).toEqual(['v2.0.0']);
    expect(rig.kinds()).toEqual(['applied']);
  });

  it('S11: keeps what is served when the remote is away, tells it once, and in the notes', async () => {
    const rig = await new Rig().open();
    await rig.follower.look();
    rig.refresh = async () => failed(away);
    for (let i = 0; i < 3; i++) await rig.follower.look();
    expect(rig.applied).toHaveLength(1);
    expect(rig.applied[0]!.notes).toEqual(['the stages could not be looked up: the remote is away']);
    expect(rig.applied[0]!.models[0]!.served).toBe('v1.0.0');
    expect(rig.kinds()).toEqual(['look-failed']);
    rig.refresh = async () => success(undefined);
    await rig.follower.look();
    expect(rig.applied).toHaveLength(2);
    expect(rig.applied[1]!.notes).toBeUndefined();
    expect(rig.kinds()).toEqual(['look-failed', 'look-recovered', 'applied']);
  });

  it('S11: gives up a look that gets no answer, and begins no other while it hangs', async () => {
    const rig = await new Rig().open({ lookTime: 40 });
    let answer: (result: Result<void, Failure>) => void = () => undefined;
    rig.refresh = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    await rig.follower.look();
    await rig.follower.look();
    expect(rig.looks).toBe(1);
    expect(rig.applied[0]!.notes![0]).toContain('did not answer within 0.04 s');
    rig.refresh = async () => success(undefined);
    answer(success(undefined));
    // The look that hung still has files to read.
    while (!rig.kinds().includes('look-recovered')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await rig.follower.look();
    }
    expect(rig.looks).toBeGreaterThanOrEqual(2);
    expect(rig.kinds()).toEqual(['look-failed', 'look-recovered', 'applied']);
  });

  it('S11: survives a look that throws', async () => {
    const rig = await new Rig().open();
    rig.refresh = () => {
      throw new TypeError('a bug');
    };
    await rig.follower.look();
    expect(rig.events).toMatchObject([
      {
        kind: 'look-failed',
        failures: [{ code: 'commands-look-broken', message: 'the look broke off: a bug' }],
      },
    ]);
  });

  it('S11: keeps what is served when no plan can be made any more', async () => {
    const rig = await new Rig().open();
    await rig.follower.look();
    await rm(join(root, 'sum'), { recursive: true });
    rig.refs.push('2');
    await rig.follower.look();
    expect(rig.applied[0]!.models[0]!.served).toBe('v1.0.0');
    expect(rig.applied[0]!.notes![0]).toContain('could not be looked up');
  });

  it('S11: tries what was refused again, ever more seldom', async () => {
    const version = { model: 'sum', version: 'v1.0.0' };
    const rig = new Rig();
    rig.outcome = { ...nothing, refused: [{ ...version, failure: away }] };
    await rig.open({ outcome: rig.outcome });
    const tried: number[] = [];
    for (let look = 1; look <= 40; look++) {
      const before = rig.applied.length;
      await rig.follower.look();
      if (rig.applied.length > before) tried.push(look);
    }
    expect(tried).toEqual([1, 2, 4, 8, 16, 32]);
    rig.outcome = { ...nothing, loaded: [version] };
    for (let look = 41; look <= 64; look++) await rig.follower.look();
    expect(rig.applied).toHaveLength(7);
    expect(rig.kinds()).toEqual(['applied']);
  });

  it('S11: ends while a look hangs, and changes nothing any more', async () => {
    const rig = await new Rig().open({ interval: 1 });
    rig.refresh = () => new Promise(() => undefined);
    const running = rig.follower.run();
    while (rig.looks === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    rig.end.abort();
    await running;
    expect(rig.applied).toEqual([]);
    expect(rig.events).toEqual([]);
  });

  it('looks again and again until the signal, and ends at once', async () => {
    const rig = await new Rig().open({ interval: 5 });
    const running = rig.follower.run();
    while (rig.looks < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    rig.end.abort();
    await running;
    const { looks } = rig;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(rig.looks).toBe(looks);
  });
});
