import { describe, expect, it } from 'vitest';
import type { Digest, Failure, Result } from '../../../src/base/index.ts';
import { failed, success } from '../../../src/base/index.ts';
import type {
  Engine,
  Fleet,
  PlannedFleet,
  PlannedModel,
  PlannedVersion,
  ServingPlan,
} from '../../../src/serve/index.ts';
import { planFleet } from '../../../src/serve/index.ts';
import { ToldEngine } from './engines.ts';

function versionOf(name: string): PlannedVersion {
  return { name, digest: `sha256:${name}` as Digest, folder: `/servables/${name}` };
}

function modelOf(served: string, more: Partial<PlannedModel> = {}): PlannedModel {
  const { versions = [], ...others } = more;
  return { model: 'm', served, shadows: [], versions: [versionOf(served), ...versions], ...others };
}

function planOf(...models: readonly PlannedModel[]): ServingPlan {
  return { version: 1, models };
}

const damaged: Failure = { code: 'servable-digest', kind: 'input', message: 'the bytes are others' };

/** A fleet whose engines are kept, and whose versions can be told to be bad. */
class Rig implements AsyncDisposable {
  readonly engines: { readonly name: string; readonly engine: ToldEngine }[] = [];
  readonly bad = new Set<string>();
  readonly broken = new Set<string>();
  readonly fleet: PlannedFleet;
  #letGo: (() => void)[] = [];

  constructor() {
    this.fleet = planFleet({
      open: (version) => this.#open(version),
      pause: () => new Promise<void>((resolve) => this.#letGo.push(resolve)),
    });
  }

  async #open({ name }: PlannedVersion): Promise<Result<Engine, Failure>> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.bad.has(name)) return failed(damaged);
    if (this.broken.has(name)) throw new Error('nobody thought of it');
    const engine = new ToldEngine({ answersLater: true });
    this.engines.push({ name, engine });
    return success(engine);
  }

  /** What lingers ends lingering, and what can be disposed is. */
  async settle(): Promise<void> {
    for (const resolve of this.#letGo.splice(0)) resolve();
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  engine(name: string): ToldEngine {
    return this.engines.findLast((each) => each.name === name)!.engine;
  }

  alive(): readonly string[] {
    return this.engines.filter(({ engine }) => !engine.isDisposed).map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { engine } of this.engines) engine.answerAll();
    const disposed = this.fleet[Symbol.asyncDispose]();
    await this.settle();
    await disposed;
  }
}

function answering(fleet: Fleet, id = 'a'): readonly [string, string] | undefined {
  const choice = fleet
    .model('m')
    ?.choose({ requestId: id, header: () => undefined, column: () => undefined });
  return choice === undefined ? undefined : [choice.version.name, choice.role];
}

describe('a fleet that is told plans', () => {
  it('is not ready, and says so, before the first plan', async () => {
    await using rig = new Rig();
    expect(rig.fleet.readiness().ready).toBe(false);
    expect(rig.fleet.models()).toEqual([]);
  });

  it('S7: answers with what the last plan says, and tells what changed', async () => {
    await using rig = new Rig();
    const { fleet } = rig;
    expect(await fleet.apply(planOf(modelOf('v1')))).toEqual({
      loaded: [{ model: 'm', version: 'v1' }],
      refused: [],
      retired: [],
    });
    expect(answering(fleet)).toEqual(['v1', 'served']);
    expect(fleet.readiness()).toEqual({ ready: true, models: { m: { ready: true, because: 'v1 answers' } } });
    expect(await fleet.apply(planOf(modelOf('v2')))).toEqual({
      loaded: [{ model: 'm', version: 'v2' }],
      refused: [],
      retired: [{ model: 'm', version: 'v1' }],
    });
    expect(answering(fleet)).toEqual(['v2', 'served']);
    expect([...fleet.model('m')!.versions.keys()]).toEqual(['v2']);
    expect(fleet.model('m')!.served.name).toBe('v2');
  });

  it('S7: goes on when a version that is no longer needed cannot be freed', async () => {
    await using rig = new Rig();
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      await rig.fleet.apply(planOf(modelOf('v1')));
      rig.engine('v1').isDisposed = true; // Disposing it again throws.
      await rig.fleet.apply(planOf(modelOf('v2')));
      await rig.settle();
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
    expect(answering(rig.fleet)).toEqual(['v2', 'served']);
  });

  it('S7: loads a version once, whatever parts it plays, and keeps its engine while any plan names it', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1', { versions: [versionOf('v2')], shadows: ['v2'] })));
    await rig.fleet.apply(
      planOf(modelOf('v1', { versions: [versionOf('v2')], canary: { version: 'v2', share: 0.5 } })),
    );
    await rig.fleet.apply(planOf(modelOf('v2')));
    await rig.settle();
    expect(rig.engines.map(({ name }) => name)).toEqual(['v1', 'v2']);
    expect(rig.alive()).toEqual(['v2']);
  });

  it('S7: answers with the old version until the new one is loaded', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    const applied = rig.fleet.apply(planOf(modelOf('v2')));
    expect(answering(rig.fleet)).toEqual(['v1', 'served']);
    await applied;
    expect(answering(rig.fleet)).toEqual(['v2', 'served']);
  });

