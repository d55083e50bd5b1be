import type { Digest, Failure } from '../base/index.ts';

export type StoreFailure = Failure<
  | 'store-url-invalid'
  | 'store-scheme-unsupported'
  | 'store-blob-missing'
  | 'store-blob-corrupted'
  | 'store-source-missing'
  | 'store-io-failed'
>;

export function urlInvalid(url: string): StoreFailure {
  return {
    code: 'store-url-invalid',
    kind: 'input',
    message: `"${url}" does not name a store`,
    remedy: 'Write a folder as "file:<path>", for example "file:.trainyard/store".',
  };
}

export function schemeUnsupported(scheme: string): StoreFailure {
  return {
    code: 'store-scheme-unsupported',
    kind: 'input',
    message: `This version keeps bytes in folders only, not in "${scheme}:"`,
    remedy: 'Set "store: file:.trainyard/store" in trainyard.yaml.',
  };
}

export function blobMissing(digest: Digest): StoreFailure {
  return {
    code: 'store-blob-missing',
    kind: 'world',
    message: `The store does not hold ${digest}`,
    remedy: 'Run the pipeline again: the step that made these bytes is executed anew.',
  };
}

export function blobCorrupted(digest: Digest, aside: string): StoreFailure {
  return {
    code: 'store-blob-corrupted',
    kind: 'world',
    message: `The bytes stored as ${digest} have another digest; they were moved to ${aside}`,
    remedy: 'Run the pipeline again to rebuild them, and check the disk when this happens twice.',
  };
}

export function sourceMissing(path: string): StoreFailure {
  return {
    code: 'store-source-missing',
    kind: 'input',
    message: `There is no file ${path} to store`,
    remedy: 'Make the step write it, or correct the path under "outs:".',
  };
}

/** A full disk, a missing permission, a path that is a folder. */
export function ioFailed(doing: string, cause: unknown): StoreFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'store-io-failed',
    kind: 'world',
    message: `Could not ${doing}: ${reason}`,
    remedy: 'Free space or mend the permissions of the folder, then run again.',
    cause,
  };
}
