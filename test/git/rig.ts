import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../../src/base/index.ts';
import type { OpenOptions, Repository } from '../../src/git/index.ts';
import { openRepository } from '../../src/git/index.ts';

const run = promisify(execFile);

/** A folder with real repositories in it, and a `git` that knows nothing of this machine's configuration. */
export interface GitRig extends AsyncDisposable {
  readonly path: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs `git` in a folder below the rig and gives its standard output, trimmed. */
  git(folder: string, ...args: readonly string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** A hook of a repository, as a shell script. */
  hook(folder: string, name: string, script: string): Promise<void>;
  /** Annotated tags `m#production#1` and so on of the tip of `main`, each saying its number; packed. */
  manyTags(folder: string, count: number): Promise<void>;
  /** `git init` with one commit, `a.txt`, on `main`. */
  repository(folder: string): Promise<string>;
  open(folder: string, engine?: OpenOptions['engine'], options?: OpenOptions): Promise<Repository>;
}

export async function gitRig(): Promise<GitRig> {
  const path = await mkdtemp(join(await realpath(tmpdir()), 'trainyard-git-'));
  const environment = {
    PATH: process.env['PATH'],
    HOME: path,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(path, 'global.config'),
  };
  const author = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  await writeFile(
    join(path, 'global.config'),
    '[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
  );
  let second = 1_700_000_000;
  const rig: GitRig = {
    path,
    // HOME holds no configuration of Git, so that Trainyard's own `git` starts as bare as the tests' one.
    environment: { PATH: environment.PATH, HOME: path },
    git: async (folder, ...args) => {
      second += 60;
      const date = { GIT_AUTHOR_DATE: `${second} +0000`, GIT_COMMITTER_DATE: `${second} +0000` };
      const options = { cwd: join(path, folder), env: { ...environment, ...author, ...date } };
      return (await run('git', args, options)).stdout.trim();
    },
    write: async (file, text) => {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    },
    hook: async (folder, name, script) => {
      const hooks = join(path, folder, 'hooks');
      await mkdir(hooks, { recursive: true });
      await writeFile(join(hooks, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    manyTags: async (folder, count) => {
      const tags = Array.from({ length: count }, (_, i) => {
        const message = `{"n":${i + 1}}`;
        const header = `tag m#production#${i + 1}\nfrom refs/heads/main\n`;
        return `${header}tagger Ada <ada@example.org> ${1_700_000_000 + i} +0000\ndata ${message.length}\n${message}\n`;
      });
      const importing = run('git', ['fast-import', '--quiet'], {
        cwd: join(path, folder),
        env: { ...environment },
      });
      importing.child.stdin!.end(tags.join(''));
      await importing;
      await rig.git(folder, 'pack-refs', '--all');
    },
    repository: async (folder) => {
      await mkdir(join(path, folder), { recursive: true });
      await rig.git(folder, 'init', '-q');
      await rig.write(`${folder}/a.txt`, 'a\n');
      await rig.git(folder, 'add', '.');
      await rig.git(folder, 'commit', '-q', '-m', 'first');
      return await rig.git(folder, 'rev-parse', 'HEAD');
    },
    open: async (folder, engine = 'auto', options = {}) => {
      const opened = value(
        await openRepository(join(path, folder), { engine, environment: rig.environment, ...options }),
      );
      if (opened === undefined) throw new Error(`${folder} is in no repository`);
      return opened;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
  return rig;
}

/** The value of a result that has to be a success. */
export function value<T>(result: Result<T, { readonly code: string; readonly message: string }>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}
