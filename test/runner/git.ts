import { execFile } from 'node:child_process';

const environment = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** The output of Git in a repository; rejects with what it said. */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: environment, maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' as const };
    execFile('git', ['-C', folder, '-c', 'safe.directory=*', ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`git ${args.join(' ')}: ${stderr.trim() || error.message}`, { cause: error }));
    });
  });
}

/** The same, `undefined` when it fails. */
export function gitIf(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  return git(folder, ...args).catch(() => undefined);
}

export async function shaOf(folder: string, revision: string): Promise<string | undefined> {
  return (await gitIf(folder, 'rev-parse', '--verify', '--quiet', `${revision}^{commit}`))?.trim();
}
