import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, success } from '../../../src/base/index.ts';
import type { Repository } from '../../../src/git/index.ts';
import type { Evidence, Ledger, StagePolicy } from '../../../src/registry/index.ts';
import { answerRequest, archive, openLedger, promote, rollback } from '../../../src/registry/index.ts';
import type { GitRig } from '../../git/rig.ts';
import { gitRig, value } from '../../git/rig.ts';
import { done, ledgerOfClone, registration } from '../rig.ts';
import { standing } from '../tags.ts';

let rig: GitRig;
beforeAll(async () => {
  rig = await gitRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

const policy = { auto: false, promoters: [], approvals: 0, provenance: false };
const stages: readonly StagePolicy[] = [
  { ...policy, name: 'staging' },
  { ...policy, name: 'production' },
];
const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0'];

function worldOf(ledger: Ledger, seed: number) {
  const random = seededRandom(seed);
  return {
    ledger,
    now: () => new Date(),
    random,
    pause: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
    why: 'a test',
    stages,
    judgePromoter: async () => ({ verdict: 'pass' as const, because: 'anybody may' }),
    gather: async (_: unknown, state: Evidence['state']) =>
      success<Evidence>({
        state,
        stages,
        promoter: { verdict: 'pass', because: 'anybody may' },
        approvals: [],
        startedAt: { at: '2026-03-01T11:00:00Z' },
        gates: [],
        now: new Date(),
      }),
  };
}

/** A bare remote with some versions, and two clones of it. */
async function twoClones(
  name: string,
): Promise<{ bare: string; clones: readonly Repository[]; commit: string }> {
  const commit = await rig.repository(`${name}-first`);
  await rig.git('.', 'clone', '-q', '--bare', `${name}-first`, `${name}.git`);
  const clones: Repository[] = [];
  for (const clone of [`${name}-a`, `${name}-b`]) {
    await rig.git('.', 'clone', '-q', `${name}.git`, clone);
    clones.push(await rig.open(clone));
  }
  const ledger = await ledgerOfClone(clones[0]!);
  for (const version of versions) await done(ledger, registration(version), { commit });
  return { bare: `${name}.git`, clones, commit };
}

async function openClone(repository: Repository): Promise<Ledger> {
  const ledger = openLedger({ repository, remote: value(await repository.remote()) });
  value(await ledger.refresh('heart-disease'));
  return ledger;
}

describe('two clones and a remote', () => {
  it('V4 20 promotions at once end in one legal history, with every number given once', async () => {
    const { bare, clones } = await twoClones('twenty');
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const ledger = await openClone(clones[i % 2]!);
        const request = {
          name: versions[i % versions.length]!,
          stage: i % 3 === 0 ? 'production' : 'staging',
          cause: 'promotion' as const,
          by: { name: `@p${i}`, proof: 'forge' as const },
        };
        const answer = await promote('heart-disease', request, worldOf(ledger, i));
        return answer.ok ? answer.value.kind : `${answer.failure[0]!.code}: ${answer.failure[0]!.message}`;
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`20 promotions through one remote: ${seconds.toFixed(1)} s\n`);
    expect(answers.filter((kind) => kind !== 'promoted' && kind !== 'already')).toEqual([]);
    const state = value(await (await openClone(clones[0]!)).state('heart-disease'));
    expect(state.problems).toEqual([]);
    const written = state.events.filter(({ event }) => event.kind === 'assign');
    expect(written.length).toBe(answers.filter((kind) => kind === 'promoted').length);
    expect(written.map(({ event }) => 'counter' in event && event.counter)).toEqual(
      written.map((_, i) => i + 1),
    );
    expect(value(await (await openClone(clones[1]!)).state('heart-disease'))).toEqual(state);
    const tags = (await rig.git(bare, 'tag', '--list', 'heart-disease#*')).split('\n');
    expect(tags.length).toBe(written.length);
  });

  it('V4 a promotion and a rollback at once: one goes first, and nobody undoes the other unseen', async () => {
    const { clones } = await twoClones('race');
    const [a, b] = [await openClone(clones[0]!), await openClone(clones[1]!)];
    const by = { name: '@ada', proof: 'forge' as const };
    for (const name of ['v1.0.0', 'v1.1.0']) {
      value0(
        await promote('heart-disease', { name, stage: 'production', cause: 'promotion', by }, worldOf(a, 1)),
      );
    }
    value(await b.refresh('heart-disease'));
    const [promoted, back] = await Promise.all([
      promote(
        'heart-disease',
        { name: 'v1.2.0', stage: 'production', cause: 'promotion', by },
        worldOf(a, 2),
      ),
      rollback('heart-disease', { stage: 'production', by: { ...by, name: '@bob' } }, worldOf(b, 3)),
    ]);
    const lost = [promoted, back].filter((answer) => !answer.ok);
    expect(lost.length).toBe(1);
    for (const answer of lost) {
      if (answer.ok) continue;
      expect(answer.failure[0]!.code).toBe('registry-stage-changed');
      expect(answer.failure[0]!.message).toMatch(/@(ada|bob) \(forge\) wrote heart-disease#production#3/);
    }
    value(await a.refresh('heart-disease'));
    expect(['v1.0.0', 'v1.2.0']).toContain(standing(value(await a.state('heart-disease')))['production']);
  });

  it('V4 a rollback takes one append, and archiving withdraws first', async () => {
    const { clones } = await twoClones('back');
    const ledger = await openClone(clones[0]!);
    const by = { name: '@ada', proof: 'forge' as const };
    for (const name of versions) {
      value0(
        await promote(
          'heart-disease',
          { name, stage: 'production', cause: 'promotion', by },
          worldOf(ledger, 1),
        ),
      );
    }
    const began = performance.now();
    const back = value0(await rollback('heart-disease', { stage: 'production', by }, worldOf(ledger, 1)));
    process.stdout.write(
      `a rollback through a remote: ${((performance.now() - began) / 1000).toFixed(2)} s\n`,
    );
    expect(back).toMatchObject({ kind: 'rolled-back', event: { tag: 'heart-disease#production#5' } });
    const world = worldOf(ledger, 1);
    const refused = value0(await archive('heart-disease', { name: 'v1.2.0', by, withdraw: false }, world));
    expect(refused.kind).toBe('refused');
    const gone = value0(await archive('heart-disease', { name: 'v1.2.0', by, withdraw: true }, world));
    expect(gone.events.map(({ tag }) => tag)).toEqual([
      'heart-disease#production!#6',
      'heart-disease@v1.2.0!#7',
    ]);
    expect(gone.decision.withdrawn).toEqual([{ stage: 'production', before: 'v1.1.0' }]);
    const again = value0(await rollback('heart-disease', { stage: 'production', by }, world));
    expect(again.decision.name).toBe('v1.1.0');
  });
});

describe('a tag that somebody pushes', () => {
  const by = { name: '@ada', proof: 'forge' as const };
  const refusing = { verdict: 'fail' as const, because: '@ada is not among the promoters' };

  async function answer(ledger: Ledger, clone: Repository, tag: string, isRefused = false) {
    value(await ledger.refresh('heart-disease'));
    const commit = value(await clone.resolve(`refs/tags/${tag}`))!;
    const world = worldOf(ledger, 7);
    const counter = Number(tag.split('#')[2]);
    const request = {
      stage: 'production',
      cause: 'promotion' as const,
      by,
      request: { tag, commit, counter },
    };
    const gather: typeof world.gather = async (asked, state) => {
      const evidence = await world.gather(asked, state);
      return evidence.ok && isRefused ? success({ ...evidence.value, promoter: refusing }) : evidence;
    };
    return value0(await answerRequest('heart-disease', request, { ...world, gather }));
  }

  it.each<[string, readonly string[]]>([
    ['lightweight', []],
    ['with a message of its own', ['-a', '-m', 'ship it']],
    ['with a forged message', ['-a', '-m', '{"kind":"assign","version":1,"model":"heart-disease"}']],
  ])('V4 is completed once: %s', async (name, options) => {
    const { bare, clones } = await twoClones(`tag-${name.length}`);
    const ledger = await openClone(clones[0]!);
    const folder = `tag-${name.length}-b`;
    await rig.git(folder, 'fetch', '-q', '--tags');
    const tag = 'heart-disease#production#1';
    await rig.git(folder, 'tag', ...options, tag, 'heart-disease@v1.1.0^{}');
    await rig.git(folder, 'push', '-q', 'origin', tag);
    const first = await answer(ledger, clones[0]!, tag);
    expect(first).toMatchObject({
      kind: 'promoted',
      event: { tag: 'heart-disease#production#2', event: { request: tag } },
    });
    const again = await answer(await openClone(clones[1]!), clones[1]!, tag);
    expect(again).toMatchObject({ kind: 'answered', event: { tag: 'heart-disease#production#2' } });
    expect(await rig.git(bare, 'tag', '--list', '*production*')).toBe(`${tag}\nheart-disease#production#2`);
  });

  it('V4 is refused once, with every reason in the tag that says so', async () => {
    const { bare, clones } = await twoClones('refused');
    const ledger = await openClone(clones[0]!);
    await rig.git('refused-b', 'fetch', '-q', '--tags');
    const tag = 'heart-disease#production#1';
    await rig.git('refused-b', 'tag', tag, 'heart-disease@v1.1.0^{}');
    await rig.git('refused-b', 'push', '-q', 'origin', tag);
    const first = await answer(ledger, clones[0]!, tag, true);
    expect(first).toMatchObject({ kind: 'refused', event: { tag: 'heart-disease#production!#2' } });
    const message = await rig.git(
      bare,
      'for-each-ref',
      '--format=%(contents)',
      'refs/tags/heart-disease#production!#2',
    );
    expect(JSON.parse(message)).toMatchObject({ cause: 'refused', name: 'v1.1.0', request: tag });
    expect(message).toContain(refusing.because);
    const again = await answer(await openClone(clones[1]!), clones[1]!, tag);
    expect(again).toMatchObject({ kind: 'answered', event: { event: { kind: 'unassign' } } });
    expect(value(await ledger.state('heart-disease')).stages['production']).toBeUndefined();
  });

  it('V4 is refused where its commit has no version', async () => {
    const { clones } = await twoClones('nowhere');
    const ledger = await openClone(clones[0]!);
    await rig.git('nowhere-b', 'commit', '-q', '--allow-empty', '-m', 'other');
    const tag = 'heart-disease#production#1';
    await rig.git('nowhere-b', 'tag', tag);
    await rig.git('nowhere-b', 'push', '-q', 'origin', tag);
    const refused = await answer(ledger, clones[0]!, tag);
    expect(refused).toMatchObject({ kind: 'refused', event: { tag: 'heart-disease#production!#2' } });
    expect('decision' in refused && refused.decision.checks[0]!.because).toMatch(
      /^no version of heart-disease is registered/,
    );
  });
});

function value0<T>(
  result: { ok: true; value: T } | { ok: false; failure: readonly { code: string; message: string }[] },
): T {
  if (!result.ok) throw new Error(result.failure.map(({ message }) => message).join('; '));
  return result.value;
}
