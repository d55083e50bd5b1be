import type { Digest, Result } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';

/**
 * A place for objects under names: a bucket of an S3-compatible service below a prefix, or a folder. Unlike a store it keeps
 * what it is told under the name that it is told, and the last writer of a name wins. An object appears complete or not at all.
 */
export interface Objects extends AsyncDisposable {
  /** Keys that start with a prefix, sorted by their UTF-8 bytes, at most 1,000 at a time; `after` goes on behind a key. */
  list(options?: ListOptions): Promise<Result<ObjectPage, StoreFailure>>;

  /** What is known of an object without reading it; `undefined` where there is none. */
  head(key: string): Promise<Result<ObjectFacts | undefined, StoreFailure>>;

  /** The whole object, in memory. */
  get(key: string): Promise<Result<Uint8Array, StoreFailure>>;

  /** Writes the object to a file, which appears complete or not at all; its folder is made when it is missing. */
  getFile(key: string, path: string): Promise<Result<void, StoreFailure>>;

  put(key: string, bytes: Uint8Array): Promise<Result<void, StoreFailure>>;

  /**
   * Stores a file; a large one in parts, so that it never has to fit into memory. With a digest, bytes that have another one
   * do not become the object.
   */
  putFile(key: string, path: string, digest?: Digest): Promise<Result<void, StoreFailure>>;

  /** A success when there is none. */
  remove(key: string): Promise<Result<void, StoreFailure>>;

  /** Gives an object another name, unless it has changed since its facts were looked at. */
  move(key: string, to: string, facts: ObjectFacts): Promise<Result<'moved' | 'changed', StoreFailure>>;
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

export interface ObjectFacts {
  /** Length in bytes. */
  readonly bytes: number;
  /** Another one when the object was written again. */
  readonly mark: string;
  /** What its writer said of it, where the place keeps that. Not verified. */
  readonly digest?: Digest;
}
