import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ObjectId, Repository } from '../../src/git/index.ts';
import { commitOn, tagOn } from './remote-contract.ts';
import { gitRig, value } from './rig.ts';

const done = { kind: 'done' };

async function refs(repository: Repository): Promise<Record<string, ObjectId>> {
  return Object.fromEntries(value(await repository.listRefs('refs/')).map(({ name, id }) => [name, id]));
}

for (const engine of ['auto', 'library'] as const) {
  describe(`moving refs of this repository, engine ${engine}`, () => {
    test('makes, changes and deletes them together, packed ones too', async () => {
      await using rig = await gitRig();
      const first = await rig.repository('r');
      const repository = await rig.open('r', engine);
      const one = await tagOn(repository, first, 'one');
      const two = await tagOn(repository, first, 'two');
      const update = async (...updates: Parameters<Repository['updateRefs']>[0]) =>
        value(await repository.updateRefs(updates));
      expect(await update()).toEqual(done);
      expect(
        await update(
          { ref: 'refs/tags/one', before: undefined, after: one },
          { ref: 'refs/trainyard/m', before: undefined, after: one },
          { ref: 'refs/heads/main', before: first, after: first },
        ),
      ).toEqual(done);
      await rig.git('r', 'pack-refs', '--all');
      await rig.git('r', 'tag', 'kept');
      expect(await update({ ref: 'refs/trainyard/m', before: one, after: two })).toEqual(done);
      expect(await refs(repository)).toEqual({
        'refs/heads/main': first,
        'refs/tags/kept': first,
        'refs/tags/one': one,
        'refs/trainyard/m': two,
      });
      expect(
        await update(
          { ref: 'refs/trainyard/m', before: two, after: undefined },
          { ref: 'refs/tags/one', before: one, after: undefined },
        ),
      ).toEqual(done);
      expect(await refs(repository)).toEqual({ 'refs/heads/main': first, 'refs/tags/kept': first });
      expect(await rig.git('r', 'for-each-ref', '--format=%(refname)')).toBe(
        'refs/heads/main\nrefs/tags/kept',
      );
    });

    test('moves none when one is not what was expected', async () => {
      await using rig = await gitRig();
      const first = await rig.repository('r');
      const repository = await rig.open('r', engine);
      const one = await tagOn(repository, first, 'one');
      const two = await tagOn(repository, first, 'two');
      value(await repository.updateRefs([{ ref: 'refs/x/a', before: undefined, after: one }]));
      const before = await refs(repository);
      for (const wrong of [
        { ref: 'refs/x/a', before: undefined, after: two },
        { ref: 'refs/x/a', before: undefined, after: one },
        { ref: 'refs/x/a', before: two, after: one },
        { ref: 'refs/x/a', before: two, after: undefined },
        { ref: 'refs/x/none', before: one, after: two },
        { ref: 'refs/x/none', before: one, after: undefined },
      ]) {
        const updates = [{ ref: 'refs/x/b', before: undefined, after: two }, wrong];
        expect(value(await repository.updateRefs(updates))).toEqual({ kind: 'lost', refs: [wrong.ref] });
        expect(await refs(repository)).toEqual(before);
      }
    });

    test('refuses what is no ref, an object that is not there, and names in the way', async () => {
      await using rig = await gitRig();
      const first = await rig.repository('r');
      const repository = await rig.open('r', engine);
      const move = async (ref: string, after: ObjectId = first) =>
        await repository.updateRefs([{ ref, before: undefined, after }]);
      for (const ref of [
        'HEAD',
        'refs/heads/../../config',
        'refs/x',
        'refs/tags/a b',
        'tags/x',
        'refs/tags/x\0',
      ]) {
        expect(await move(ref), ref).toMatchObject({ failure: { code: 'git-ref-name-invalid' } });
      }
      expect(await move('refs/tags/x', 'f'.repeat(40))).toMatchObject({
        failure: { code: 'git-object-missing' },
      });
      value(await move('refs/tags/a/b'));
      for (const ref of ['refs/tags/a', 'refs/tags/a/b/c']) {
        expect(await move(ref), ref).toMatchObject({ failure: { code: 'git-ref-name-taken' } });
      }
      await rig.git('r', 'pack-refs', '--all');
      for (const ref of ['refs/tags/a', 'refs/tags/a/b/c']) {
        expect(await move(ref), ref).toMatchObject({ failure: { code: 'git-ref-name-taken' } });
      }
      expect(Object.keys(await refs(repository))).toEqual(['refs/heads/main', 'refs/tags/a/b']);
    });

    test('passes over the lock that a killed process left', async () => {
      await using rig = await gitRig();
      const first = await rig.repository('r');
      const repository = await rig.open('r', engine);
      await mkdir(join(rig.path, 'r/.git/refs/x'), { recursive: true });
      // The largest number that Linux gives to processes is far smaller.
      const lock = `trainyard 999999999 ${encodeURIComponent(hostname())} ${crypto.randomUUID()}\n`;
      await writeFile(join(rig.path, 'r/.git/refs/x/a.lock'), lock);
      const moved = await repository.updateRefs([{ ref: 'refs/x/a', before: undefined, after: first }]);
      expect(value(moved)).toEqual(done);
      expect(await readdir(join(rig.path, 'r/.git/refs/x'))).toEqual(['a']);
    });

    test('lets exactly one of 20 win each round', async () => {
      await using rig = await gitRig();
      const first = await rig.repository('r');
      const repository = await rig.open('r', engine);
      let before: ObjectId | undefined;
      for (let round = 0; round < 2; round++) {
        const afters = await Promise.all(
          Array.from({ length: 20 }, (_, i) => tagOn(repository, first, `${round}-${i}`)),
        );
        const answers = await Promise.all(
          afters.map((after, i) =>
            repository.updateRefs([
              { ref: `refs/tags/${round}-${i}`, before: undefined, after },
              { ref: 'refs/x/head', before, after },
            ]),
          ),
        );
        const kinds = answers.map((answer) => value(answer).kind);
        expect(kinds.filter((kind) => kind === 'done')).toHaveLength(1);
        before = afters[kinds.indexOf('done')];
        expect(await refs(repository)).toMatchObject({ 'refs/x/head': before });
        expect(value(await repository.listTags(`${round}-`))).toEqual([`${round}-${kinds.indexOf('done')}`]);
      }
    });
  });

  describe(`commits that no ref leads to, engine ${engine}`, () => {
    test('hold the files of their parent, with some added, replaced and removed', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      const repository = await rig.open('r', engine);
      const first = await commitOn(repository, undefined, 'runs/a/1.json');
      const second = await commitOn(repository, first, 'runs/b/1.json');
      const draft = { message: 'm', time: new Date(0) };
      const blob = value(await repository.listFiles(first, ''))[0]!.blob;
      const third = value(
        await repository.writeCommit({
          ...draft,
          parent: second,
          add: [
            { path: 'runs/c.json', bytes: Buffer.from('c') },
            { path: 'archive/1.json', blob },
            { path: 'runs/b/1.json', bytes: Buffer.from('new') },
          ],
          remove: ['runs/a/1.json', 'runs/never.json', 'no/such/folder.json'],
        }),
      );
      const text = async (path: string) =>
        Buffer.from(value(await repository.readFile(third, path))!).toString();
      const files = value(await repository.listFiles(third, ''));
      expect(files.map(({ path }) => path)).toEqual(['archive/1.json', 'runs/b/1.json', 'runs/c.json']);
      expect(await text('archive/1.json')).toBe('runs/a/1.json\n');
      expect(await text('runs/b/1.json')).toBe('new');
      expect(await rig.git('r', 'rev-parse', `${third}^`)).toBe(second);
      // Below a file there is nothing, so nothing is to remove.
      const below = ['runs/a/1.json/below'];
      const same = value(await repository.writeCommit({ ...draft, parent: second, remove: below }));
      expect(await rig.git('r', 'diff', '--name-only', second, same)).toBe('');
      const all = files.map(({ path }) => path);
      const empty = value(await repository.writeCommit({ ...draft, parent: third, remove: all }));
      expect(value(await repository.listFiles(empty, ''))).toEqual([]);
      expect(await rig.git('r', 'fsck', '--strict', '--no-dangling')).toBe('');
      expect(Object.keys(await refs(repository))).toEqual(['refs/heads/main']);
    });

    test('are refused with paths that lead out, and where a file would stand in a folder’s place', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      const repository = await rig.open('r', engine);
      const parent = await commitOn(repository, undefined, 'a/b');
      const draft = { parent, message: 'm', time: new Date(0) };
      for (const path of ['../x', '/x', 'a//b', '.git/config', '']) {
        const bytes = Buffer.from('x');
        expect(await repository.writeCommit({ ...draft, add: [{ path, bytes }] })).toMatchObject({
          failure: { code: 'git-path-invalid' },
        });
        expect(await repository.writeCommit({ ...draft, remove: [path] })).toMatchObject({
          failure: { code: 'git-path-invalid' },
        });
      }
      for (const change of [
        { add: [{ path: 'a', bytes: Buffer.from('x') }] },
        { add: [{ path: 'a/b/c', bytes: Buffer.from('x') }] },
        { remove: ['a'] },
      ]) {
        expect(await repository.writeCommit({ ...draft, ...change })).toMatchObject({
          failure: { code: 'git-path-exists' },
        });
      }
    });
  });
}
