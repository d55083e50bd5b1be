import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Lines } from './lines.ts';

export interface ProcessCall {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written on standard input, which is then closed; without it, standard input is empty. */
  readonly input?: string;
  /** Of standard output and standard error. */
  readonly lines: readonly [Lines, Lines];
  /** Lines that the process writes on file descriptor 3. */
  readonly onReport?: (line: string) => void;
  readonly onStart?: (pid: number) => void;
  readonly signal: AbortSignal;
  readonly timeoutMilliseconds?: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMilliseconds: number;
}

export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'missing'; readonly cause: NodeJS.ErrnoException };

const flushEvery = 500;
/** How long to wait for output after the group was killed: a process that left the group may hold the pipe. */
const drainMilliseconds = 2_000;
const reportLimit = 1_000_000;

/**
 * Runs a process in a group of its own and waits until nothing of the group is left: when the process ends, is
 * cancelled or takes too long, whatever it has started ends with it.
 *
 * File descriptor 4 of the process is a pipe that nothing is written to: it ends when this process does, even by
 * SIGKILL, so that a step can notice that nobody waits for it any more.
 */
export function runProcess(call: ProcessCall): Promise<ProcessEnd> {
  if (call.signal.aborted) return Promise.resolve({ kind: 'cancelled' });
  return new Promise((resolve) => {
    const child = spawn(call.command, call.arguments, {
      cwd: call.workingDirectory,
      env: { ...call.env },
      detached: true,
      stdio: [call.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    });
    if (child.pid === undefined) {
      child.once('error', (cause) => resolve({ kind: 'missing', cause }));
      return;
    }
    call.onStart?.(child.pid);
    let early: 'timeout' | 'cancelled' | undefined;
    const timers: NodeJS.Timeout[] = [];
    const stop = (why: 'timeout' | 'cancelled'): void => {
      if (early !== undefined) return;
      early = why;
      killGroup(child, 'SIGTERM');
      timers.push(setTimeout(() => killGroup(child, 'SIGKILL'), call.graceMilliseconds));
    };
    const onAbort = (): void => stop('cancelled');
    call.signal.addEventListener('abort', onAbort, { once: true });
    if (call.timeoutMilliseconds !== undefined) {
      timers.push(setTimeout(() => stop('timeout'), call.timeoutMilliseconds));
    }
    const flusher = setInterval(() => {
      for (const lines of call.lines) lines.flush();
    }, flushEvery);
    const outputs = [child.stdout!, child.stderr!] as const;
    outputs.forEach((stream, i) => {
      stream.on('data', (bytes: Uint8Array) => call.lines[i]!.write(bytes));
    });
    readReports(child.stdio[3] as Readable, call.onReport);
    // A process that ends without reading its input is not a failure of ours.
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.stdin?.end(call.input);
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
      timers.push(
        setTimeout(() => {
          for (const stream of child.stdio) stream?.destroy();
        }, drainMilliseconds),
      );
    });
    child.once('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(flusher);
      call.signal.removeEventListener('abort', onAbort);
      for (const lines of call.lines) lines.end();
      if (early !== undefined) resolve({ kind: early });
      else if (code !== null) resolve({ kind: 'exit', code });
      else resolve({ kind: 'signal', signal: signal ?? 'unknown' });
    });
  });
}

function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // ESRCH: nothing of the group is left; EPERM: what is left of it belongs to someone else.
  }
}

function readReports(stream: Readable, onReport: ((line: string) => void) | undefined): void {
  let pending = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    pending += text;
    const lines = pending.split('\n');
    pending = lines.pop()!;
    // Reports come from a child that may run the user's code: what has no end is not kept.
    if (pending.length > reportLimit) pending = '';
    for (const line of lines) onReport?.(line);
  });
}
