import { spawn } from 'node:child_process';

/** The `git` command, in one folder. */
export interface SystemGit {
  /** On this repository alone. `undefined` when there is no `git` on the PATH. */
  run(args: readonly string[], input?: string): Promise<GitOutput | undefined>;
  /** The same for answers that are too large to hold: the exit code, after each chunk was taken. */
  stream(args: readonly string[], input: string, take: (chunk: Buffer) => void): Promise<number | undefined>;
  /** With another repository: over the network, as the user's own `git` would go there. */
  exchange(args: readonly string[], options: ExchangeOptions): Promise<ExchangeOutput | undefined>;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
}

export interface ExchangeOptions {
  readonly input?: string;
  readonly timeLimitMs: number;
  /** Variables for this call alone. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ExchangeOutput extends GitOutput {
  readonly stderr: string;
  /** Why it was ended before its time. */
  readonly ended?: 'too-slow' | 'too-much';
}

/** For where no process may be started, or none is there to start. */
export const noSystemGit: SystemGit = {
  run: async () => undefined,
  stream: async () => undefined,
  exchange: async () => undefined,
};

/** Of what a remote says on either stream: a hundred thousand refs fit in. */
const outputLimit = 64 * 1024 * 1024;

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
  const own = {
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_PAGER: 'cat',
    LC_ALL: 'C',
  };
  // Git before 2.45 does not know GIT_NO_LAZY_FETCH; no protocol is called "none".
  const local = { ...Object.fromEntries(inherited), ...own, GIT_ALLOW_PROTOCOL: 'none' };
  const remote = { ...Object.fromEntries([...inherited, ...forRemotes(environment)]), ...own };
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0'];
  let absent = false;
  const stream: SystemGit['stream'] = (args, input, take) =>
    new Promise((resolve, reject) => {
      if (absent) return resolve(undefined);
      const child = spawn('git', [...safe, ...args], {
        cwd: folder,
        env: local,
        stdio: ['pipe', 'pipe', 'ignore'],
        windowsHide: true,
      });
      child.stdout.on('data', (chunk: Buffer) => {
        try {
          take(chunk);
        } catch (error) {
          child.kill();
          reject(error);
        }
      });
      child.stdin.on('error', () => undefined);
      child.on('error', () => {
        absent = true;
        resolve(undefined);
      });
      child.on('close', (code) => resolve(code ?? 128));
      child.stdin.end(input);
    });
  return {
    run: async (args, input) => {
      const chunks: Buffer[] = [];
      const exitCode = await stream(args, input ?? '', (chunk) => void chunks.push(chunk));
      return exitCode === undefined ? undefined : { exitCode, stdout: Buffer.concat(chunks) };
    },
    stream,
    exchange: (args, options) =>
      new Promise((resolve) => {
        if (absent) return resolve(undefined);
        // In a session of its own there is no terminal that ssh could ask on, and its children end with it.
        const child = spawn('git', [...safe, ...patient, ...args], {
          cwd: folder,
          env: { ...remote, ...options.environment },
          stdio: ['pipe', 'pipe', 'pipe'],
          detached: process.platform !== 'win32',
          windowsHide: true,
        });
        let ended: ExchangeOutput['ended'];
        const end = (why: NonNullable<ExchangeOutput['ended']>): void => {
          ended ??= why;
          kill(child.pid);
        };
        const timer = setTimeout(() => end('too-slow'), options.timeLimitMs);
        const keep = (chunks: Buffer[]): ((chunk: Buffer) => void) => {
          let size = 0;
          return (chunk) => {
            size += chunk.length;
            if (size > outputLimit) end('too-much');
            else chunks.push(chunk);
          };
        };
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        child.stdout.on('data', keep(stdout));
        child.stderr.on('data', keep(stderr));
        child.stdin.on('error', () => undefined);
        child.on('error', () => {
          clearTimeout(timer);
          absent = true;
          resolve(undefined);
        });
        child.on('close', (code) => {
          clearTimeout(timer);
          resolve({
            exitCode: ended === undefined ? (code ?? 128) : 128,
            stdout: Buffer.concat(stdout),
            stderr: Buffer.concat(stderr).toString('utf8'),
            ...(ended === undefined ? {} : { ended }),
          });
        });
        child.stdin.end(options.input ?? '');
      }),
  };
}

/** A connection on which nothing moves for half a minute is broken. */
const patient = ['-c', 'http.lowSpeedLimit=1', '-c', 'http.lowSpeedTime=30'];

/** What tells Git how to reach a server and who is asking; never which repository is meant. */
function forRemotes(environment: Readonly<Record<string, string | undefined>>): [string, string][] {
  const wanted =
    /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|ALLOW_PROTOCOL|PROTOCOL_FROM_USER|SSL_\w+|HTTP_\w+|PROXY_\w+|CONFIG_(COUNT|KEY_\d+|VALUE_\d+|GLOBAL|SYSTEM|NOSYSTEM))$/;
  return Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && wanted.test(entry[0]),
  );
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
