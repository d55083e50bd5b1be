import type { Digest, Result } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';

/**
 * Bytes under their own digest. What comes out is always what the digest says: every read is verified, and bytes
 * that do not match are moved out of the way, reported, and never used. Writers may die at any moment and may write
 * the same bytes at the same time.
 */
export interface Store {
  /** Stores a copy of a file. Storing bytes that are there already mends them when they were damaged. */
  putFile(path: string): Promise<Result<Blob, StoreFailure>>;

  putBytes(bytes: Uint8Array | string): Promise<Result<Blob, StoreFailure>>;

  /**
   * Whether something is stored under the digest: cheap, and without a look at the bytes. `false` also when the store
   * cannot be asked; `read` then says why.
   */
  has(digest: Digest): Promise<boolean>;

  read(digest: Digest): Promise<Result<Uint8Array, StoreFailure>>;

  /** Reads everything without keeping it: success means that `copyTo` would have worked just now. */
  verify(digest: Digest): Promise<Result<void, StoreFailure>>;

  /**
   * Puts a writable copy at a path, replacing what is there. The file appears at once and complete, or not at all; its
   * folder is made when it is missing. Copies share their bytes on file systems that can (copy on write).
   */
  copyTo(digest: Digest, path: string): Promise<Result<void, StoreFailure>>;

  /** Forgets the bytes; a success when they are not there. */
  remove(digest: Digest): Promise<Result<void, StoreFailure>>;

  /** For stores that other machines share: whether it can be reached, so that nothing is begun in vain. */
  check?(): Promise<Result<void, StoreFailure>>;

  /** Other machines put their results there, too: what a run recorded elsewhere may be at hand here. */
  readonly isShared?: boolean;

  /** What is put here stays on this machine: others get it by other ways. */
  readonly keepsToItself?: boolean;

  /** Where the bytes are in the file system, for stores that are folders: not verified, never to be written to. */
  path?(digest: Digest): string;
}

export interface Blob {
  readonly digest: Digest;
  /** Length in bytes. */
  readonly bytes: number;
}
