import type { Digest, Failure } from '../base/index.ts';

export type StoreFailure = Failure<
  | 'store-access-invalid'
  | 'store-url-invalid'
  | 'store-scheme-unsupported'
  | 'store-blob-missing'
  | 'store-blob-corrupted'
  | 'store-source-missing'
  | 'store-io-failed'
  | 'store-objects-url-invalid'
  | 'store-object-missing'
  | 'store-objects-unreachable'
  | 'store-bucket-missing'
  | 'store-access-denied'
  | 'store-clock-skewed'
  | 'store-region-wrong'
  | 'store-cancelled'
  | 'store-cache-limit-invalid'
  | 'store-download-failed'
  | 'store-download-large'
  | 'store-download-elsewhere'
  | 'store-registry-denied'
  | 'store-registry-unreachable'
  | 'store-registry-refused'
  | 'store-removal-refused'
>;

export function urlInvalid(url: string, because: string): StoreFailure {
  return {
    code: 'store-url-invalid',
    kind: 'input',
    message: `"${withoutSecret(url)}" does not name a store: ${because}`,
    remedy:
      'Write a folder as "file:.trainyard/store", a bucket as "s3://bucket/prefix", a repository of a registry as "oci://ghcr.io/owner/name".',
  };
}

export function schemeUnsupported(scheme: string): StoreFailure {
  return {
    code: 'store-scheme-unsupported',
    kind: 'input',
    message: `There is no store of the kind "${scheme}:"`,
    remedy: 'Write "file:.trainyard/store", "s3://bucket/prefix" or "oci://registry/repository".',
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

/** They could not be moved out of the way, which takes the right to remove. */
export function blobStuck(digest: Digest, place: string, why: StoreFailure): StoreFailure {
  return {
    code: 'store-blob-corrupted',
    kind: 'world',
    message: `${place} holds other bytes as ${digest}, and they could not be moved out of the way: ${why.message}`,
    remedy: 'Have them removed by somebody who may do that, then run the pipeline again to rebuild them.',
    cause: why,
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
  return {
    code: 'store-io-failed',
    kind: 'world',
    message: `Could not ${doing}: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Free space or mend the permissions of the folder, then run again.',
    cause,
  };
}

export function objectsUrlInvalid(url: string): StoreFailure {
  return {
    code: 'store-objects-url-invalid',
    kind: 'input',
    message: `"${withoutSecret(url)}" names no place for objects`,
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

/** No connection, no answer in time, or an answer that says that the service cannot. */
export function objectsUnreachable(place: string, doing: string, cause: unknown): StoreFailure {
  return {
    code: 'store-objects-unreachable',
    kind: 'world',
    message: `${place}: could not ${doing}: ${reasonOf(cause)}`,
    remedy: 'Look at the network and at AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL; then start again.',
    cause,
  };
}

export function bucketMissing(place: string, cause: unknown): StoreFailure {
  return {
    code: 'store-bucket-missing',
    kind: 'world',
    message: `${place}: there is no such bucket`,
    remedy: 'Make the bucket, or correct its name; Trainyard makes none.',
    cause,
  };
}

export function accessDenied(place: string, doing: string, cause: unknown): StoreFailure {
  return {
    code: 'store-access-denied',
    kind: 'world',
    message: `${place}: not allowed to ${doing}: ${reasonOf(cause)}`,
    remedy:
      'Look at the credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE, the role) and their rights: s3:ListBucket, GetObject, PutObject, DeleteObject.',
    cause,
  };
}

export function clockSkewed(place: string, cause: unknown): StoreFailure {
  return {
    code: 'store-clock-skewed',
    kind: 'world',
    message: `${place}: the clock of this machine and that of the service differ too much`,
    remedy: 'Set the clock of this machine, for example by NTP.',
    cause,
  };
}

export function regionWrong(place: string, cause: unknown): StoreFailure {
  return {
    code: 'store-region-wrong',
    kind: 'world',
    message: `${place}: the bucket is not in the region that was asked: ${reasonOf(cause)}`,
    remedy: 'Set AWS_REGION to the region of the bucket.',
    cause,
  };
}

export function storeCancelled(doing: string): StoreFailure {
  return {
    code: 'store-cancelled',
    kind: 'world',
    message: `Interrupted: could not ${doing}`,
    remedy: 'Start the command again.',
  };
}

export function cacheLimitInvalid(text: string): StoreFailure {
  return {
    code: 'store-cache-limit-invalid',
    kind: 'input',
    message: `TRAINYARD_CACHE_LIMIT is "${text}", which is no size`,
    remedy: 'Write bytes, or a number with MiB or GiB, such as "2 GiB".',
  };
}

export function accessInvalid(text: string): StoreFailure {
  return {
    code: 'store-access-invalid',
    kind: 'input',
    message: `TRAINYARD_STORE_ACCESS is ${JSON.stringify(text)}, which is neither "read" nor "write"`,
    remedy: 'Write "read" where new bytes should stay on this machine, else leave it out.',
  };
}

export function registryDenied(place: string, doing: string): StoreFailure {
  return {
    code: 'store-registry-denied',
    kind: 'world',
    message: `${place}: not allowed to ${doing}`,
    remedy:
      'Log in with "docker login", or hand GITHUB_TOKEN to the command where the registry is ghcr.io ("permissions: packages: write").',
  };
}

export function registryUnreachable(place: string, doing: string, cause: unknown): StoreFailure {
  return {
    code: 'store-registry-unreachable',
    kind: 'world',
    message: `${place}: could not ${doing}: ${reasonOf(cause)}`,
    remedy: 'Look at the network, the name of the registry and HTTPS_PROXY; then start again.',
    cause,
  };
}

export function registryRefused(place: string, doing: string, answer: string): StoreFailure {
  return {
    code: 'store-registry-refused',
    kind: 'world',
    message: `${place}: could not ${doing}: the registry answers ${answer}`,
    remedy: 'Look at the name of the repository, its quota and its rules, or take another registry.',
  };
}

export function removalRefused(place: string, digest: Digest): StoreFailure {
  return {
    code: 'store-removal-refused',
    kind: 'world',
    message: `${place} does not let its clients remove: ${digest} stays`,
    remedy: 'Remove it where the registry is kept; for ghcr.io, among the versions of the package.',
  };
}

/** With the reason below it, which is what helps: `fetch failed` has it in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { message, code } = cause as NodeJS.ErrnoException;
  const first = cause instanceof AggregateError && message === '' ? reasonOf(cause.errors[0]) : message;
  const name = code === undefined || first.includes(code) ? cause.name : code;
  return name === 'Error' || name === '' ? first : `${name}: ${first}`;
}

function withoutSecret(url: string): string {
  return url.replace(/(\/\/)[^/@]*@/, '$1…@');
}

export function downloadFailed(url: string, why: string, cause?: unknown): StoreFailure {
  return {
    code: 'store-download-failed',
    kind: 'world',
    message: `${url} gives nothing: ${why}`,
    remedy: 'Open the address from where the job runs; it has to answer with 200 and the bytes as they are.',
    ...(cause === undefined ? {} : { cause }),
  };
}

export function downloadTooLarge(url: string, mostBytes: number): StoreFailure {
  return {
    code: 'store-download-large',
    kind: 'input',
    message: `${url} gives more than the ${mostBytes} bytes that are allowed`,
    remedy: 'Send it in parts, or allow more.',
  };
}

export function downloadElsewhere(from: string, to: string): StoreFailure {
  return {
    code: 'store-download-elsewhere',
    kind: 'input',
    message: from === to ? `${to} may not be opened` : `${from} sends to ${to}, which may not be opened`,
    remedy: 'Name the address where the bytes are, and allow it.',
  };
}
