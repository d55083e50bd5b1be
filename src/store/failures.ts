import type { Digest, Failure } from '../base/index.ts';

export type StoreFailure = Failure<
  | 'store-url-invalid'
  | 'store-scheme-unsupported'
  | 'store-blob-missing'
  | 'store-blob-corrupted'
  | 'store-source-missing'
  | 'store-io-failed'
  | 'store-objects-url-invalid'
  | 'store-object-missing'
  | 'store-objects-unreachable'
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

export function objectsUrlInvalid(url: string): StoreFailure {
  return {
    code: 'store-objects-url-invalid',
    kind: 'input',
    message: `"${url}" names no place for objects`,
    remedy: 'Write "s3://bucket/prefix" or "file:<folder>".',
  };
}

export function objectMissing(key: string): StoreFailure {
  return {
    code: 'store-object-missing',
    kind: 'world',
    message: `There is no object ${key}`,
    remedy: 'Look at its name, and at what else is in the bucket or folder.',
  };
}

/** No connection, no rights, no bucket. */
export function objectsUnreachable(place: string, doing: string, cause: unknown): StoreFailure {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return {
    code: 'store-objects-unreachable',
    kind: 'world',
    message: `${place}: could not ${doing}: ${reason}`,
    remedy: 'Look at AWS_ENDPOINT_URL, AWS_REGION, the keys, the rights, and whether the bucket exists.',
    cause,
  };
}
