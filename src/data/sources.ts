import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, nearest, success } from '../base/index.ts';
import type { DataFailure } from './failures.ts';
import { formatMismatch, noFiles, pathOutside } from './failures.ts';
import type { PathPart } from './glob.ts';
import { expandBraces, matchesPart, parsePathPattern } from './glob.ts';

/** A file below the root, found by a pattern. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly absolute: string;
}

/**
 * The files that a path or glob names, sorted by their relative path (by UTF-16 code units, so that no locale and no
 * order of a folder plays a part). Symbolic links are followed when what they lead to is below the root too; `**`
 * does not enter linked folders. See `parsePathPattern` and `expandBraces` for the grammar; a file whose name is the pattern itself wins.
 *
 * @param root absolute path of the repository
 * @param pattern absolute, or relative to the root
 */
export async function resolveSources(
  root: string,
  pattern: string,
): Promise<Result<readonly SourceFile[], DataFailure>> {
  const inside = isAbsolute(pattern)
    ? relative(root, resolve(pattern))
    : relative(root, resolve(root, pattern));
  const wanted = inside.split(sep).join('/');
  const patterns = expandBraces(wanted);
  if (isAbsolute(inside) || patterns.some((plain) => plain.split('/').includes('..'))) {
    return failed(pathOutside(pattern, 'it leads out of the repository'));
  }
  const names = (await isFile(join(root, inside))) ? [wanted] : await matchesOfAll(root, patterns);
  if (names.length === 0) {
    // Whoever names files of the whole machine sees them as they are.
    const shown = (path: string): string => (dirname(root) === root ? join(root, path) : path);
    const existing = await nearestExisting(root, wanted);
    return failed(noFiles(shown(wanted), existing === undefined ? undefined : shown(existing)));
  }

  const realRoot = await realpath(root);
  const files: SourceFile[] = [];
  for (const path of names.sort()) {
    const absolute = join(root, ...path.split('/'));
    if (!isBelow(realRoot, await realpath(absolute))) {
      return failed(pathOutside(path, 'it is a symbolic link to a place outside of the repository'));
    }
    files.push({ path, absolute });
  }
  return success(files);
}

async function matchesOfAll(root: string, patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const path of await matches(root, parsePathPattern(pattern))) found.add(path);
  }
  return [...found];
}

async function matches(root: string, parts: readonly PathPart[]): Promise<string[]> {
  const found = new Set<string>();
  const walk = async (folder: string, left: readonly PathPart[]): Promise<void> => {
    const [part, ...rest] = left;
    if (part === undefined) return;
    if (part.kind === 'folders') {
      await walk(folder, rest);
      for (const name of await foldersIn(join(root, folder))) {
        if (!name.startsWith('.')) await walk(folder === '' ? name : `${folder}/${name}`, left);
      }
      return;
    }
    const names = part.kind === 'literal' ? [part.name] : await namesIn(join(root, folder));
    for (const name of names) {
      if (!matchesPart(part, name)) continue;
      const path = folder === '' ? name : `${folder}/${name}`;
      if (rest.length > 0) await walk(path, rest);
      else if (await isFile(join(root, path))) found.add(path);
    }
  };
  // `data/**` means every file below data.
  await walk('', parts.at(-1)?.kind === 'folders' ? [...parts, ...parsePathPattern('*')] : parts);
  return [...found];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Real folders only: a link could lead round in a circle. */
async function foldersIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  const facts = await Promise.all(names.map((name) => lstat(join(folder, name)).catch(() => undefined)));
  return names.filter((_, i) => facts[i]?.isDirectory());
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** What exists and is most like the path, at the first part of it that does not exist. */
async function nearestExisting(root: string, wanted: string): Promise<string | undefined> {
  let folder = '';
  for (const part of wanted.split('/')) {
    const names = await namesIn(join(root, folder));
    if (names.includes(part)) {
      folder = folder === '' ? part : `${folder}/${part}`;
      continue;
    }
    const name = nearest(part, names.sort());
    return name === undefined ? undefined : folder === '' ? name : `${folder}/${name}`;
  }
  return undefined;
}

/** Files whose names say that they are of another format than the dataset's, or compressed. */
export function refuseFormats(
  format: 'csv' | 'parquet',
  files: readonly SourceFile[],
): readonly DataFailure[] {
  const failures: DataFailure[] = [];
  for (const { path } of files) {
    const extension = /\.[^./]+$/.exec(path.toLowerCase())?.[0] ?? '';
    if (['.gz', '.zst', '.bz2', '.xz', '.zip'].includes(extension)) {
      failures.push(formatMismatch(path, format, 'it is compressed'));
    } else if ((format === 'csv') === ['.parquet', '.pq'].includes(extension)) {
      if (format === 'csv' || ['.csv', '.tsv', '.txt'].includes(extension)) {
        failures.push(formatMismatch(path, format, `its name ends with ${extension}`));
      }
    }
  }
  return failures;
}
