import type { Dirent } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Whether the text has a wildcard: `*`, `?`, `[` or `{`. */
export function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

/**
 * Files under `folder` that the pattern names, relative to it with `/`, sorted by code units. `*` and `?` stay within
 * a name, `**` goes through folders, `[a-z]` is one character, `{a,b}` one of the texts. As in a shell, names that
 * start with a dot are met only by patterns that write the dot. Links to folders are not walked by `**`.
 */
export function filesOfGlob(folder: string, pattern: string): string[] {
  const found = new Set<string>();
  for (const plain of braces(pattern)) {
    const segments = plain.split('/').filter((segment) => segment !== '' && segment !== '.');
    walk({ folder, at: '', segments, found });
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
  readonly at: string;
  readonly segments: readonly string[];
  readonly found: Set<string>;
}

function walk({ folder, at, segments, found }: Walk): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  const below = (name: string): string => (at === '' ? name : `${at}/${name}`);
  if (segment === '**') {
    walk({ folder, at, segments: rest.length === 0 ? ['*'] : rest, found });
    for (const entry of entriesOf(path.join(folder, at))) {
      if (entry.isDirectory() && !entry.name.startsWith('.') && !byProducts.includes(entry.name)) {
        walk({ folder, at: below(entry.name), segments, found });
      }
    }
    return;
  }
  if (!isGlob(segment)) {
    const name = below(segment);
    const stats = statSync(path.join(folder, name), { throwIfNoEntry: false });
    if (rest.length > 0 && stats?.isDirectory()) walk({ folder, at: name, segments: rest, found });
    if (rest.length === 0 && stats?.isFile()) found.add(name);
    return;
  }
  const matches = segmentPattern(segment);
  for (const entry of entriesOf(path.join(folder, at))) {
    if (!matches.test(entry.name)) continue;
    const name = below(entry.name);
    if (rest.length > 0) {
      if (isFolder(folder, name, entry)) walk({ folder, at: name, segments: rest, found });
    } else if (entry.isFile() || isFileBehindLink(folder, name, entry)) found.add(name);
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
  return (
    entry.isSymbolicLink() && statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile() === true
  );
}

function isFolder(folder: string, name: string, entry: Dirent): boolean {
  if (entry.isDirectory()) return true;
  return (
    entry.isSymbolicLink() &&
    statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true
  );
}

function segmentPattern(segment: string): RegExp {
  let source = segment.startsWith('.') ? '' : '(?!\\.)';
  for (let i = 0; i < segment.length; i++) {
    const character = segment[i]!;
    const end = character === '[' ? segment.indexOf(']', i + 2) : -1;
    if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (end !== -1) {
      source += `[${segment
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replace(/[\\[]/g, '\\$&')}]`;
      i = end;
    } else source += character.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 'u');
}

/** `a{b,c}d` gives `abd` and `acd`; braces may be nested; at most 1,000 patterns come out. */
function braces(pattern: string): string[] {
  const open = pattern.indexOf('{');
  if (open === -1) return [pattern];
  let depth = 0;
  const commas: number[] = [];
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '{') depth++;
    if (pattern[i] === ',' && depth === 1) commas.push(i);
    if (pattern[i] === '}' && --depth === 0) {
      const cuts = [open, ...commas, i];
      const parts = cuts.slice(1).map((cut, k) => pattern.slice(cuts[k]! + 1, cut));
      return parts
        .flatMap((part) => braces(pattern.slice(0, open) + part + pattern.slice(i + 1)))
        .slice(0, 1_000);
    }
  }
  return [pattern];
}
