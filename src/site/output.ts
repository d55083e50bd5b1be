import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** The folder `data/` of a site that is being written. Files appear whole; one that is there already stays as it is. */
export interface SiteOutput {
  /** Absolute. */
  readonly folder: string;
  /** Paths of the files of a folder and below; none where there is no folder. Looks once, at the first time. */
  list(folder: string): Promise<ReadonlySet<string>>;
  /** Writes a file whose name says what is in it, so that one that is there need not be written again. Tells whether it was new. */
  keep(path: string, bytes: () => string | Uint8Array): Promise<boolean>;
  /** Writes a file of a fixed name; tells whether it was another one before. */
  put(path: string, bytes: string | Uint8Array): Promise<boolean>;
  /** Makes folders, so that `write` finds them. */
  make(folders: Iterable<string>): Promise<void>;
  /**
   * Writes a file at once, into a folder that was made: for bytes that come faster than a disk takes them and are the
   * caller's only for a moment.
   */
  write(path: string, bytes: string | Uint8Array): void;
  /** Whether a file has these bytes, said at once. */
  holds(path: string, bytes: Uint8Array): boolean;
  /** `undefined` where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Removes files, and the folders that become empty. */
  remove(paths: readonly string[]): Promise<void>;
}

export function siteOutput(folder: string): SiteOutput {
  const folders = new Map<string, Promise<unknown>>();
  const listings = new Map<string, Promise<ReadonlySet<string>>>();
  const made = (parent: string): Promise<unknown> => {
    const making = folders.get(parent) ?? mkdir(parent, { recursive: true });
    folders.set(parent, making);
    return making;
  };
  const draft = `.${randomUUID().slice(0, 8)}.draft`;
  const write = async (path: string, bytes: string | Uint8Array): Promise<void> => {
    const file = join(folder, path);
    await made(dirname(file));
    await writeFile(`${file}${draft}`, bytes);
    await rename(`${file}${draft}`, file);
  };
  const list = (below: string): Promise<ReadonlySet<string>> => {
    const listing = listings.get(below) ?? filesOf(folder, below);
    listings.set(below, listing);
    return listing;
  };
  return {
    folder,
    list,
    keep: async (path, bytes) => {
      if ((await list(dirname(path))).has(path)) return false;
      await write(path, bytes());
      return true;
    },
    put: async (path, bytes) => {
      const before = await bytesOf(join(folder, path));
      if (before?.equals(Buffer.from(bytes)) === true) return false;
      await write(path, bytes);
      return true;
    },
    make: async (wanted) => {
      for (const path of wanted) await made(join(folder, path));
    },
    write: (path, bytes) => {
      const file = join(folder, path);
      writeFileSync(`${file}${draft}`, bytes);
      renameSync(`${file}${draft}`, file);
    },
    holds: (path, bytes) => readFileSync(join(folder, path)).equals(bytes),
    read: (path) => bytesOf(join(folder, path)),
    remove: async (paths) => {
      for (const path of paths) await rm(join(folder, path), { force: true });
      const parents = new Set(paths.map((path) => dirname(path)));
      for (const parent of parents) await removeEmpty(folder, parent);
    },
  };
}

/** Paths below `root`, of a folder in it. */
async function filesOf(root: string, folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const paths = new Set<string>();
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = relative(root, join(entry.parentPath, entry.name));
    paths.add(sep === '/' ? path : path.replaceAll(sep, '/'));
  }
  return paths;
}

/** A folder without anything in it, and those above it that become empty by that. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  if (folder === '.' || folder === '') return;
  const entries = await readdir(join(root, folder)).catch(() => ['?']);
  if (entries.length > 0) return;
  await rm(join(root, folder), { recursive: true, force: true });
  await removeEmpty(root, dirname(folder));
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
