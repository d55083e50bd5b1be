import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly line: (line: string) => void;
  /** Ends the process: interrupted, asked to end, killed. */
  readonly signal: AbortSignal;
  /** Between interrupt and the request to end, and from there to the kill: 7.5 s and 2.5 s at GitHub. */
  readonly graceMs: readonly [interrupt: number, end: number];
}

export interface Ended {
  /** 137 when a signal ended it. */
  readonly code: number;
  /** What it left running belongs to this group and lives until the job ends; `undefined` when it never began. */
  readonly group: number | undefined;
}

/** How long output is awaited after the end of a process whose children still hold it. */
const lingerMs = 500;

export function runProcess(options: ProcessOptions): Promise<Ended> {
  const { signal } = options;
  return new Promise((resolve) => {
    const child = spawn(options.command, options.args, {
      cwd: options.folder,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const timers: NodeJS.Timeout[] = [];
    const send = (name: NodeJS.Signals): void => {
      try {
        process.kill(-child.pid!, name);
      } catch {
        // It has ended already.
      }
    };
    const end = (): void => {
      send('SIGINT');
      timers.push(setTimeout(() => send('SIGTERM'), options.graceMs[0]));
      timers.push(setTimeout(() => send('SIGKILL'), options.graceMs[0] + options.graceMs[1]));
    };
    const streams = [child.stdout, child.stderr].map((stream) => {
      const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on('line', options.line);
      return new Promise<void>((closed) => lines.once('close', closed));
    });
    child.once('error', (error) => {
      options.line(`##[error]${error.message}`);
      signal.removeEventListener('abort', end);
      resolve({ code: 127, group: undefined });
    });
    child.once('spawn', () => {
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    child.once('exit', (code, name) => {
      signal.removeEventListener('abort', end);
      for (const timer of timers) clearTimeout(timer);
      const linger = new AbortController();
      const late = wait(lingerMs, undefined, { signal: linger.signal }).catch(() => undefined);
      void Promise.race([Promise.all(streams), late]).then(() => {
        linger.abort();
        resolve({ code: code ?? (name === null ? 1 : 137), group: child.pid });
      });
    });
  });
}

/** Ends what steps have left running. */
export function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
