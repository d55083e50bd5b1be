import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process that cannot be mistaken for a later one with the same number: its number, when it started, and where
 * such numbers mean something (machine, boot, namespace of processes).
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system counts: clock ticks since boot on Linux; empty where it cannot be read. */
  readonly started: string;
  readonly place: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? '', place: thisPlace() };
}

/** `unknown` when the process belongs to another machine or container: nobody here can see whether it lives. */
export function stateOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.place !== thisPlace()) return 'unknown';
  try {
    process.kill(identity.pid, 0);
  } catch (cause) {
    // EPERM: it exists, and belongs to someone else.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const started = startOf(identity.pid);
  if (started === undefined || identity.started === '') return 'alive';
  return started === identity.started ? 'alive' : 'dead';
}

/** Field 22 of proc_pid_stat(5); a zombie counts as dead: it will do nothing more. */
function startOf(pid: number): string | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the command in parentheses, and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'gone' : fields[19];
}

let place: string | undefined;

function thisPlace(): string {
  place ??= [hostname(), read('/proc/sys/kernel/random/boot_id')?.trim() ?? '', namespace()].join(' ');
  return place;
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
