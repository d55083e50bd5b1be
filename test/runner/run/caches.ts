import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A path as another machine finds it: below its home, its workspace, or at the same place. */
interface CachedPath {
  readonly base: 'home' | 'workspace' | 'root';
  readonly path: string;
}

interface CacheEntry {
  readonly repository: string;
  readonly key: string;
  /** A cache is found for the same list of paths only. */
  readonly version: string;
  readonly ref: string;
  readonly folder: string;
  readonly paths: readonly CachedPath[];
}

export interface CachePlace {
  readonly repository: string;
  /** A run finds caches of its own ref, its base and the default branch, in this order; it writes its own. */
  readonly refs: readonly string[];
  readonly home: string;
  readonly workspace: string;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching */
export class Caches {
  readonly #folder: string;
  readonly #entries: CacheEntry[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The key that was found, after its files are in place. */
  restore(
    place: CachePlace,
    paths: readonly string[],
    key: string,
    others: readonly string[],
  ): string | undefined {
    const version = paths.join('\n');
    for (const ref of place.refs) {
      const here = this.#entries.filter(
        (entry) => entry.repository === place.repository && entry.version === version && entry.ref === ref,
      );
      const found =
        here.find((entry) => entry.key === key) ??
        [key, ...others].flatMap((prefix) =>
          here.filter((entry) => entry.key.startsWith(prefix)).slice(-1),
        )[0];
      if (found === undefined) continue;
      for (const [i, path] of found.paths.entries()) {
        const target = absolute(path, place);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(found.folder, String(i)), target, { recursive: true });
      }
      return found.key;
    }
    return undefined;
  }

  /** False when the key exists: a cache is never written again. */
  save(place: CachePlace, paths: readonly string[], key: string): boolean {
    const [ref] = place.refs;
    const version = paths.join('\n');
    const exists = this.#entries.some(
      (entry) =>
        entry.repository === place.repository &&
        entry.key === key &&
        entry.version === version &&
        entry.ref === ref,
    );
    if (exists) return false;
    const folder = join(this.#folder, String(this.#entries.length));
    const kept = paths
      .map((path) => cachedPath(path, place))
      .filter((path) => existsSync(absolute(path, place)));
    for (const [i, path] of kept.entries()) {
      cpSync(absolute(path, place), join(folder, String(i)), { recursive: true });
    }
    this.#entries.push({ repository: place.repository, key, version, ref: ref!, folder, paths: kept });
    return true;
  }
}

function cachedPath(path: string, { home, workspace }: CachePlace): CachedPath {
  if (path === '~' || path.startsWith('~/')) return { base: 'home', path: path.slice(2) };
  if (!path.startsWith('/')) return { base: 'workspace', path };
  for (const [base, folder] of [
    ['home', home],
    ['workspace', workspace],
  ] as const) {
    const below = relative(folder, path);
    if (!below.startsWith('..')) return { base, path: below };
  }
  return { base: 'root', path };
}

function absolute({ base, path }: CachedPath, { home, workspace }: CachePlace): string {
  return base === 'home' ? join(home, path) : base === 'workspace' ? join(workspace, path) : path;
}
