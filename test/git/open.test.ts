import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository } from '../../src/git/index.ts';
import { gitRig, value } from './rig.ts';

describe('finding the repository', () => {
  test('looks upwards from the folder', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await mkdir(join(rig.path, 'r/deep/er'), { recursive: true });
    const repository = await rig.open('r/deep/er');
    expect(repository.workTree).toBe(join(rig.path, 'r'));
    expect(repository.gitFolder).toBe(join(rig.path, 'r/.git'));
    expect(repository.commonFolder).toBe(repository.gitFolder);
  });

  test('says that there is none where there is none', async () => {
    await using rig = await gitRig();
    expect(await openRepository(rig.path)).toEqual({ ok: true, value: undefined });
    await mkdir(join(rig.path, 'empty/.git'), { recursive: true });
    expect(await openRepository(join(rig.path, 'empty'))).toEqual({ ok: true, value: undefined });
  });

  test('follows the .git file of a linked work tree to the shared folder', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await rig.git('r', 'worktree', 'add', '-q', '-b', 'topic', '../linked');
    const repository = await rig.open('linked');
    expect(repository.workTree).toBe(join(rig.path, 'linked'));
    expect(repository.commonFolder).toBe(join(rig.path, 'r/.git'));
    expect(value(await repository.head()).branch).toBe('topic');
  });

  test('follows the .git file of a submodule', async () => {
    await using rig = await gitRig();
    const inner = await rig.repository('inner');
    await rig.repository('outer');
    await rig.git('outer', 'submodule', '--quiet', 'add', '../inner', 'sub');
    const repository = await rig.open('outer/sub');
    expect(repository.workTree).toBe(join(rig.path, 'outer/sub'));
    expect(repository.gitFolder).toBe(join(rig.path, 'outer/.git/modules/sub'));
    expect(value(await repository.head()).commit).toBe(inner);
  });

  test('opens a bare repository, and knows the work tree from inside .git', async () => {
    await using rig = await gitRig();
    const commit = await rig.repository('r');
    await rig.git('.', 'clone', '-q', '--bare', 'r', 'bare.git');
    const bare = await rig.open('bare.git');
    expect(bare.workTree).toBeUndefined();
    expect(value(await bare.head())).toEqual({ commit, branch: 'main' });
    expect(value(await bare.isDirty())).toBe(false);
    expect((await rig.open('r/.git')).workTree).toBe(join(rig.path, 'r'));
  });

  test('reports a .git file that leads nowhere', async () => {
    await using rig = await gitRig();
    await rig.write('r/.git', 'gitdir: ../nowhere\n');
    await rig.write('s/.git', 'nonsense');
    for (const folder of ['r', 's']) {
      expect(await openRepository(join(rig.path, folder))).toMatchObject({
        failure: { code: 'git-repository-broken' },
      });
    }
  });

  test('refuses repositories of object and ref formats that it cannot write', async () => {
    await using rig = await gitRig();
    await mkdir(join(rig.path, 'r'));
    await rig.git('r', 'init', '-q', '--object-format=sha256');
    expect(await openRepository(join(rig.path, 'r'))).toMatchObject({
      failure: { code: 'git-object-format-unsupported', message: expect.stringContaining('sha256') },
    });
    await rig.repository('t');
    await rig.git('t', 'config', 'extensions.refStorage', 'reftable');
    expect(await openRepository(join(rig.path, 't'))).toMatchObject({
      failure: { code: 'git-ref-format-unsupported' },
    });
  });
});

describe('HEAD', () => {
  test('is a commit on a branch', async () => {
    await using rig = await gitRig();
    const commit = await rig.repository('r');
    expect(value(await (await rig.open('r')).head())).toEqual({ commit, branch: 'main' });
  });

  test('has no commit before the first one', async () => {
    await using rig = await gitRig();
    await mkdir(join(rig.path, 'r'));
    await rig.git('r', 'init', '-q');
    expect(value(await (await rig.open('r')).head())).toEqual({ commit: undefined, branch: 'main' });
  });

  test('has no branch when it is detached, and is found when refs are packed', async () => {
    await using rig = await gitRig();
    const commit = await rig.repository('r');
    await rig.git('r', 'pack-refs', '--all');
    expect(value(await (await rig.open('r')).head())).toEqual({ commit, branch: 'main' });
    await rig.git('r', 'checkout', '-q', '--detach');
    expect(value(await (await rig.open('r')).head())).toEqual({ commit, branch: undefined });
  });
});
