import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommitOptions, NewFile, Repository } from '../../src/git/index.ts';
import { gitRig, value } from './rig.ts';

const branch = 'trainyard/runs';
const options: CommitOptions = { message: 'record a run', time: new Date('2026-11-21T03:15:00Z') };

function file(path: string, text = path): NewFile {
  return { path, bytes: Buffer.from(text) };
}

async function paths(repository: Repository): Promise<readonly string[]> {
  return value(await repository.listFiles(branch, '')).map((each) => each.path);
}

describe('committing files to a branch', () => {
  test('makes an orphan branch and adds to it, and touches nothing else', async () => {
    await using rig = await gitRig();
    const head = await rig.repository('r');
    await rig.write('r/staged.txt', 'staged');
    await rig.git('r', 'add', 'staged.txt');
    await rig.write('r/a.txt', 'changed');
    const before = await rig.git('r', 'status', '--porcelain');
    const index = await readFile(join(rig.path, 'r/.git/index'));
    const repository = await rig.open('r');

    const first = value(await repository.commitFiles(branch, [file('runs/a/1.json')], options));
    const second = value(
      await repository.commitFiles(branch, [file('runs/a/2.json'), file('runs/b/1.json')], options),
    );

    expect(await paths(repository)).toEqual(['runs/a/1.json', 'runs/a/2.json', 'runs/b/1.json']);
    expect(await rig.git('r', 'rev-list', branch)).toBe(`${second.commit}\n${first.commit}`);
    expect(await rig.git('r', 'show', `${branch}:runs/a/2.json`)).toBe('runs/a/2.json');
    expect(await rig.git('r', 'log', '-1', '--format=%B|%at|%ct|%s', branch)).toContain(
      '1795230900|1795230900',
    );
    expect(await rig.git('r', 'fsck', '--strict', '--no-dangling')).toBe('');
    expect(await rig.git('r', 'status', '--porcelain')).toBe(before);
    expect(await rig.git('r', 'rev-parse', 'HEAD')).toBe(head);
    expect((await readFile(join(rig.path, 'r/.git/index'))).equals(index)).toBe(true);
    expect(await readdir(join(rig.path, 'r/.git/refs/heads/trainyard'))).toEqual(['runs']);
  });

  test('signs as a bare identity when nobody has a name, and as whom Git knows otherwise', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    for (const engine of ['auto', 'library'] as const) {
      const commit = async (by: Partial<CommitOptions>, path: string) =>
        value(await (await rig.open('r', engine)).commitFiles(branch, [file(path)], { ...options, ...by }))
          .author;
      const nobody = { name: 'trainyard', email: 'trainyard@localhost' };
      await rig.git('r', 'config', '--remove-section', 'user').catch(() => undefined);
      expect(await commit({}, `${engine}/1`)).toEqual(nobody);
      await rig.git('r', 'config', 'user.name', 'Grace');
      expect(await commit({}, `${engine}/2`)).toEqual(nobody);
      await rig.git('r', 'config', 'user.email', 'grace@example.org');
      expect(await commit({}, `${engine}/3`)).toEqual({ name: 'Grace', email: 'grace@example.org' });
      const author = { name: 'Me', email: 'me@example.org' };
      expect(await commit({ author }, `${engine}/4`)).toEqual(author);
      expect(await rig.git('r', 'log', '-1', '--format=%an <%ae> %cn', branch)).toBe(
        'Me <me@example.org> Me',
      );
    }
  });

  test('gives the same commit for the same files, time and author: no clock is hidden in it', async () => {
    await using rig = await gitRig();
    const ids = [];
    for (const folder of ['r', 's']) {
      await rig.repository(folder);
      ids.push(value(await (await rig.open(folder)).commitFiles(branch, [file('x')], options)).commit);
    }
    expect(ids[0]).toBe(ids[1]);
  });

  test('works in a shallow clone, on a detached HEAD, before the first commit, in a linked work tree and a bare repository', async () => {
    await using rig = await gitRig();
    await rig.repository('origin');
    await rig.write('origin/b.txt', 'b');
    await rig.git('origin', 'add', '.');
    await rig.git('origin', 'commit', '-q', '-m', 'second');
    value(await (await rig.open('origin')).commitFiles(branch, [file('old/1')], options));
    value(await (await rig.open('origin')).commitFiles(branch, [file('old/2')], options));
    await rig.git(
      '.',
      'clone',
      '-q',
      '--depth=1',
      '--no-single-branch',
      `file://${rig.path}/origin`,
      'shallow',
    );
    await rig.git('.', 'clone', '-q', '--bare', 'origin', 'bare');
    await rig.git('origin', 'worktree', 'add', '-q', '--detach', '../linked');
    await mkdir(join(rig.path, 'unborn'));
    await rig.git('unborn', 'init', '-q');
    const before = {
      shallow: ['old/1', 'old/2'],
      bare: ['old/1', 'old/2'],
      linked: ['old/1', 'old/2'],
      unborn: [],
    };
    for (const [folder, old] of Object.entries(before)) {
      for (const engine of ['auto', 'library'] as const) {
        const repository = await rig.open(folder, engine);
        value(await repository.commitFiles(branch, [file(`new/${folder}-${engine}`)], options));
        expect(await paths(repository)).toContain(`new/${folder}-${engine}`);
        expect((await paths(repository)).filter((path) => path.startsWith('old/'))).toEqual(old);
      }
      expect(await rig.git(folder, 'fsck', '--no-dangling')).toBe('');
    }
    // A fresh clone has the branch of the remote only: the new commit stands on it, so that a push goes through.
    await rig.git('shallow', 'push', '-q', 'origin', branch).catch((error: Error) => {
      // The shared branch moved through the linked work tree: then Git says so, and not that histories are unrelated.
      expect(error.message).toContain('fetch first');
    });
  });

  test('finds the branch when refs are packed, and Git finds it after packing and garbage collection', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r', 'library');
    value(await repository.commitFiles(branch, [file('1')], options));
    await rig.git('r', 'pack-refs', '--all', '--prune');
    await rig.git('r', 'gc', '-q', '--prune=now');
    value(await repository.commitFiles(branch, [file('2')], options));
    expect(await rig.git('r', 'ls-tree', '--name-only', branch)).toBe('1\n2');
    await rig.git('r', 'gc', '-q', '--prune=now');
    expect(await paths(repository)).toEqual(['1', '2']);
  });

  test('makes the branch where an empty folder was left in its place', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await mkdir(join(rig.path, 'r/.git/refs/heads/trainyard/runs'), { recursive: true });
    const repository = await rig.open('r');
    value(await repository.commitFiles(branch, [file('1')], options));
    expect(await rig.git('r', 'ls-tree', '--name-only', branch)).toBe('1');
  });

  test('refuses a branch whose name a branch above or below it has taken, loose or packed', async () => {
    await using rig = await gitRig();
    for (const [folder, taken] of [
      ['r', 'trainyard'],
      ['s', 'trainyard/runs/old'],
    ] as const) {
      await rig.repository(folder);
      await rig.git(folder, 'branch', taken);
      for (const _ of ['loose', 'packed']) {
        const failure = await (await rig.open(folder)).commitFiles(branch, [file('1')], options);
        expect(failure).toMatchObject({
          failure: { code: 'git-branch-name-taken', message: expect.stringContaining(taken) },
        });
        await rig.git(folder, 'pack-refs', '--all');
      }
    }
  });

  test('refuses names of branches and paths that Git or a disk could not take', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r');
    for (const name of [
      '',
      '../x',
      'a..b',
      'a b',
      'x.lock',
      '-x',
      'a/',
      '/a',
      'a//b',
      'a\0b',
      '@',
      'a@{1}',
      '.a',
    ]) {
      expect(await repository.commitFiles(name, [file('1')], options)).toMatchObject({
        failure: { code: 'git-branch-name-invalid' },
      });
    }
    for (const path of ['', '/a', 'a/', '../a', 'a/../b', '.git/config', 'a/.GIT/x', 'a\\b', 'a\0b', './a']) {
      expect(await repository.commitFiles(branch, [file(path)], options)).toMatchObject({
        failure: { code: 'git-path-invalid' },
      });
    }
    expect(await repository.resolve(branch)).toEqual({ ok: true, value: undefined });
  });

  test('never changes what is there when only new files are allowed, nor a folder into a file', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r');
    value(await repository.commitFiles(branch, [file('a/b', 'old')], options));
    for (const path of ['a/b', 'a', 'a/b/c']) {
      expect(
        await repository.commitFiles(branch, [file(path, 'new')], { ...options, onlyNew: true }),
      ).toMatchObject({
        failure: { code: 'git-path-exists' },
      });
    }
    expect(await repository.commitFiles(branch, [file('a', 'new')], options)).toMatchObject({ ok: false });
    expect(await rig.git('r', 'show', `${branch}:a/b`)).toBe('old');
    value(await repository.commitFiles(branch, [file('a/b', 'new')], options));
    expect(await rig.git('r', 'show', `${branch}:a/b`)).toBe('new');
  });

  test('keeps any bytes under any name', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const repository = await rig.open('r');
    const name = fc.stringMatching(/^[a-zé" #%é'\t-]{1,12}$/u).filter((text) => text !== '');
    const entry = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.uint8Array({ maxLength: 100 }));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(entry, async ([parts, bytes]) => {
        const path = [`round-${round++}`, ...parts].join('/');
        value(await repository.commitFiles(branch, [{ path, bytes }], options));
        expect(Buffer.from(value(await repository.readFile(branch, path))!).equals(bytes)).toBe(true);
      }),
      { numRuns: 15 },
    );
    expect(await rig.git('r', 'fsck', '--no-dangling')).toBe('');
  });
});

