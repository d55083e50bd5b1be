import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { VitePress } from './find-vitepress.ts';

export interface VitePressRun {
  readonly vitepress: VitePress;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** So many megabytes its heap may grow to; without a limit it takes half as much again as it needs. */
  readonly heap?: number;
  readonly signal: AbortSignal;
}

/** Runs VitePress to its end; what it said when it failed, shortened. Aborted, it has ended when this throws. */
export async function runVitePress(run: VitePressRun): Promise<string | undefined> {
  run.signal.throwIfAborted();
  let said = '';
  const child = startVitePress(run, (text) => {
    said = `${said}${text}`.slice(-20_000);
  });
  const code = await ended(child, run.signal);
  run.signal.throwIfAborted();
  return code === 0 ? undefined : errorIn(said);
}

/** Starts VitePress with nothing of the environment that it does not need: pages come from everybody who may write them. */
export function startVitePress(
  { vitepress, args, env, heap }: Omit<VitePressRun, 'signal'>,
  hear: (text: string) => void,
): ChildProcess {
  const limits = heap === undefined ? [] : [`--max-old-space-size=${heap}`, '--max-semi-space-size=8'];
  const child = spawn(process.execPath, [...limits, vitepress.program, ...args], {
    cwd: dirname(vitepress.program),
    env: {
      PATH: env['PATH'],
      HOME: env['HOME'],
      TMPDIR: env['TMPDIR'],
      SystemRoot: env['SystemRoot'],
      NODE_ENV: args[0] === 'build' ? 'production' : 'development',
    },
    // By the channel it learns that this process was killed: site/config.ts ends it then.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => hear(stripVTControlCharacters(text)));
  }
  return child;
}

/** Waits for the end of a process, which is ended when somebody aborts. */
export async function ended(child: ChildProcess, signal: AbortSignal): Promise<number | null> {
  let killing: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), 2000);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(killing);
  }
}

/** What it said from the error on, without its progress and the places in its own code. */
function errorIn(said: string): string {
  const lines = said
    .split(/\r?\n|\r/)
    .filter((line) => !/^\s+at /.test(line) && !/^\s*([-✓✖⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|vitepress v)/.test(line));
  const from = lines.findIndex((line) => /error/i.test(line));
  return lines.slice(Math.max(from, 0)).join('\n').trim().slice(0, 2000);
}
