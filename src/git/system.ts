import { spawn } from 'node:child_process';

/** The `git` command, in one folder. */
export interface SystemGit {
  /** `undefined` when there is no `git` on the PATH. */
  run(args: readonly string[], input?: string): Promise<GitOutput | undefined>;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
}

/** For where no process may be started, or none is there to start. */
export const noSystemGit: SystemGit = { run: async () => undefined };

/**
 * Runs only what Git itself brings: no hooks, no file-system monitor, no pager, no prompt, no fetch of missing
 * objects, no background work, and no change of the index on the way. Variables such as GIT_DIR, which Git sets for
 * hooks, are taken away: the folder alone tells which repository is meant. Git's own check of who owns the repository
 * stays in force; where it refuses, callers go on without the command.
 */
export function systemGit(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): SystemGit {
  const inherited = Object.entries(environment).filter(([name]) => !name.toUpperCase().startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0'];
  let absent = false;
  return {
    run: (args, input) =>
      new Promise((resolve) => {
        if (absent) return resolve(undefined);
        const child = spawn('git', [...safe, ...args], {
          cwd: folder,
          env,
          stdio: ['pipe', 'pipe', 'ignore'],
          windowsHide: true,
        });
        const chunks: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
        child.stdin.on('error', () => undefined);
        child.on('error', () => {
          absent = true;
          resolve(undefined);
        });
        child.on('close', (code) => resolve({ exitCode: code ?? 128, stdout: Buffer.concat(chunks) }));
        child.stdin.end(input ?? '');
      }),
  };
}
