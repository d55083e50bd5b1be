import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GitRig } from './rig.ts';
import { gitRig, value } from './rig.ts';

/** What was done to a clean work tree with `a.txt`, `kept/b.txt`, and `*.log` ignored; and whether it is dirty then. */
const cases: readonly (readonly [string, boolean, (rig: GitRig) => Promise<unknown>])[] = [
  ['nothing', false, async () => undefined],
  ['a touched file with the same content', false, (rig) => rig.write('r/a.txt', 'a\n')],
  ['an ignored file', false, (rig) => rig.write('r/kept/x.log', 'x')],
  ['a file in an ignored folder', false, (rig) => rig.write('r/ignored/deep/x', 'x')],
  ['a file that .git/info/exclude names', false, (rig) => rig.write('r/secret.txt', 'x')],
  ['an empty folder', false, (rig) => mkdir(join(rig.path, 'r/new/er'), { recursive: true })],
  ['a changed file', true, (rig) => rig.write('r/a.txt', 'b\n')],
  ['a file of another length', true, (rig) => rig.write('r/kept/b.txt', 'longer than it was\n')],
  ['a removed file', true, (rig) => rm(join(rig.path, 'r/a.txt'))],
  ['an untracked file', true, (rig) => rig.write('r/kept/deep/new.txt', 'x')],
  ['a file that may be executed now', true, (rig) => chmod(join(rig.path, 'r/a.txt'), 0o755)],
  [
    'a staged change',
    true,
    async (rig) => {
      await rig.write('r/a.txt', 'b\n');
      await rig.git('r', 'add', 'a.txt');
    },
  ],
  ['a file that only the index has lost', true, (rig) => rig.git('r', 'rm', '-q', '--cached', 'a.txt')],
  [
    'a link in place of a file',
    true,
    (rig) =>
      rig.git('r', 'update-index', '--cacheinfo', '120000,78981922613b2afb6025042ff6bd878ac1994e85,a.txt'),
  ],
];

