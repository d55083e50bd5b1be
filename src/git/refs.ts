import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFolders } from './discover.ts';
import type { ObjectId } from './object-id.ts';
import type { Ref } from './remote.ts';

/** A ref's own value, before symbolic refs are followed. */
type RefValue = { readonly id: ObjectId } | { readonly to: string };

/** The id that a full ref name (`HEAD`, `refs/heads/main`) stands for, through symbolic refs; `undefined` when unborn or absent. */
export async function readRef(folders: RepositoryFolders, name: string): Promise<ObjectId | undefined> {
  let at = name;
  for (let depth = 0; depth < 5; depth++) {
    const value = await readRefValue(folders, at);
    if (value === undefined) return undefined;
    if ('id' in value) return value.id;
    at = value.to;
  }
  return undefined;
}

/** Where a symbolic ref points to (`refs/heads/main` for HEAD); `undefined` when it is none. */
export async function readSymbolicRef(folders: RepositoryFolders, name: string): Promise<string | undefined> {
  const value = await readRefValue(folders, name);
  return value !== undefined && 'to' in value ? value.to : undefined;
}

/** Full names of the refs under a prefix such as `refs/tags/`, sorted by code units. */
export async function listRefNames(folders: RepositoryFolders, prefix: string): Promise<readonly string[]> {
  const names = new Set(await looseRefNames(folders, prefix));
  for (const name of (await packedRefs(folders)).keys()) if (name.startsWith(prefix)) names.add(name);
  return [...names].sort();
}

/** The refs under a prefix with what they stand for, sorted by name; made for ten thousands. */
export async function listRefs(folders: RepositoryFolders, prefix: string): Promise<readonly Ref[]> {
  const loose = new Map<string, string | undefined>();
  for (const name of await looseRefNames(folders, prefix)) {
    loose.set(name, textOf(join(folders.commonFolder, name)));
  }
  // Packing writes the packed ref before it removes the loose one, so this order misses none.
  const refs = new Map<string, ObjectId>();
  for (const [name, id] of await packedRefs(folders)) if (name.startsWith(prefix)) refs.set(name, id);
  for (const [name, text] of loose) {
    if (text === undefined) continue;
    const id = /^([0-9a-f]{40})\s*$/.exec(text)?.[1] ?? (await readRef(folders, name));
    if (id === undefined) refs.delete(name);
    else refs.set(name, id);
  }
  return [...refs].map(([name, id]) => ({ name, id })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Ten thousand files of a line each take 0.15 s so, and a second one by one in the background. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

async function looseRefNames(folders: RepositoryFolders, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  const top = prefix.slice(0, prefix.lastIndexOf('/'));
  const entries = await readdir(join(folders.commonFolder, top), {
    recursive: true,
    withFileTypes: true,
  }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.lock')) continue;
    const name = join(entry.parentPath, entry.name)
      .slice(folders.commonFolder.length + 1)
      .replaceAll('\\', '/');
    if (name.startsWith(prefix)) names.push(name);
  }
  return names;
}

async function readRefValue(folders: RepositoryFolders, name: string): Promise<RefValue | undefined> {
  const folder = name.startsWith('refs/') ? folders.commonFolder : folders.gitFolder;
  const loose = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  // A loose ref counts before a packed one; packing writes the packed one first, so this order misses none.
  if (loose === undefined) {
    const id = (await packedRefs(folders)).get(name);
    return id === undefined ? undefined : { id };
  }
  const symbolic = /^ref:\s*(\S.*?)\s*$/.exec(loose);
  if (symbolic !== null) return { to: symbolic[1]! };
  const id = /^([0-9a-f]{40})\s*$/.exec(loose);
  return id === null ? undefined : { id: id[1]! };
}

async function packedRefs(folders: RepositoryFolders): Promise<ReadonlyMap<string, ObjectId>> {
  const text = await readFile(join(folders.commonFolder, 'packed-refs'), 'utf8').catch(() => '');
  const refs = new Map<string, ObjectId>();
  for (const line of text.split('\n')) {
    const entry = /^([0-9a-f]{40}) (\S.*)$/.exec(line);
    if (entry !== null) refs.set(entry[2]!, entry[1]!);
  }
  return refs;
}

/** Whether it is the full name of a ref that Git would take, and no path out of `refs/`. */
export function isRefName(name: string): boolean {
  return /^refs\/[^/]+\/./.test(name) && isBranchName(name.slice('refs/'.length));
}

/** Whether Git would take the name for a branch (the rules of git-check-ref-format). */
export function isBranchName(name: string): boolean {
  if (name === '' || name === '@' || name.startsWith('-') || name.endsWith('/') || name.endsWith('.'))
    return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Git forbids control characters in names.
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