  it('S7, S11: refuses a version that cannot be loaded, keeps the old one, and the readiness tells', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    rig.bad.add('v2');
    const outcome = await rig.fleet.apply(planOf(modelOf('v2')));
    expect(outcome).toEqual({
      loaded: [],
      refused: [{ model: 'm', version: 'v2', failure: damaged }],
      retired: [],
    });
    expect(answering(rig.fleet)).toEqual(['v1', 'served']);
    await rig.settle();
    expect(rig.engine('v1').isDisposed).toBe(false);
    expect(rig.fleet.readiness()).toEqual({
      ready: true,
      models: { m: { ready: true, because: 'v1 answers; v2 was refused: the bytes are others' } },
    });
    // The same plan again tries again.
    rig.bad.clear();
    expect((await rig.fleet.apply(planOf(modelOf('v2')))).retired).toEqual([{ model: 'm', version: 'v1' }]);
    expect(answering(rig.fleet)).toEqual(['v2', 'served']);
  });

  it('S11: keeps the old version also when the plan itself refuses the new one', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    const planned = { ...modelOf('v2'), versions: [], refused: [{ name: 'v2', failure: damaged }] };
    await rig.fleet.apply(planOf(planned));
    expect(answering(rig.fleet)).toEqual(['v1', 'served']);
    expect(rig.fleet.readiness().models['m']!.because).toContain('v2 was refused');
  });

  it('S11: is not ready while a model has never been loaded, and still answers for the others', async () => {
    await using rig = new Rig();
    rig.bad.add('v9');
    await rig.fleet.apply(planOf({ ...modelOf('v9'), model: 'broken' }, modelOf('v1')));
    const { ready, models } = rig.fleet.readiness();
    expect(ready).toBe(false);
    expect(models['broken']).toEqual({ ready: false, because: 'v9 was refused: the bytes are others' });
    expect(models['m']).toEqual({ ready: true, because: 'v1 answers' });
    expect(rig.fleet.models().map(({ name }) => name)).toEqual(['m']);
    expect(rig.fleet.model('broken')).toBeUndefined();
  });

  it('S7: plays without a shadow, canary or variant that is refused', async () => {
    await using rig = new Rig();
    rig.bad.add('v2');
    await rig.fleet.apply(
      planOf(
        modelOf('v1', {
          versions: [versionOf('v2')],
          shadows: ['v2'],
          canary: { version: 'v2', share: 1 },
          variants: { header: 'x', versions: { b: 'v2' } },
        }),
      ),
    );
    const choice = rig.fleet
      .model('m')!
      .choose({ requestId: 'a', header: () => 'b', column: () => undefined });
    expect([choice.version.name, choice.role, choice.shadows]).toEqual(['v1', 'served', []]);
  });

  it('S7: tells in its readiness who gets copies and shares', async () => {
    await using rig = new Rig();
    const versions = [versionOf('v2'), versionOf('v3')];
    const canary = { version: 'v2', share: 0.1 };
    await rig.fleet.apply({
      ...planOf(modelOf('v1', { versions, shadows: ['v3'], canary })),
      notes: ['nothing stands in staging'],
    });
    expect(rig.fleet.readiness()).toEqual({
      ready: true,
      models: { m: { ready: true, because: 'v1 answers; v2 gets 10 % of the requests; v3 gets copies' } },
      notes: ['nothing stands in staging'],
    });
  });

  it('S7: lets requests end with the version that they began with', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    const { version } = rig.fleet
      .model('m')!
      .choose({ requestId: 'a', header: () => undefined, column: () => undefined });
    const inFlight = version.engine.infer({ rows: 1, cells: [0] }, Number.POSITIVE_INFINITY);
    await rig.fleet.apply(planOf(modelOf('v2')));
    // Chosen before the swap, asked after it.
    const late = version.engine.infer({ rows: 1, cells: [0] }, Number.POSITIVE_INFINITY);
    await rig.settle();
    expect(rig.engine('v1').isDisposed).toBe(false);
    rig.engine('v1').answerAll();
    expect((await Promise.all([inFlight, late])).every(({ ok }) => ok)).toBe(true);
    await rig.settle();
    expect(rig.engine('v1').isDisposed).toBe(true);
  });

  it('S7: frees what it swapped out: after 50 swaps one engine is left', async () => {
    await using rig = new Rig();
    for (let i = 1; i <= 50; i++) {
      await rig.fleet.apply(
        planOf(modelOf(`v${i}`, { versions: [versionOf('steady')], shadows: ['steady'] })),
      );
    }
    await rig.settle();
    expect([...rig.alive()].sort()).toEqual(['steady', 'v50']);
    expect(rig.engines).toHaveLength(51);
  });

  it('applies plans one after the other, in the order in which they came', async () => {
    await using rig = new Rig();
    const outcomes = await Promise.all(
      ['v1', 'v2', 'v3'].map((name) => rig.fleet.apply(planOf(modelOf(name)))),
    );
    expect(outcomes.map(({ retired }) => retired.map(({ version }) => version))).toEqual([
      [],
      ['v1'],
      ['v2'],
    ]);
    expect(answering(rig.fleet)).toEqual(['v3', 'served']);
  });

  it('gives up a model that no plan names any more', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    await rig.fleet.apply(planOf());
    expect(rig.fleet.model('m')).toBeUndefined();
    expect(rig.fleet.readiness().ready).toBe(false);
    await rig.settle();
    expect(rig.alive()).toEqual([]);
  });

  it('loads the same name again when its bytes or its folder are others', async () => {
    await using rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    const other = { ...versionOf('v1'), digest: 'sha256:other' as Digest };
    await rig.fleet.apply(planOf({ ...modelOf('v1'), versions: [other] }));
    await rig.settle();
    expect(rig.engines).toHaveLength(2);
    expect(rig.alive()).toEqual(['v1']);
  });

  it('S11: disposes everything once the last request is answered', async () => {
    const rig = new Rig();
    await rig.fleet.apply(planOf(modelOf('v1')));
    const inFlight = rig.fleet
      .model('m')!
      .served.engine.infer({ rows: 1, cells: [0] }, Number.POSITIVE_INFINITY);
    const disposed = rig.fleet[Symbol.asyncDispose]();
    await rig.settle();
    expect(rig.alive()).toEqual(['v1']);
    rig.engine('v1').answerAll();
    await disposed;
    expect((await inFlight).ok).toBe(true);
    expect(rig.alive()).toEqual([]);
  });
});

describe('a version that cannot even be tried', () => {
  it('is refused as one that fails is, and what was opened beside it answers and is disposed (M3)', async () => {
    let engine: ToldEngine;
    {
      await using rig = new Rig();
      rig.broken.add('v2');
      const outcome = await rig.fleet.apply(planOf(modelOf('v1', { versions: [versionOf('v2')] })));
      expect(outcome.loaded).toEqual([{ model: 'm', version: 'v1' }]);
      expect(outcome.refused).toMatchObject([
        { version: 'v2', failure: { code: 'serve-version-failed', kind: 'world' } },
      ]);
      expect(rig.fleet.readiness()).toMatchObject({ ready: true });
      engine = rig.engine('v1');
    }
    expect(engine.isDisposed).toBe(true);
  });
});
