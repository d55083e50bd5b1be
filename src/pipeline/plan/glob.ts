import type { Dirent, Stats } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PathPart } from '../../data/index.ts';
import { expandBraces, matchesPart, parsePathPattern } from '../../data/index.ts';

/** Whether the text has a wildcard: `*`, `?`, `[` or `{`. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/**
 * Files under `folder` that the pattern names, relative to it with `/`, sorted by code units. `*` and `?` stay within
 * a name, `**` goes through folders, `[a-z]` is one character, `{a,b}` one of the texts. As in a shell, names that
 * start with a dot are met only by patterns that write the dot. Links to folders are not walked by `**`. A file that is
 * named like the pattern is what is meant.
 */
export function filesOfGlob(folder: string, pattern: string): string[] {
  if (statsOf(path.join(folder, pattern))?.isFile() === true) return [pattern];
  const found = new Set<string>();
  for (const plain of expandBraces(pattern)) {
    walk({ folder, parts: parsePathPattern(plain), found, seen: new Set() }, '', 0);
  }
  return [...found].sort();
}

/** What tools write beside the sources that they read: no input of anything. */
const byProducts: readonly string[] = ['.git', '.trainyard', '__pycache__', '.ipynb_checkpoints'];

/** Every file in a folder, however deep, relative to `folder` with `/`, sorted; also those that start with a dot. */
export function filesOfFolder(folder: string): string[] {
  const found: string[] = [];
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of entriesOf(path.join(folder, at))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`;
      if (byProducts.includes(entry.name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile() || isFileBehindLink(folder, name, entry)) found.push(name);
    }
  }
  return found.sort();
}

interface Walk {
  readonly folder: string;
  readonly parts: readonly PathPart[];
  readonly found: Set<string>;
  /** Folders with the number of the part: with several `**`, many ways lead to the same place. */
  readonly seen: Set<string>;
}

function walk(context: Walk, at: string, index: number): void {
  const { folder, parts, found, seen } = context;
  const part = parts[index];
  if (part === undefined || seen.has(`${index}/${at}`)) return;
  seen.add(`${index}/${at}`);
  const isLast = index === parts.length - 1;
  const below = (name: string): string => (at === '' ? name : `${at}/${name}`);
  if (part.kind === 'literal') {
    const name = below(part.name);
    const stats = statsOf(path.join(folder, name));
    if (!isLast && stats?.isDirectory()) walk(context, name, index + 1);
    if (isLast && stats?.isFile()) found.add(name);
    return;
  }
  if (part.kind === 'folders' && !isLast) walk(context, at, index + 1);
  for (const entry of entriesOf(path.join(folder, at))) {
    const name = below(entry.name);
    if (part.kind === 'folders') {
      if (entry.name.startsWith('.') || byProducts.includes(entry.name)) continue;
      if (entry.isDirectory()) walk(context, name, index);
      else if (isLast && (entry.isFile() || isFileBehindLink(folder, name, entry))) found.add(name);
    } else if (matchesPart(part, entry.name)) {
      if (!isLast) {
        if (isFolder(folder, name, entry)) walk(context, name, index + 1);
      } else if (entry.isFile() || isFileBehindLink(folder, name, entry)) found.add(name);
    }
  }
}

/** `undefined` for whatever cannot be looked at: a name with a NUL, a circle of links, a folder that is closed to us. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFileBehindLink(folder: string, name: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() && statsOf(path.join(folder, name))?.isFile() === true;
}

function isFolder(folder: string, name: string, entry: Dirent): boolean {
  return (
    entry.isDirectory() ||
    (entry.isSymbolicLink() && statsOf(path.join(folder, name))?.isDirectory() === true)
  );
}
