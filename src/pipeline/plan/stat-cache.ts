import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../base/index.ts';
import { writeIfPossible } from './write-whole.ts';

/**
 * Digests of files, remembered together with what stat(2) says of them. While size, times of modification and of
 * change, and inode are the same, a file is not read again.
 */
export interface StatCache {
  /**
   * The digest of a file's bytes, or why there is none. Symbolic links are followed.
   * @param file absolute path
   */
  digest(file: string): FileDigest;
  /** Notes that the bytes at a path have this digest, for a file that was just written with known bytes. */
  note(file: string, digest: Digest): void;
  /** Writes what was learned, if anything was. */
  save(): Promise<void>;
}

export type FileDigest =
  | { readonly kind: 'file'; readonly digest: Digest; readonly bytes: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly cause: NodeJS.ErrnoException };

export interface StatCacheOptions {
  /** The cache file; it may be missing or damaged, which only costs time. */
  readonly file: string;
  /** Paths are kept relative to it, so that a moved repository keeps its cache. */
  readonly root: string;
  /** Milliseconds since 1970, by the clock of the file system. */
  readonly now: () => number;
}

// Layout, little-endian: 8 bytes of magic and version; n and the length of the paths in bytes, as doubles; n x 4 doubles
// (size, mtime, ctime in milliseconds, inode); n x 32 bytes of digests; the paths, each ended by NUL.
const magic = 'TYFILES1';
const headerBytes = 24;
const numbers = 4;
const hashBytes = 32;

/** A file that was changed so shortly before it was read may change again without a new time: it is not remembered. */
const racyMilliseconds = 50;

export function openStatCache(options: StatCacheOptions): StatCache {
  const { root, now } = options;
  const table = load(options.file);
  const used = new Set<string>();
  const prefix = root.endsWith(path.sep) ? root : root + path.sep;
  const keyOf = (file: string): string => (file.startsWith(prefix) ? file.slice(prefix.length) : file);

  return {
    digest: (file) => {
      const stats = statOf(file);
      if (stats === undefined) return { kind: 'missing' };
      if (stats instanceof Error) return { kind: 'unreadable', cause: stats };
      if (stats.isDirectory()) return { kind: 'folder' };
      const key = keyOf(file);
      used.add(key);
      const known = table.find(key, stats);
      if (known !== undefined) return { kind: 'file', digest: known, bytes: stats.size };
      const digest = hashFile(file);
      if (digest instanceof Error) return { kind: 'unreadable', cause: digest };
      const after = statOf(file);
      const settled = now() - Math.max(stats.mtimeMs, stats.ctimeMs) > racyMilliseconds;
      if (settled && after !== undefined && !(after instanceof Error) && same(stats, after)) {
        table.set(key, stats, digest);
      }
      return { kind: 'file', digest, bytes: stats.size };
    },
    note: (file, digest) => {
      const stats = statOf(file);
      if (stats === undefined || stats instanceof Error) return;
      const key = keyOf(file);
      used.add(key);
      table.set(key, stats, digest);
    },
    save: async () => {
      if (table.fresh.size === 0) return;
      await writeIfPossible(options.file, table.encode(used));
      table.saved();
    },
  };
}

type Row = Pick<Stats, 'size' | 'mtimeMs' | 'ctimeMs' | 'ino'>;

function same(a: Row, b: Row): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

/** What was loaded stays in the arrays of the file: thousands of objects would cost more than all the rest. */
class Table {
  readonly #index: ReadonlyMap<string, number>;
  readonly #stats: Float64Array;
  readonly #hashes: Buffer;
  readonly #learned = new Map<string, { readonly row: Row; readonly digest: Digest }>();
  /** Keys of what was learned and is not saved yet. */
  readonly fresh = new Set<string>();

  constructor(index: ReadonlyMap<string, number>, stats: Float64Array, hashes: Buffer) {
    this.#index = index;
    this.#stats = stats;
    this.#hashes = hashes;
  }

