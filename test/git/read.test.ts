import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/git/index.ts';
import type { GitRig } from './rig.ts';
import { gitRig, value } from './rig.ts';

/** main: first - m1 - m2 - merge; topic leaves at m1, and is merged once. */
async function forked(
  rig: GitRig,
): Promise<{ m1: string; m2: string; topic: string; merge: string; next: string }> {
  await rig.repository('r');
  const commit = async (name: string) => {
    await rig.write(`r/${name}`, name);
    await rig.git('r', 'add', '.');
    await rig.git('r', 'commit', '-q', '-m', name);
    return await rig.git('r', 'rev-parse', 'HEAD');
  };
  const m1 = await commit('m1');
  await rig.git('r', 'checkout', '-q', '-b', 'topic');
  const topic = await commit('t1');
  await rig.git('r', 'checkout', '-q', 'main');
  const m2 = await commit('m2');
  await rig.git('r', 'merge', '-q', '--no-edit', 'topic');
  const merge = await rig.git('r', 'rev-parse', 'HEAD');
  await rig.git('r', 'checkout', '-q', 'topic');
  const next = await commit('t2');
  return { m1, m2, topic, merge, next };
}

for (const engine of ['auto', 'library'] as const) {
  describe(`history, engine ${engine}`, () => {
    test('finds the best common ancestor, as Git does', async () => {
      await using rig = await gitRig();
      const { m1, m2, topic, merge, next } = await forked(rig);
      const repository = await rig.open('r', engine);
      const base = async (a: string, b: string) => value(await repository.mergeBase(a, b));
      expect(await base(m2, topic)).toEqual({ kind: 'found', commit: m1 });
      expect(await base(merge, next)).toEqual({ kind: 'found', commit: topic });
      expect(await base(next, merge)).toEqual({ kind: 'found', commit: topic });
      expect(await base(m1, merge)).toEqual({ kind: 'found', commit: m1 });
      expect(await base(m1, m1)).toEqual({ kind: 'found', commit: m1 });
      const all = [m1, m2, topic, merge, next];
      for (const a of all) {
        for (const b of all) {
          expect(await base(a, b)).toEqual({ kind: 'found', commit: await rig.git('r', 'merge-base', a, b) });
        }
      }
    });

    test('says that there is none, or in a shallow clone that nobody can know', async () => {
      await using rig = await gitRig();
      const { m1, merge, next } = await forked(rig);
      await rig.git('r', 'checkout', '-q', '--orphan', 'alone');
      await rig.git('r', 'commit', '-q', '-m', 'alone');
      const alone = await rig.git('r', 'rev-parse', 'HEAD');
      expect(value(await (await rig.open('r', engine)).mergeBase(alone, m1))).toEqual({ kind: 'none' });
      await rig.git('.', 'clone', '-q', '--depth=1', '--no-single-branch', `file://${rig.path}/r`, 'shallow');
      const shallow = await rig.open('shallow', engine);
      expect(await shallow.isShallow()).toBe(true);
      expect(value(await shallow.mergeBase(merge, next))).toMatchObject({ kind: 'unknown' });
      expect(value(await shallow.mergeBase(next, next))).toEqual({ kind: 'found', commit: next });
      expect(value(await shallow.history(next, { limit: 10 }))).toEqual([next]);
      expect(await shallow.mergeBase(next, m1)).toMatchObject({ failure: { code: 'git-object-missing' } });
    });

    test('lists ancestors, newest first, up to a limit', async () => {
      await using rig = await gitRig();
      const { next, merge } = await forked(rig);
      const repository = await rig.open('r', engine);
      for (const commit of [next, merge]) {
        const expected = (await rig.git('r', 'rev-list', commit)).split('\n');
        expect(value(await repository.history(commit, { limit: 100 }))).toEqual(expected);
        expect(value(await repository.history(commit, { limit: 2 }))).toEqual(expected.slice(0, 2));
      }
    });

    test('knows the default branch from the remote, else by its usual names', async () => {
      await using rig = await gitRig();
      const { merge } = await forked(rig);
      expect(value(await (await rig.open('r', engine)).defaultBranch())).toEqual({
        name: 'main',
        commit: merge,
      });
      await rig.git('r', 'branch', '-m', 'main', 'trunk');
      expect(value(await (await rig.open('r', engine)).defaultBranch())).toBeUndefined();
      await rig.git('r', 'checkout', '-q', 'trunk');
      await rig.git('.', 'clone', '-q', 'r', 'clone');
      const clone = await rig.open('clone', engine);
      expect(value(await clone.defaultBranch())).toEqual({ name: 'trunk', commit: merge });
    });

    test('resolves branches, tags, remote branches and ids to commits, and nothing else', async () => {
      await using rig = await gitRig();
      const { m1, merge, next } = await forked(rig);
      await rig.git('r', 'tag', 'light', m1);
      await rig.git('r', 'tag', '-a', '-m', 'note', 'heavy', m1);
      const blob = await rig.git('r', 'rev-parse', `${m1}:m1`);
      await rig.git('r', 'tag', 'of-a-blob', blob);
      const repository = await rig.open('r', engine);
      const expected = { HEAD: next, main: merge, 'refs/heads/main': merge, light: m1, heavy: m1, [m1]: m1 };
      for (const [revision, commit] of Object.entries(expected)) {
        expect(value(await repository.resolve(revision)), revision).toBe(commit);
      }
      for (const revision of [
        '',
        'nothing',
        '-x',
        '--all',
        '../config',
        blob,
        'of-a-blob',
        'f'.repeat(40),
        'a b',
      ]) {
        expect(value(await repository.resolve(revision)), revision).toBeUndefined();
      }
      await rig.git('.', 'clone', '-q', 'r', 'clone');
      expect(value(await (await rig.open('clone', engine)).resolve('origin/main'))).toBe(merge);
    });
  });

  describe(`reading branches and tags, engine ${engine}`, () => {
    const files = [
      'a.txt',
      'runs/é "q"/1.json',
      'runs/p/2026/01.json',
      'runs/p/2026/02.json',
      'runs/p-2/1.json',
    ];
    const filled = async (rig: GitRig): Promise<Repository> => {
      await rig.repository('r');
      const repository = await rig.open('r', engine);
      const contents = files.map((path) => ({ path, bytes: Buffer.from(`${path}\n\n`) }));
      value(await repository.commitFiles('x', contents, { message: 'm', time: new Date(0) }));
      return repository;
    };

    test('lists a folder and reads its files', async () => {
      await using rig = await gitRig();
      const repository = await filled(rig);
      const list = async (folder: string) => value(await repository.listFiles('x', folder));
      expect((await list('')).map((each) => each.path)).toEqual([...files].sort());
      expect((await list('runs/p')).map((each) => each.path)).toEqual([files[2], files[3]]);
      expect((await list('runs/p/')).map((each) => each.path)).toEqual([files[2], files[3]]);
      for (const nothing of ['run', 'a.txt/b', 'runs/*']) expect(await list(nothing)).toEqual([]);
      const all = await list('');
      const texts = value(await repository.readFiles(all)).map((bytes) => Buffer.from(bytes).toString());
      expect(texts).toEqual(all.map((each) => `${each.path}\n\n`));
      expect(Buffer.from(value(await repository.readFile('x', files[1]!))!).toString()).toBe(
        `${files[1]}\n\n`,
      );
    });

    test('finds nothing on a branch that is not there, and no file that is not there', async () => {
      await using rig = await gitRig();
      const repository = await filled(rig);
      expect(value(await repository.listFiles('y', ''))).toEqual([]);
      expect(value(await repository.readFile('y', 'a.txt'))).toBeUndefined();
      expect(value(await repository.readFile('x', 'b.txt'))).toBeUndefined();
      expect(await repository.readFiles([{ path: 'x', blob: 'f'.repeat(40) }])).toMatchObject({
        failure: { code: 'git-object-missing' },
      });
    });

    test('lists tags by prefix and reads what annotated ones say', async () => {
      await using rig = await gitRig();
      const commit = await rig.repository('r');
      await rig.git('r', 'tag', 'model@v1.0.0');
      await rig.git('r', 'tag', '-a', '-m', '{"digest":"x"}', 'model#production#1');
      await rig.git('r', 'pack-refs', '--all');
      await rig.git('r', 'tag', '-a', '-m', 'two\n\nlines', 'model#production#2');
      const repository = await rig.open('r', engine);
      expect(value(await repository.listTags('model#production#'))).toEqual([
        'model#production#1',
        'model#production#2',
      ]);
      expect(value(await repository.listTags(''))).toHaveLength(3);
      expect(value(await repository.listTags('other'))).toEqual([]);
      expect(value(await repository.readTag('model#production#1'))).toEqual({
        name: 'model#production#1',
        target: commit,
        id: await rig.git('r', 'rev-parse', 'model#production#1'),
        message: '{"digest":"x"}',
        tagger: { name: 'Ada', email: 'ada@example.org', time: expect.any(Date) },
      });
      expect(value(await repository.readTag('model#production#2'))?.message).toBe('two\n\nlines');
      expect(value(await repository.readTag('model@v1.0.0'))).toEqual({
        name: 'model@v1.0.0',
        target: commit,
      });
      expect(value(await repository.readTag('nothing'))).toBeUndefined();
    });
  });
}