for (const engine of ['auto', 'library'] as const) {
  describe(`whether the work tree is dirty, engine ${engine}`, () => {
    for (const [what, dirty, act] of cases) {
      test(`${what}: ${dirty ? 'dirty' : 'clean'}`, async () => {
        await using rig = await gitRig();
        await rig.repository('r');
        await rig.write('r/.gitignore', '*.log\nignored/\n');
        await rig.write('r/kept/b.txt', 'b\n');
        await rig.git('r', 'add', '.');
        await rig.git('r', 'commit', '-q', '-m', 'second');
        await rig.write('r/.git/info/exclude', 'secret.txt\n');
        await act(rig);
        expect(value(await (await rig.open('r', engine)).isDirty())).toBe(dirty);
      });
    }

    test('leaves folders out that are excepted, and no others', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      await rig.write('r/.trainyard/store/x', 'x');
      const repository = await rig.open('r', engine);
      expect(value(await repository.isDirty({ except: ['.trainyard'] }))).toBe(false);
      expect(value(await repository.isDirty())).toBe(true);
      await rig.write('r/sub/.trainyard/x', 'x');
      expect(value(await repository.isDirty({ except: ['.trainyard'] }))).toBe(true);
    });

    test('is true for every file before the first commit', async () => {
      await using rig = await gitRig();
      await mkdir(join(rig.path, 'r'));
      await rig.git('r', 'init', '-q');
      const repository = await rig.open('r', engine);
      expect(value(await repository.isDirty())).toBe(false);
      await rig.write('r/x', 'x');
      expect(value(await repository.isDirty())).toBe(true);
    });

    test('looks at the index of a linked work tree, not at the main one', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      await rig.git('r', 'worktree', 'add', '-q', '-b', 'topic', '../linked');
      await rig.write('linked/new.txt', 'x');
      await rig.git('linked', 'add', '.');
      await rig.git('linked', 'commit', '-q', '-m', 'on topic');
      expect(value(await (await rig.open('linked', engine)).isDirty())).toBe(false);
      await rig.write('r/untracked', 'x');
      expect(value(await (await rig.open('linked', engine)).isDirty())).toBe(false);
      expect(value(await (await rig.open('r', engine)).isDirty())).toBe(true);
    });

    test('looks into submodules', async () => {
      await using rig = await gitRig();
      await rig.repository('inner');
      await rig.repository('outer');
      await rig.git('outer', 'submodule', '--quiet', 'add', '../inner', 'sub');
      await rig.git('outer', 'commit', '-q', '-m', 'with a submodule');
      const repository = await rig.open('outer', engine);
      expect(value(await repository.isDirty())).toBe(false);
      await rig.write('outer/sub/a.txt', 'changed\n');
      expect(value(await repository.isDirty())).toBe(true);
      await rig.git('outer/sub', 'commit', '-q', '-a', '-m', 'moved');
      expect(value(await repository.isDirty())).toBe(true);
    });

    test('runs no filter that a submodule configures', async () => {
      await using rig = await gitRig();
      await rig.repository('inner');
      await rig.repository('outer');
      await rig.git('outer', 'submodule', '--quiet', 'add', '../inner', 'sub');
      await rig.git('outer', 'commit', '-q', '-m', 'with a submodule');
      await rig.write('outer/.git/modules/sub/info/attributes', '* filter=trap\n');
      await rig.git('outer/sub', 'config', 'filter.trap.clean', `touch ${rig.path}/sprung; cat`);
      await rm(join(rig.path, 'sprung'), { force: true });
      await rig.write('outer/sub/a.txt', 'a\n');
      expect(value(await (await rig.open('outer', engine)).isDirty())).toBe(false);
      await expect(stat(join(rig.path, 'sprung'))).rejects.toThrow('ENOENT');
      await rig.write('outer/sub/new.txt', 'x');
      expect(value(await (await rig.open('outer', engine)).isDirty())).toBe(true);
    });

    test('runs no hook and no monitor of the repository, and writes nothing', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      const trap = join(rig.path, 'trap.sh');
      await writeFile(trap, `#!/bin/sh\ntouch ${rig.path}/sprung\n`, { mode: 0o755 });
      for (const hook of [
        'post-index-change',
        'fsmonitor-watchman',
        'reference-transaction',
        'post-commit',
      ]) {
        await rig.write(`r/.git/hooks/${hook}`, `#!/bin/sh\ntouch ${rig.path}/sprung\n`);
        await chmod(join(rig.path, `r/.git/hooks/${hook}`), 0o755);
      }
      await rig.git('r', 'config', 'core.fsmonitor', trap);
      await rig.write('r/.git/info/attributes', '* filter=trap\n');
      await rig.git('r', 'config', 'filter.trap.clean', `touch ${rig.path}/sprung; cat`);
      await rig.git('r', 'config', 'filter.trap.process', `touch ${rig.path}/sprung`);
      await rm(join(rig.path, 'sprung'), { force: true });
      await rig.write('r/a.txt', 'a\n');
      const index = await readFile(join(rig.path, 'r/.git/index'));
      const repository = await rig.open('r', engine);
      expect(value(await repository.isDirty())).toBe(false);
      value(
        await repository.commitFiles('x', [{ path: 'f', bytes: Buffer.from('f') }], {
          message: 'm',
          time: new Date(0),
        }),
      );
      expect((await readFile(join(rig.path, 'r/.git/index'))).equals(index)).toBe(true);
      await expect(stat(join(rig.path, 'sprung'))).rejects.toThrow('ENOENT');
    });

    test('asks about the folder, whatever GIT_DIR a hook has set', async () => {
      await using rig = await gitRig();
      await rig.repository('r');
      await rig.repository('other');
      await rig.write('other/untracked', 'x');
      const { openRepository } = await import('../../src/git/index.ts');
      const environment = {
        ...rig.environment,
        GIT_DIR: join(rig.path, 'other/.git'),
        GIT_WORK_TREE: join(rig.path, 'other'),
        GIT_INDEX_FILE: join(rig.path, 'nowhere'),
      };
      const repository = value(await openRepository(join(rig.path, 'r'), { engine, environment }))!;
      expect(value(await repository.isDirty())).toBe(false);
    });
  });
}
