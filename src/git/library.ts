import { randomUUID } from 'node:crypto';
import type { MakeDirectoryOptions } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { PromiseFsClient } from 'isomorphic-git';
import type { RepositoryFolders } from './discover.ts';

type Isomorphic = typeof import('isomorphic-git');

/** isomorphic-git, bound to one repository. Loaded when first used: it takes some 70 ms. */
export interface Library {
  readonly git: Isomorphic;
  /** Arguments that every call takes. */
  readonly where: { readonly fs: PromiseFsClient; readonly gitdir: string; readonly cache: object };
}

export function loadLibrary(folders: RepositoryFolders): () => Promise<Library> {
  let loaded: Promise<Isomorphic> | undefined;
  const cache = {};
  const fs = repositoryFiles(folders);
  return async () => {
    loaded ??= import('isomorphic-git').then((module) => module.default as unknown as Isomorphic);
    return { git: await loaded, where: { fs, gitdir: folders.gitFolder, cache } };
  };
}

/** What a linked work tree has of its own; everything else under its `.git` folder is in the shared one. */
const ownFiles =
  /^(HEAD|index|config\.worktree|[A-Z_]+_HEAD|logs\/HEAD|refs\/(bisect|worktree|rewritten)\/.*)$/;

/**
 * The file system as isomorphic-git sees it: one `.git` folder, although a linked work tree has two; and files that
 * appear complete or not at all, so that a writer may be killed at any moment (half an object would stand for ever,
 * since an object that exists is not written again).
 */
function repositoryFiles(folders: RepositoryFolders): PromiseFsClient {
  const place = (path: string): string => {
    if (folders.gitFolder === folders.commonFolder) return path;
    if (!path.startsWith(`${folders.gitFolder}/`)) return path;
    const rest = path.slice(folders.gitFolder.length + 1);
    return ownFiles.test(rest) ? path : join(folders.commonFolder, rest);
  };
  return {
    // Each one is async, because isomorphic-git tries with a call without arguments whether it gets a promise.
    promises: {
      readFile: async (path: string, options?: object) => readFile(place(path), options),
      writeFile: async (path: string, data: Uint8Array | string) => writeWhole(place(path), data),
      mkdir: async (path: string, options?: MakeDirectoryOptions) => mkdir(place(path), options),
      rmdir: async (path: string) => rmdir(place(path)),
      unlink: async (path: string) => unlink(place(path)),
      stat: async (path: string) => stat(place(path)),
      lstat: async (path: string) => lstat(place(path)),
      readdir: async (path: string) => readdir(place(path)),
      readlink: async (path: string, options?: object) => readlink(place(path), options),
      symlink: async (target: string, path: string) => symlink(target, place(path)),
    },
  };
}

/** Git's own garbage collection removes what a killed writer leaves, by the prefix of the name. */
async function writeWhole(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `tmp_obj_${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', path.includes(`${sep}objects${sep}`) ? 0o444 : 0o644);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
