import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `git` in a bare repository, without this machine's configuration. */
export interface Git {
  readonly folder: string;
  /** Standard output, trimmed; throws when Git fails. */
  run(args: readonly string[], input?: Buffer | string): Promise<string>;
  bytes(args: readonly string[]): Promise<Buffer>;
  /** An object's id, or `undefined` when there is none of that name. */
  find(name: string): Promise<string | undefined>;
  /** All refs with what they point at. */
  refs(): Promise<ReadonlyMap<string, string>>;
  dispose(): Promise<void>;
}

export async function gitOf(gitFolder: string): Promise<Git> {
  const scratch = await mkdtemp(join(tmpdir(), 'trainyard-github-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: scratch,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_DIR: gitFolder,
    GIT_INDEX_FILE: join(scratch, 'index'),
    GIT_AUTHOR_NAME: 'octocat',
    GIT_AUTHOR_EMAIL: 'octocat@example.org',
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@example.org',
  };
  const bytes = (args: readonly string[], input: Buffer | string = ''): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const options = { env, maxBuffer: 256 * 1024 * 1024, encoding: 'buffer' } as const;
      const child = execFile('git', [...args], options, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(input);
    });
  const run = async (args: readonly string[], input?: Buffer | string): Promise<string> =>
    (await bytes(args, input)).toString('utf8').trim();
  return {
    folder: gitFolder,
    run,
    bytes,
    find: async (name) => {
      const found = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', name]).catch(() => '');
      return /^[0-9a-f]{40}$/.test(found) ? found : undefined;
    },
    refs: async () => {
      const lines = (await run(['for-each-ref', '--format=%(refname) %(objectname)'])).split('\n');
      return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
    },
    dispose: () => rm(scratch, { recursive: true, force: true, maxRetries: 3 }),
  };
}
