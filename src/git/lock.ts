import { randomInt, randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

/** Git's own lock of a ref: nobody else, Git included, changes the ref while the file `<ref>.lock` exists. */
export interface RefLock extends AsyncDisposable {
  /** Whether it is still ours: a process on another machine could have taken it for abandoned. */
  isHeld(): Promise<boolean>;
}

/**
 * Takes the lock of a ref, or `undefined` when somebody held it for the whole of the patience. Unlike Git's, the lock
 * says whose it is, so that the lock of a killed process does not stand in the way of the next one.
 */
export async function lockRef(file: string, patienceMs: number): Promise<RefLock | undefined> {
  const mine = `trainyard ${process.pid} ${encodeURIComponent(hostname())} ${randomUUID()}\n`;
  const until = performance.now() + patienceMs;
  for (let pause = 4; ; pause = Math.min(pause * 2, 64)) {
    if (await place(file, mine)) {
      await sweep(file);
      return {
        isHeld: async () => (await readFile(file, 'utf8').catch(() => '')) === mine,
        [Symbol.asyncDispose]: async () => {
          if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true });
        },
      };
    }
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder !== undefined && isAbandoned(holder)) {
      await clear(file, holder);
      continue;
    }
    if (performance.now() > until) return undefined;
    await wait(randomInt(1, pause));
  }
}

/** Makes the lock file with its content in one step; `false` when it exists. */
async function place(file: string, content: string): Promise<boolean> {
  const temporary = `${file.slice(0, -'.lock'.length)}.${randomUUID()}.lock`;
  await writeFile(temporary, content, { flag: 'wx' });
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    // File systems without hard links.
    if (code === undefined || !['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
    return await writeFile(file, content, { flag: 'wx' }).then(
      () => true,
      (second: NodeJS.ErrnoException) => {
        if (second.code === 'EEXIST') return false;
        throw second;
      },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

const minuteInMs = 60_000;

/** Removes temporary files that killed processes left beside the lock; those of living ones exist for milliseconds. */
async function sweep(file: string): Promise<void> {
  const beginning = `${basename(file, '.lock')}.`;
  const names = (await readdir(dirname(file)).catch(() => [])).filter((name) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.lock$/.test(name.slice(beginning.length)),
  );
  const now = names.length === 0 ? 0 : (await stat(file)).mtimeMs;
  for (const name of names.filter((each) => each.startsWith(beginning))) {
    const left = join(dirname(file), name);
    const written = (await stat(left).catch(() => undefined))?.mtimeMs ?? now;
    if (now - written > minuteInMs) await rm(left, { force: true }).catch(() => undefined);
  }
}

function isAbandoned(holder: string): boolean {
  const written = /^trainyard ([0-9]{1,10}) (\S+) /.exec(holder);
  if (written === null || written[2] !== encodeURIComponent(hostname())) return false;
  try {
    process.kill(Number(written[1]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Removes an abandoned lock: takes it away first, and puts it back when another process has just taken its place. */
async function clear(file: string, abandoned: string): Promise<void> {
  const aside = `${file.slice(0, -'.lock'.length)}.${randomUUID()}.lock`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8').catch(() => '')) !== abandoned)
    await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}
