import { randomUUID } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const dayInMs = 24 * 60 * 60 * 1000;

/** A name that tells who is writing: host, process, and something unique. */
export function temporaryName(): string {
  return `${encodeURIComponent(hostname())}~${process.pid}~${randomUUID()}`;
}

/**
 * Removes what killed writers left: files of processes of this host that are no more, and files of a day ago. Ages
 * are measured by the file system's own clock. A writer whose file goes in spite of that writes it again.
 */
export async function sweepLeftovers(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return;
  }
  if (names.length === 0) return;
  const now = await clockOf(folder);
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const age = now - ((await stat(file).catch(() => undefined))?.mtimeMs ?? now);
      if (age > dayInMs || isOfDeadProcess(name)) await rm(file, { force: true }).catch(() => undefined);
    }),
  );
}

function isOfDeadProcess(name: string): boolean {
  // A file that appears complete has a name of its own until it is: `.<name>.partial`.
  const [host, pid] = name.replace(/^\./, '').split('~');
  if (host !== encodeURIComponent(hostname()) || !/^[0-9]{1,10}$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

/** What time it is by the clock of the file system that a folder is on; 0 when it cannot be written to. */
export async function clockOf(folder: string): Promise<number> {
  const probe = join(folder, temporaryName());
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } catch {
    return 0;
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
