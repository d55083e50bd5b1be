import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from './owner.ts';
import { identityOf, stateOf } from './owner.ts';

/** The private folder of one run; each attempt of a step has a folder of its own in it. */
export interface Workspace extends AsyncDisposable {
  /** A fresh folder with `in/`, `out/` and `tmp/`. */
  attempt(name: string): Promise<AttemptFolder>;
}

export interface AttemptFolder {
  readonly inputs: string;
  readonly out: string;
  readonly temporary: string;
  /** Notes the leader of the process group that works here, so that a later run can end it. */
  started(pid: number): Promise<void>;
  remove(): Promise<void>;
}

const ownerFile = 'owner.json';
const processFile = 'process.json';
const doomedPrefix = 'doomed-';
const minuteMilliseconds = 60 * 1000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

export async function openWorkspace(parent: string): Promise<Workspace> {
  await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(path.join(parent, 'draft-'));
  await writeFile(path.join(draft, ownerFile), JSON.stringify(identityOf(process.pid)));
  // It has its name only once it says whose it is.
  const folder = path.join(parent, `run-${path.basename(draft).slice('draft-'.length)}`);
  await rename(draft, folder);
  let count = 0;
  return {
    attempt: async (name) => {
      const own = path.join(folder, `${++count}-${name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)}`);
      const [inputs, out, temporary] = ['in', 'out', 'tmp'].map((part) => path.join(own, part)) as [
        string,
        string,
        string,
      ];
      for (const made of [inputs, out, temporary]) await mkdir(made, { recursive: true });
      return {
        inputs,
        out,
        temporary,
        started: (pid) => writeFile(path.join(own, processFile), JSON.stringify(identityOf(pid))),
        remove: () => removeTree(own),
      };
    },
    [Symbol.asyncDispose]: () => removeDoomed(parent, path.basename(folder)),
  };
}

/**
 * Removes the folders of runs whose process is dead, and ends what those runs had started and what still lives.
 * A run on another machine or in another container is left alone for a day.
 */
export async function sweepWorkspaces(parent: string, now: () => number): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const folder = path.join(parent, name);
    if (name.startsWith(doomedPrefix)) {
      await removeTree(folder);
      continue;
    }
    const owner = await readIdentity(path.join(folder, ownerFile));
    const state = owner === undefined ? 'unknown' : stateOf(owner);
    const age = now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? now());
    // A draft has its owner written within milliseconds.
    const patience = name.startsWith('draft-') ? minuteMilliseconds : dayMilliseconds;
    if (state === 'alive' || (state === 'unknown' && age < patience)) continue;
    if (state === 'dead') await endOrphans(folder);
    await removeDoomed(parent, name);
  }
}

/** Whoever removes may be killed too: the new name then says what the missing owner no longer can. */
async function removeDoomed(parent: string, name: string): Promise<void> {
  const doomed = path.join(parent, `${doomedPrefix}${name}`);
  await rename(path.join(parent, name), doomed).catch(() => undefined);
  await removeTree(doomed);
}

async function endOrphans(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const leader = await readIdentity(path.join(folder, name, processFile));
    if (leader === undefined || leader.started === '' || stateOf(leader) !== 'alive') continue;
    try {
      process.kill(-leader.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
}

async function readIdentity(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
    return Number.isInteger(value.pid) && value.pid > 1 ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A command may have made read-only folders, and an orphan may still write: what cannot go now goes at a later run. */
async function removeTree(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 30 }).catch(() => undefined);
}
