import { lstat, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RefLock, Repository } from '../../git/index.ts';
import { lockRef } from '../../git/index.ts';
import type { SiteFailure } from '../failures.ts';
import { folderInside, folderTaken, siteBusy } from '../failures.ts';

export interface SiteFolder {
  /** Absolute. */
  readonly out: string;
  /** Root of the project; absolute. */
  readonly root: string;
  /** Folder of the repository's own pages; absolute. */
  readonly pages: string | undefined;
}

const lockFile = 'data/building.lock';
const marks = ['data/site.json', 'data/pages.json', lockFile];
const patienceMs = 120_000;

/**
 * Takes a folder for a site, for as long as the lock is held: one that is empty, absent, or a site already. Who comes second
 * waits, and finds most of the work done.
 */
export async function takeFolder(folder: SiteFolder): Promise<Result<RefLock, SiteFailure>> {
  const refused = await refusal(folder);
  if (refused !== undefined) return failed(refused);
  const { out } = folder;
  await makeFolder(join(out, 'data'));
  const lock = await lockRef(join(out, lockFile), patienceMs);
  if (lock === undefined) return failed(siteBusy(out));
  await removeDrafts(out);
  return success(lock);
}

/**
 * A folder and those above it. Node's own recursion never ends where a parent is there and yet takes no folders, as `/proc`
 * does on Linux; here that is an error.
 */
async function makeFolder(folder: string): Promise<void> {
  const lacking: string[] = [];
  for (let one = folder; !(await isThere(one)); one = dirname(one)) lacking.unshift(one);
  for (const one of lacking) {
    await mkdir(one).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Files that a process which was killed had not finished: nobody else is at work here. */
async function removeDrafts(out: string): Promise<void> {
  const files = await readdir(out, { recursive: true });
  const isDraft = /\.(?:[0-9a-f]{8}\.draft|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
  for (const file of files) if (isDraft.test(file)) await rm(join(out, file), { force: true });
}

async function refusal({ out, root, pages }: SiteFolder): Promise<SiteFailure | undefined> {
  const real = await realFolder(out);
  const top = await realFolder(root);
  if (isIn(top, real))
    return folderInside(out, real === top ? 'the root of this repository' : 'above this repository');
  if (isIn(real, join(top, '.git'))) return folderInside(out, 'in the folder of Git');
  const own = pages === undefined ? undefined : await realFolder(pages);
  if (own !== undefined && (isIn(real, own) || isIn(own, real)))
    return folderInside(out, 'in the folder of its own pages, or around it');
  if (!(await isFree(out))) return folderTaken(out);
  const link = await linkIn(out);
  return link === undefined ? undefined : folderInside(out, `a folder with the link ${link} in it`);
}

/** A site has none: one leads to files of others, which would be written over, or removed as old. */
export async function linkIn(out: string): Promise<string | undefined> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  const link = entries.find((entry) => entry.isSymbolicLink());
  return link === undefined ? undefined : relative(out, join(link.parentPath, link.name));
}

export interface LinkSearch {
  /** Root of the project; absolute. */
  readonly root: string;
  readonly repository: Repository | undefined;
}

/**
 * The first link among folders of ours, each in the one before: whoever commits one would have us write and remove elsewhere.
 * The outermost may be one that Git does not hold: where that is, is the choice of who works there.
 */
export async function linkOnTheWay(
  { root, repository }: LinkSearch,
  [first, ...rest]: readonly string[],
): Promise<string | undefined> {
  let path = first!;
  const outermost = await lstat(join(root, path)).catch(() => undefined);
  if (outermost?.isSymbolicLink() === true && (await isCommitted(root, repository, path))) return path;
  for (const name of rest) {
    path = join(path, name);
    const about = await lstat(join(root, path)).catch(() => undefined);
    if (about?.isSymbolicLink() === true) return path;
  }
  return undefined;
}

/** Where Git cannot tell, too. A file system may take one name for another that differs in case. */
async function isCommitted(root: string, repository: Repository | undefined, name: string): Promise<boolean> {
  if (repository?.workTree === undefined) return false;
  const head = await repository.head();
  if (!head.ok) return true;
  if (head.value.commit === undefined) return false;
  const files = await repository.filesOfCommit(head.value.commit);
  if (!files.ok) return true;
  const path = relative(await realFolder(repository.workTree), join(await realFolder(root), name));
  const same = path.split(sep).join('/').toLowerCase();
  return files.value.some((file) => file.kind === 'link' && file.path.toLowerCase() === same);
}

/** Nothing is there, or a site is, or what is left of a first one that failed. */
async function isFree(out: string): Promise<boolean> {
  const files = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (files.length === 0) return true;
  if (
    files.length === 1 &&
    files[0] === 'data' &&
    (await readdir(join(out, 'data')).catch(() => ['?'])).length === 0
  )
    return true;
  const found = marks.map((mark) =>
    stat(join(out, mark)).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

/** Where a folder is, or would be once it is made, with links followed. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return join(await realFolder(dirname(folder)), relative(dirname(folder), folder));
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
