import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../base/index.ts';
import { writeWhole } from './write-whole.ts';

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

interface Entry {
  readonly stats: Float64Array;
  /** 32 bytes. */
  readonly hash: Buffer;
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
  const entries = load(options.file);
  const used = new Set<string>();
  const prefix = root.endsWith(path.sep) ? root : root + path.sep;
  const keyOf = (file: string): string => (file.startsWith(prefix) ? file.slice(prefix.length) : file);
  let changed = false;

  const remember = (key: string, stats: Float64Array, hash: Buffer): void => {
    entries.set(key, { stats, hash });
    changed = true;
  };

  return {
    digest: (file) => {
      const key = keyOf(file);
      const stats = statOf(file);
      if (stats === undefined) return { kind: 'missing' };
      if (stats instanceof Error) return { kind: 'unreadable', cause: stats };
      if (stats.isDirectory()) return { kind: 'folder' };
      used.add(key);
      const row = rowOf(stats);
      const known = entries.get(key);
      if (known !== undefined && same(known.stats, row)) {
        return { kind: 'file', digest: digestOf(known.hash), bytes: stats.size };
      }
      const hash = hashFile(file);
      if (hash instanceof Error) return { kind: 'unreadable', cause: hash };
      const after = statOf(file);
      const settled = now() - Math.max(stats.mtimeMs, stats.ctimeMs) > racyMilliseconds;
      if (settled && after !== undefined && !(after instanceof Error) && same(row, rowOf(after))) {
        remember(key, row, hash);
      }
      return { kind: 'file', digest: digestOf(hash), bytes: stats.size };
    },
    note: (file, digest) => {
      const stats = statOf(file);
      if (stats === undefined || stats instanceof Error) return;
      const key = keyOf(file);
      used.add(key);
      remember(key, rowOf(stats), Buffer.from(digest.slice('sha256:'.length), 'hex'));
    },
    save: async () => {
      if (!changed) return;
      changed = false;
      // Files of other pipelines stay, until they are many more than those that were met this time.
      const stale = entries.size > 4 * used.size + 10_000;
      const kept = stale ? [...entries].filter(([key]) => used.has(key)) : [...entries];
      await writeWhole(options.file, encode(kept));
    },
  };
}

function load(file: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return entries;
  }
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) return entries;
  const count = bytes.readDoubleLE(8);
  const pathBytes = bytes.readDoubleLE(16);
  if (bytes.length !== headerBytes + count * (numbers * 8 + hashBytes) + pathBytes) return entries;
  // A copy is aligned to 8 bytes whatever the offset of the buffer in its pool.
  const stats = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset + headerBytes, bytes.byteOffset + headerBytes + count * numbers * 8),
  );
  const hashes = headerBytes + count * numbers * 8;
  const paths = bytes.toString('utf8', hashes + count * hashBytes).split('\0');
  for (let i = 0; i < count; i++) {
    entries.set(paths[i]!, {
      stats: stats.subarray(i * numbers, (i + 1) * numbers),
      hash: bytes.subarray(hashes + i * hashBytes, hashes + (i + 1) * hashBytes),
    });
  }
  return entries;
}

function encode(entries: readonly (readonly [string, Entry])[]): Buffer {
  const paths = Buffer.from(entries.map(([key]) => `${key}\0`).join(''), 'utf8');
  const bytes = Buffer.alloc(headerBytes + entries.length * (numbers * 8 + hashBytes) + paths.length);
  bytes.write(magic, 0, 'latin1');
  bytes.writeDoubleLE(entries.length, 8);
  bytes.writeDoubleLE(paths.length, 16);
  const hashes = headerBytes + entries.length * numbers * 8;
  entries.forEach(([, entry], i) => {
    entry.stats.forEach((value, j) => {
      bytes.writeDoubleLE(value, headerBytes + (i * numbers + j) * 8);
    });
    entry.hash.copy(bytes, hashes + i * hashBytes);
  });
  paths.copy(bytes, hashes + entries.length * hashBytes);
  return bytes;
}

function statOf(file: string): Stats | NodeJS.ErrnoException | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    // ENOTDIR: a folder on the way is a file, so there is nothing here either.
    return (cause as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : (cause as NodeJS.ErrnoException);
  }
}

function rowOf(stats: Stats): Float64Array {
  return Float64Array.of(stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino);
}

function same(a: Float64Array, b: Float64Array): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

function digestOf(hash: Buffer): Digest {
  return `sha256:${hash.toString('hex')}` as Digest;
}

const chunkBytes = 1 << 20;

function hashFile(file: string): Buffer | NodeJS.ErrnoException {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let read = -1; read !== 0; ) {
      read = readSync(descriptor, chunk, 0, chunkBytes, null);
      hash.update(chunk.subarray(0, read));
    }
    return hash.digest();
  } catch (cause) {
    return cause as NodeJS.ErrnoException;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