  find(key: string, row: Row): Digest | undefined {
    const learned = this.#learned.get(key);
    if (learned !== undefined) return same(learned.row, row) ? learned.digest : undefined;
    const i = this.#index.get(key);
    if (i === undefined) return undefined;
    const at = i * numbers;
    const stats = this.#stats;
    const isSame =
      stats[at] === row.size &&
      stats[at + 1] === row.mtimeMs &&
      stats[at + 2] === row.ctimeMs &&
      stats[at + 3] === row.ino;
    return isSame ? this.#digest(i) : undefined;
  }

  set(key: string, { size, mtimeMs, ctimeMs, ino }: Row, digest: Digest): void {
    this.#learned.set(key, { row: { size, mtimeMs, ctimeMs, ino }, digest });
    this.fresh.add(key);
  }

  saved(): void {
    this.fresh.clear();
  }

  encode(used: ReadonlySet<string>): Buffer {
    const keys = new Set([...this.#index.keys(), ...this.#learned.keys()]);
    // Files of other pipelines stay, until they are many more than those that were met this time.
    const kept = keys.size > 4 * used.size + 10_000 ? [...keys].filter((key) => used.has(key)) : [...keys];
    const paths = Buffer.from(kept.map((key) => `${key}\0`).join(''), 'utf8');
    const bytes = Buffer.alloc(headerBytes + kept.length * (numbers * 8 + hashBytes) + paths.length);
    bytes.write(magic, 0, 'latin1');
    bytes.writeDoubleLE(kept.length, 8);
    bytes.writeDoubleLE(paths.length, 16);
    const hashes = headerBytes + kept.length * numbers * 8;
    kept.forEach((key, i) => {
      this.#row(key).forEach((value, j) => {
        bytes.writeDoubleLE(value, headerBytes + (i * numbers + j) * 8);
      });
      const digest = this.#learned.get(key)?.digest ?? this.#digest(this.#index.get(key)!);
      bytes.write(digest.slice(prefixOfDigest.length), hashes + i * hashBytes, 'hex');
    });
    paths.copy(bytes, hashes + kept.length * hashBytes);
    return bytes;
  }

  #row(key: string): readonly number[] {
    const learned = this.#learned.get(key);
    if (learned !== undefined) {
      const { size, mtimeMs, ctimeMs, ino } = learned.row;
      return [size, mtimeMs, ctimeMs, ino];
    }
    const at = this.#index.get(key)! * numbers;
    return [...this.#stats.subarray(at, at + numbers)];
  }

  #digest(i: number): Digest {
    const at = i * hashBytes;
    return `${prefixOfDigest}${this.#hashes.toString('hex', at, at + hashBytes)}` as Digest;
  }
}

const prefixOfDigest = 'sha256:';

function load(file: string): Table {
  const empty = (): Table => new Table(new Map(), new Float64Array(), Buffer.alloc(0));
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return empty();
  }
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) return empty();
  const count = bytes.readDoubleLE(8);
  const pathBytes = bytes.readDoubleLE(16);
  if (bytes.length !== headerBytes + count * (numbers * 8 + hashBytes) + pathBytes) return empty();
  // A copy is aligned to 8 bytes whatever the offset of the buffer in its pool.
  const start = bytes.byteOffset + headerBytes;
  const stats = new Float64Array(bytes.buffer.slice(start, start + count * numbers * 8));
  const hashes = headerBytes + count * numbers * 8;
  const paths = hashes + count * hashBytes;
  const index = new Map<string, number>();
  const names = bytes.toString('utf8', paths).split('\0');
  for (let i = 0; i < count; i++) index.set(names[i]!, i);
  return new Table(index, stats, bytes.subarray(hashes, paths));
}

function statOf(file: string): Stats | NodeJS.ErrnoException | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    // ENOTDIR: a folder on the way is a file, so there is nothing here either.
    return (cause as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : (cause as NodeJS.ErrnoException);
  }
}

const chunkBytes = 1 << 20;

function hashFile(file: string): Digest | NodeJS.ErrnoException {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let read = -1; read !== 0; ) {
      read = readSync(descriptor, chunk, 0, chunkBytes, null);
      hash.update(chunk.subarray(0, read));
    }
    return `${prefixOfDigest}${hash.digest('hex')}` as Digest;
  } catch (cause) {
    return cause as NodeJS.ErrnoException;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
