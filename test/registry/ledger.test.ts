import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '../../src/git/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { assignment, by, done, ledgerOfClone, ledgerOn, registration, write } from './rig.ts';
import { digestOf, standing } from './tags.ts';

let rig: GitRig;
let count = 0;

beforeAll(async () => {
  rig = await gitRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

async function fresh(): Promise<{ folder: string; repository: Repository; commit: string }> {
  const folder = `repository-${count++}`;
  const commit = await rig.repository(folder);
  return { folder, repository: await rig.open(folder), commit };
}

describe('a book in a repository without a remote', () => {
  it('V3 keeps versions and stages as annotated tags that point to the commit', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit });
    const state = await done(ledger, assignment('v1.0.0', 'staging'), { commit });
    expect(standing(state)).toEqual({ staging: 'v1.0.0' });
    expect(await rig.git(folder, 'tag', '--list')).toBe('heart-disease#staging#1\nheart-disease@v1.0.0');
    expect(await rig.git(folder, 'rev-parse', 'heart-disease#staging#1^{commit}')).toBe(commit);
    expect(await rig.git(folder, 'rev-parse', 'refs/trainyard/registry/heart-disease')).toBe(state.head);
    const message = await rig.git(
      folder,
      'for-each-ref',
      '--format=%(contents)',
      'refs/tags/heart-disease@v1.0.0',
    );
    expect(JSON.parse(message)).toMatchObject({ kind: 'register', name: 'v1.0.0', commit, after: null });
    expect(value(await ledger.models())).toEqual(['heart-disease']);
    expect(value(await ledger.states())).toEqual([state]);
  });

  it('counts over all stages of a model, foreign tags included', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit });
    await rig.git(folder, 'tag', '-a', 'heart-disease#canary#41', '-m', 'by hand');
    const state = await done(ledger, assignment('v1.0.0', 'staging'), { commit });
    expect(state.events.at(-1)!.tag).toBe('heart-disease#staging#42');
    expect(state.requests).toMatchObject([{ tag: 'heart-disease#canary#41', name: 'v1.0.0' }]);
  });

  it('says that another writer was faster, and has written nothing', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    const on = await done(ledger, registration('v1.0.0'), { commit });
    await done(ledger, assignment('v1.0.0', 'staging'), { commit });
    expect((await write(ledger, assignment('v1.0.0', 'production'), { commit, on })).kind).toBe('lost');
    expect(await rig.git(folder, 'tag', '--list', '*production*')).toBe('');
  });

  it('V4 lets of many writers at once all in, one after the other, each with a number of its own', async () => {
    const { folder, repository, commit } = await fresh();
    await done(ledgerOn(repository), registration('v1.0.0'), { commit });
    const writers = Array.from({ length: 8 }, async (_, i) => {
      const ledger = ledgerOn(await rig.open(folder));
      for (let tries = 1; ; tries++) {
        const stage = i % 2 === 0 ? 'staging' : 'production';
        const appended = await write(ledger, assignment('v1.0.0', stage), { commit });
        if (appended.kind === 'done') return tries;
      }
    });
    const tries = await Promise.all(writers);
    const state = value(await ledgerOn(repository).state('heart-disease'));
    expect(state.events.length).toBe(9);
    expect(state.problems).toEqual([]);
    expect(Math.max(...tries)).toBeLessThanOrEqual(8);
  });

  it('gives the tags ever later dates, however the clock goes', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit, time: new Date('2026-03-01T12:00:00Z') });
    await done(ledger, assignment('v1.0.0', 'staging'), { commit, time: new Date('2026-02-01T12:00:00Z') });
    const dates = await rig.git(
      folder,
      'for-each-ref',
      '--sort=taggerdate',
      '--format=%(taggerdate:unix) %(refname)',
      'refs/tags',
    );
    expect(dates.split('\n')).toEqual([
      '1772366400 refs/tags/heart-disease@v1.0.0',
      '1772366401 refs/tags/heart-disease#staging#1',
    ]);
  });

  it('puts a second version of one commit on an empty commit above it, since GTO allows one', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit });
    const state = await done(ledger, registration('v1.1.0'), { commit });
    const [second, first] = state.versions;
    expect(first!.commit).toBe(commit);
    expect(second!.registered).toMatchObject({ event: { commit } });
    expect(await rig.git(folder, 'rev-parse', `${second!.commit}^`)).toBe(commit);
    expect(await rig.git(folder, 'diff', commit, second!.commit)).toBe('');
    const assigned = await done(ledger, assignment('v1.1.0', 'staging'), { commit });
    expect(assigned.events.at(-1)!.commit).toBe(second!.commit);
  });

  it.each([
    ['a version again', registration('v1.0.0'), 'registry-tag-taken'],
    ['a version that is none', registration('1.0'), 'registry-version-name-invalid'],
    ['a version with build metadata', registration('v1.0.1+linux'), 'registry-version-name-invalid'],
    ['a version whose name is a lock', registration('v1.0.1-x.lock'), 'registry-version-name-invalid'],
    [
      'a version in a stage that looks like another',
      assignment('v1.0.0', 'prоduction'),
      'registry-stage-name-invalid',
    ],
    [
      'a version in a stage that leads elsewhere',
      assignment('v1.0.0', '../../heads/main'),
      'registry-stage-name-invalid',
    ],
    [
      'a version in a stage with a protected name',
      assignment('v1.0.0', 'merge-base'),
      'registry-stage-name-invalid',
    ],
    [
      'a version in a stage with a very long name',
      assignment('v1.0.0', 's'.repeat(65)),
      'registry-stage-name-invalid',
    ],
    ['a version that is not there', assignment('v3.0.0', 'staging'), 'registry-event-illegal'],
    [
      'another digest of a version',
      assignment('v1.0.0', 'staging', digestOf('other')),
      'registry-event-illegal',
    ],
    [
      'a check that is none',
      { ...assignment('v1.0.0', 'staging'), checks: [{ check: 'mood' }] },
      'registry-event-invalid',
    ],
  ] as const)('refuses to write %s', async (_, draft, code) => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    const on = await done(ledger, registration('v1.0.0'), { commit });
    const tags = await rig.git(folder, 'for-each-ref');
    const refused = await ledger.append(draft as never, on, { commit, time: new Date() });
    expect(refused).toMatchObject({ ok: false, failure: { code } });
    expect(await rig.git(folder, 'for-each-ref')).toBe(tags);
  });

  it.each([
    'con',
    'Heart',
    'heart disease',
    '../x',
    'latest',
    'herz-krankheït',
    'a'.repeat(65),
    'heart_disease',
    '',
  ])('refuses to write for a model called %j', async (model) => {
    const { repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    const on = { ...value(await ledger.state('x')), model };
    const refused = await ledger.append(registration('v1.0.0'), on, { commit, time: new Date() });
    expect(refused).toMatchObject({ ok: false, failure: { code: 'registry-model-name-invalid' } });
  });

  it('reads tags that Git packed', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit });
    const state = await done(ledger, assignment('v1.0.0', 'production'), { commit });
    await rig.git(folder, 'gc', '--quiet');
    expect(value(await ledgerOn(await rig.open(folder)).state('heart-disease'))).toEqual(state);
  });

  it('tells of a tag that was moved to another version by hand', async () => {
    const { folder, repository, commit } = await fresh();
    const ledger = ledgerOn(repository);
    await done(ledger, registration('v1.0.0'), { commit });
    await done(ledger, assignment('v1.0.0', 'production'), { commit });
    await rig.git(folder, 'tag', '-f', '-a', 'heart-disease#production#1', '-m', 'mine now');
    const state = value(await ledger.state('heart-disease'));
    expect(standing(state)).toEqual({});
    expect(state.problems.map(({ problem }) => problem).join()).toContain('was deleted');
    expect(state.requests).toMatchObject([{ tag: 'heart-disease#production#1' }]);
  });
});

