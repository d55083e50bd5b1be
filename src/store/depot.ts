import type { Digest, Result } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';

/** Where several machines keep blobs under their digest: a bucket, a registry. What comes out of it is not verified. */
export interface Depot {
  /** For messages: `s3://bucket/prefix`. */
  readonly name: string;

  /** Whether it is there and lets us in. */
  check(): Promise<Result<void, StoreFailure>>;

  /**
   * Whether a whole blob is there. With a length, only one that has it and that nobody has replaced as far as can be seen
   * without reading it.
   */
  holds(digest: Digest, bytes?: number): Promise<Result<boolean, StoreFailure>>;

  /** Writes the blob to a path where no file is. */
  fetch(digest: Digest, path: string): Promise<Result<void, StoreFailure>>;

  /** Puts the bytes of a file there, at once and complete, or not at all. */
  send(digest: Digest, path: string, bytes: number): Promise<Result<void, StoreFailure>>;

  /** A success when it is not there. */
  remove(digest: Digest): Promise<Result<void, StoreFailure>>;

  /** Moves bytes out of the way that turned out to be others; where they are now, if they are kept there. */
  setAside(digest: Digest, name: string): Promise<Result<string | undefined, StoreFailure>>;
}
