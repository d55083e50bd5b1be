import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GithubFake } from '../../github/fake/index.ts';
import { githubFake } from '../../github/fake/index.ts';
import type { Environment, RunResult } from '../../runner/index.ts';
import { fakeForge, Runner } from '../../runner/index.ts';
import type { Surroundings } from './surroundings.ts';

export interface ProjectOptions {
  /** A bare repository to begin with; else an empty one. */
  readonly from?: string;
  readonly environments?: Readonly<Record<string, Environment>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Of machines that exist; else GitHub's alone. */
  readonly labels?: readonly string[];
  /** Called for each run of a workflow that has ended. */
  readonly onRun?: (run: RunResult) => void;
}

/** A repository on the fake of GitHub, with a runner for its workflows and a clone in which somebody works. */
export interface Project extends AsyncDisposable {
  readonly github: GithubFake;
  readonly runner: Runner;
  /** `octo/pumps` */
  readonly repository: string;
  /** The bare repository behind GitHub. */
  readonly hub: string;
  /** The work tree of the clone. */
  readonly clone: string;
  /** Git in the clone. */
  git(...args: string[]): string;
  /** Writes a file of the clone. */
  write(path: string, content: string): void;
  read(path: string): string;
  /** Changes one place of a file that is there just once. */
  edit(path: string, from: string, to: string): void;
  /** Commits everything and pushes it as somebody; which branch is said by `ref`. */
  push(message: string, ref?: string, by?: string): Promise<void>;
  /** A call of GitHub's API with a token of somebody. */
  call(method: string, path: string, body: unknown, by?: string): Promise<number>;
  /** Until nothing runs any more: the runs that ended since the last time. */
  settled(): Promise<readonly RunResult[]>;
}

/** Bodies of the comments on a pull request. */
export function commentsOn({ github }: Project, number: number): readonly string[] {
  return [...github.world.comments.values()].filter(({ issue }) => issue === number).map(({ body }) => body);
}

export const repository = 'octo/pumps';

export async function openProject(
  { own, toolCache }: Surroundings,
  { from, environments = {}, secrets = {}, labels, onRun = () => undefined }: ProjectOptions = {},
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-story-'));
  const [hub, clone] = [join(folder, 'hub.git'), join(folder, 'clone')];
  if (from === undefined) execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  else execFileSync('git', ['clone', '-q', '--mirror', from, hub]);
  execFileSync('git', ['clone', '-q', hub, clone], { stdio: 'ignore' });
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-C', clone, '-c', 'user.name=Octo Cat', '-c', 'user.email=octo@example.org', ...args],
      {
        encoding: 'utf8',
      },
    ).trim();
  if (from === undefined) git('symbolic-ref', 'HEAD', 'refs/heads/main');
  const github = await githubFake({ gitFolder: hub, repository });
  const gitFolders: Record<string, string> = { [repository]: hub, 'trainyard/trainyard': own.folder };
  const runner = new Runner({
    forge: fakeForge({ fake: github, gitFolders }),
    machines: 2,
    toolCache,
    environments,
    secrets,
    ...(labels === undefined ? {} : { labels }),
  });
  const path = (name: string): string => join(clone, name);
  let seen = 0;
  return {
    github,
    runner,
    repository,
    hub,
    clone,
    git,
    write: (name, content) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    edit: (name, before, after) => {
      const text = readFileSync(path(name), 'utf8');
      if (text.split(before).length !== 2) throw new Error(`${name} has not exactly one "${before}"`);
      writeFileSync(path(name), text.replace(before, after));
    },
    push: async (message, ref = 'main', by = 'octocat') => {
      git('add', '-A');
      git('commit', '-q', '-m', message);
      await github.pushed(by, async () => git('push', '-q', 'origin', `HEAD:refs/heads/${ref}`));
    },
    call: async (method, address, body, by = 'octocat') => {
      const permissions = { actions: 'write', contents: 'write' } as const;
      const token = github.token(`of-${by}`, { permissions, actor: by, kind: 'user' });
      const response = await fetch(`${github.origin}/repos/${repository}/${address}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/vnd.github+json',
          'content-type': 'application/json',
          'user-agent': by,
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
      return response.status;
    },
    settled: async () => {
      const all = await runner.idle();
      const fresh = all.slice(seen);
      seen = all.length;
      for (const run of fresh) onRun(run);
      return fresh;
    },
    [Symbol.asyncDispose]: async () => {
      await runner[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