describe('a book on a remote', () => {
  async function clones(): Promise<{
    bare: string;
    commit: string;
    one: Repository;
    other: Repository;
    names: [string, string];
  }> {
    const name = `shared-${count++}`;
    const commit = await rig.repository(`${name}-source`);
    await rig.git('.', 'clone', '-q', '--bare', `${name}-source`, `${name}.git`);
    const names: [string, string] = [`${name}-one`, `${name}-other`];
    for (const clone of names) await rig.git('.', 'clone', '-q', `${name}.git`, clone);
    return {
      bare: `${name}.git`,
      commit,
      one: await rig.open(names[0]),
      other: await rig.open(names[1]),
      names,
    };
  }

  it('V4 shows each clone what the other has written', async () => {
    const { one, other, commit, bare } = await clones();
    const mine = await ledgerOfClone(one);
    await done(mine, registration('v1.0.0'), { commit });
    const state = await done(mine, assignment('v1.0.0', 'production'), { commit });
    const theirs = await ledgerOfClone(other);
    expect(value(await theirs.state('heart-disease'))).toEqual(state);
    expect(await rig.git(bare, 'tag', '--list')).toBe('heart-disease#production#1\nheart-disease@v1.0.0');
    expect(mine.place).toMatchObject({ kind: 'remote' });
  });

  it('V4 lets of two clones that write at once one in, and shows the other what happened', async () => {
    const { one, other, commit } = await clones();
    const mine = await ledgerOfClone(one);
    await done(mine, registration('v1.0.0'), { commit });
    const theirs = await ledgerOfClone(other);
    const on = value(await theirs.state('heart-disease'));
    await done(mine, assignment('v1.0.0', 'staging'), { commit });
    expect((await write(theirs, assignment('v1.0.0', 'production'), { commit, on })).kind).toBe('lost');
    expect(standing(value(await theirs.state('heart-disease')))).toEqual({ staging: 'v1.0.0' });
    const state = await done(theirs, assignment('v1.0.0', 'production'), { commit });
    expect(state.events.map(({ tag }) => tag)).toEqual([
      'heart-disease@v1.0.0',
      'heart-disease#staging#1',
      'heart-disease#production#2',
    ]);
  });

  it('loses to a tag that somebody pushed by hand, and counts on from it', async () => {
    const { one, commit, names } = await clones();
    const mine = await ledgerOfClone(one);
    const on = await done(mine, registration('v1.0.0'), { commit });
    await rig.git(names[1], 'tag', '-a', 'heart-disease#production#1', '-m', 'please');
    await rig.git(names[1], 'push', '-q', 'origin', 'heart-disease#production#1');
    expect((await write(mine, assignment('v1.0.0', 'production'), { commit, on })).kind).toBe('lost');
    const state = await done(mine, assignment('v1.0.0', 'production'), { commit });
    expect(state.events.at(-1)!.tag).toBe('heart-disease#production#2');
  });

  it('takes a book there that was begun before there was a remote', async () => {
    const { folder, repository, commit } = await fresh();
    const before = ledgerOn(repository);
    await done(before, registration('v1.0.0'), { commit });
    await done(before, assignment('v1.0.0', 'staging'), { commit });
    await rig.git('.', 'init', '-q', '--bare', `${folder}.git`);
    await rig.git(folder, 'remote', 'add', 'origin', `../${folder}.git`);
    const ledger = await ledgerOfClone(await rig.open(folder));
    const state = await done(ledger, assignment('v1.0.0', 'production'), { commit });
    expect(standing(state)).toEqual({ staging: 'v1.0.0', production: 'v1.0.0' });
    const there = value(await ledgerOn(await rig.open(`${folder}.git`)).state('heart-disease'));
    expect(there).toEqual(state);
  });

  it('takes down what was refused: a withdrawal reaches the other clone', async () => {
    const { one, other, commit } = await clones();
    const mine = await ledgerOfClone(one);
    await done(mine, registration('v1.0.0'), { commit });
    await done(mine, assignment('v1.0.0', 'production'), { commit });
    const draft = {
      kind: 'unassign',
      name: 'v1.0.0',
      digest: digestOf('v1.0.0'),
      by,
      stage: 'production',
      cause: 'withdrawn',
      checks: [],
    } as const;
    await done(mine, draft, { commit });
    const theirs = await ledgerOfClone(other);
    expect(standing(value(await theirs.state('heart-disease')))).toEqual({ production: undefined });
  });

  it('V4 lets writers of two clones, several in each, all in at last', async () => {
    const { bare, commit, names } = await clones();
    const first = await ledgerOfClone(await rig.open(names[0]));
    await done(first, registration('v1.0.0'), { commit });
    const writers = Array.from({ length: 6 }, async (_, i) => {
      const ledger = await ledgerOfClone(await rig.open(names[i % 2]!));
      while ((await write(ledger, assignment('v1.0.0', 'staging'), { commit })).kind === 'lost') {
        await new Promise((resolve) => setTimeout(resolve, 30 * i));
      }
    });
    await Promise.all(writers);
    const there = value(await ledgerOn(await rig.open(bare)).state('heart-disease'));
    expect(there.problems).toEqual([]);
    expect(there.events.length).toBe(7);
    expect(there.counter).toBe(6);
  });

  it('decides nothing anew on an event that is on its way to this clone, and goes on after one that was deleted', async () => {
    const { one, commit, names } = await clones();
    const mine = await ledgerOfClone(one);
    await done(mine, registration('v1.0.0'), { commit });
    await done(mine, assignment('v1.0.0', 'staging'), { commit });
    // Another process of this clone has fetched the one ref, and not yet the other.
    await rig.git(names[0], 'tag', '--delete', 'heart-disease#staging#1');
    const half = value(await mine.state('heart-disease'));
    expect(half.headMissing).toBe(true);
    expect((await write(mine, assignment('v1.0.0', 'production'), { commit, on: half })).kind).toBe('lost');
    expect(standing(value(await mine.state('heart-disease')))).toEqual({ staging: 'v1.0.0' });

    await rig.git(names[0], 'push', '--quiet', '--delete', 'origin', 'heart-disease#staging#1');
    await rig.git(names[0], 'tag', '--delete', 'heart-disease#staging#1');
    const state = await done(mine, assignment('v1.0.0', 'production'), { commit });
    expect(standing(state)).toEqual({ production: 'v1.0.0' });
    expect(state.problems.map(({ problem }) => problem).join()).toContain('its tag was deleted');
  });
});
