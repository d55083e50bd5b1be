import type { Result } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';

/**
 * A place for objects under names: a bucket of an S3-compatible service below a prefix, or a folder. Unlike a store it keeps
 * what it is told under the name that it is told, and the last writer of a name wins. An object appears complete or not at all.
 */
export interface Objects extends AsyncDisposable {
  /** Keys that start with a prefix, sorted by their UTF-8 bytes, at most 1,000 at a time; `after` goes on behind a key. */
  list(options?: ListOptions): Promise<Result<ObjectPage, StoreFailure>>;

  /** The whole object, in memory. */
  get(key: string): Promise<Result<Uint8Array, StoreFailure>>;

  /** Writes the object to a file, which appears complete or not at all; its folder is made when it is missing. */
  getFile(key: string, path: string): Promise<Result<void, StoreFailure>>;

  put(key: string, bytes: Uint8Array): Promise<Result<void, StoreFailure>>;

  /** Stores a file; a large one in parts, so that it never has to fit into memory. */
  putFile(key: string, path: string): Promise<Result<void, StoreFailure>>;
}

export interface ListOptions {
  readonly prefix?: string;
  readonly after?: string;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Whether there are more behind the last one. */
  readonly isCut: boolean;
}

export interface StoredObject {
  /** Without the prefix of the place. */
  readonly key: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}
