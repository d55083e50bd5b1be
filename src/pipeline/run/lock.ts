import { readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from './owner.ts';
import { identityOf, stateOf } from './owner.ts';

/** While it is held, no other process executes the same pipeline in the same folder. */
export interface Lock extends AsyncDisposable {
  /** Processes that died while they held the lock, found when it was taken. */
  readonly inherited: boolean;
}

export interface LockOptions {
  /** Folder of this lock alone; it is made when it is not there. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onWaiting: (forProcess: number, since: string) => void;
}

interface Holder {
  readonly version: 1;
  readonly owner: ProcessIdentity;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly released: boolean;
}

const pollMilliseconds = 100;
const beatMilliseconds = 5_000;
/** A holder on another machine or in another container that has not touched its file for so long is dead. */
const silenceMilliseconds = 60_000;

/**
 * Files are numbered, and the highest number holds the lock until it says `released` or its process is dead. The next
 * number is claimed by link(2), which gives it to one process only. A file is removed only by the holder of a higher
 * number, so a number is never given twice, and there is no moment in which a lock that was found stale could be
 * taken away from somebody who has just taken it over.
 *
 * @returns `undefined` when the signal came first.
 */
export async function takeLock(options: LockOptions): Promise<Lock | undefined> {
  const { folder, now, signal } = options;
  await mkdir(folder, { recursive: true });
  let told = false;
  while (!signal.aborted) {
    const top = highest(folder);
    const holder = top === 0 ? undefined : readHolder(fileOf(folder, top));
    const busy =
      holder !== undefined && !holder.released && (await isAlive(holder, fileOf(folder, top), now));
    if (busy) {
      if (!told) options.onWaiting(holder.owner.pid, holder.since);
      told = true;
      await sleep(pollMilliseconds, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const inherited = top !== 0 && holder?.released !== true;
    const lock = await claim({ folder, number: top + 1, now, inherited });
    if (lock !== undefined) return lock;
  }
  return undefined;
}

interface Claim {
  readonly folder: string;
  readonly number: number;
  readonly now: () => number;
  readonly inherited: boolean;
}

let drafts = 0;

async function claim({ folder, number, now, inherited }: Claim): Promise<Lock | undefined> {
  const owner = identityOf(process.pid);
  const holder: Holder = { version: 1, owner, since: new Date(now()).toISOString(), released: false };
  const file = fileOf(folder, number);
  // Two of one process may ask in the same millisecond.
  const draft = path.join(folder, `draft-${process.pid}-${++drafts}-${number}-${now()}`);
  await writeFile(draft, `${JSON.stringify(holder)}\n`);
  try {
    await link(draft, file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  if (highest(folder) !== number) {
    // The number had been given and cleared away before: somebody with a higher one holds the lock.
    await rm(file, { force: true });
    return undefined;
  }
  await clearBelow(folder, number);
  const beat = setInterval(() => {
    const seconds = now() / 1000;
    utimes(file, seconds, seconds).catch(() => undefined);
  }, beatMilliseconds);
  beat.unref();
  return {
    inherited,
    [Symbol.asyncDispose]: async () => {
      clearInterval(beat);
      await writeFile(draft, `${JSON.stringify({ ...holder, released: true })}\n`);
      await rename(draft, file);
    },
  };
}

function fileOf(folder: string, number: number): string {
  return path.join(folder, `${number}.json`);
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

function highest(folder: string): number {
  return Math.max(0, ...numbersIn(folder));
}

async function clearBelow(folder: string, number: number): Promise<void> {
  const stale = numbersIn(folder).filter((other) => other < number);
  await Promise.all(stale.map((other) => rm(fileOf(folder, other), { force: true })));
}

function readHolder(file: string): Holder | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Holder;
    return typeof value.owner?.pid === 'number' ? value : undefined;
  } catch {
    // Gone, or damaged by a machine that lost its power: nobody holds it.
    return undefined;
  }
}

async function isAlive(holder: Holder, file: string, now: () => number): Promise<boolean> {
  const state = stateOf(holder.owner);
  if (state !== 'unknown') return state === 'alive';
  const beat = await stat(file).catch(() => undefined);
  return beat !== undefined && now() - beat.mtimeMs < silenceMilliseconds;
}