describe('many committing at once', () => {
  test('8 processes lose nothing', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    await rig.git('r', 'worktree', 'add', '-q', '--detach', '../linked');
    const processes = Array.from({ length: 8 }, (_, i) =>
      committer(join(rig.path, i % 2 === 0 ? 'r' : 'linked'), `p${i}`, 6),
    );
    for (const child of processes) child.stdout!.resume();
    const codes = await Promise.all(processes.map(async (child) => (await once(child, 'close'))[0]));
    expect(codes).toEqual(Array.from({ length: 8 }, () => 0));
    expect(await paths(await rig.open('r'))).toHaveLength(48);
    expect(await rig.git('r', 'rev-list', '--count', branch)).toBe('48');
    expect(await rig.git('r', 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('kill -9 at any moment leaves a branch that holds all that was reported, and that the next one uses', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const reported: string[] = [];
    for (let i = 0; i < 10; i++) {
      const child = committer(join(rig.path, 'r'), `k${i}`, 1000);
      let output = '';
      const seen = new Promise<void>((resolve) => {
        child.stdout!.on('data', (chunk) => {
          output += chunk;
          if (output.includes(`done ${i % 3}\n`)) resolve();
        });
      });
      // The first one dies while it starts, the others at all moments of a commit, which takes some 20 ms.
      await (i === 0 ? once(child.stdout!, 'data') : seen);
      await new Promise((resolve) => setTimeout(resolve, i * 3));
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const [, n] of output.matchAll(/^done (\d+)$/gm)) reported.push(`runs/k${i}/${n}.json`);
    }
    const repository = await rig.open('r');
    value(await repository.commitFiles(branch, [file('last')], options));
    expect(await paths(repository)).toEqual(expect.arrayContaining(reported));
    expect(reported.length).toBeGreaterThan(0);
    expect(await rig.git('r', 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('what killed processes left beside the branch is swept after a minute', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const folder = 'r/.git/refs/heads/trainyard';
    const names = [
      'runs.281c9080-64a5-49c9-a1b7-d17e348e4284.lock',
      'runs.4c4f332b-fed1-4681-aa8b-79aa3fe19432.lock',
    ];
    for (const name of [...names, 'other.lock']) await rig.write(`${folder}/${name}`, 'left');
    const old = Date.now() / 1000 - 3600;
    for (const name of [names[0]!, 'other.lock']) await utimes(join(rig.path, folder, name), old, old);
    value(await (await rig.open('r')).commitFiles(branch, [file('1')], options));
    expect((await readdir(join(rig.path, folder))).sort()).toEqual(['other.lock', 'runs', names[1]]);
  });

  test('the lock of a dead process is taken over, the lock of Git is waited for', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const lock = join(rig.path, 'r/.git/refs/heads/trainyard/runs.lock');
    await rig.write(
      'r/.git/refs/heads/trainyard/runs.lock',
      `trainyard 4194999 ${encodeURIComponent(hostname())} x\n`,
    );
    const repository = await rig.open('r');
    value(await repository.commitFiles(branch, [file('1')], options));
    await writeFile(lock, '');
    const waiting = repository.commitFiles(branch, [file('2')], options);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await paths(repository)).toEqual(['1']);
    await rm(lock);
    value(await waiting);
    expect(await paths(repository)).toEqual(['1', '2']);
  });
});

function committer(folder: string, name: string, count: number) {
  const script = fileURLToPath(new URL('./committer.mjs', import.meta.url));
  return spawn(process.execPath, [script, folder, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
