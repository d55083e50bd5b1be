import type { Digest, Failure } from '../../base/index.ts';

/** Why a version is not loaded; these are told in the readiness and the log, never in an answer. */
export type VersionFailure = Failure<'serve-version-unexpected' | 'serve-version-memory'>;

export function versionUnexpected(name: string, expected: Digest, found: Digest): VersionFailure {
  return {
    code: 'serve-version-unexpected',
    kind: 'input',
    message: `${name} is ${expected} by the plan, and the servable is ${found}`,
    remedy: 'Write the servable again from the version of the registry.',
  };
}

export function versionTooLarge(name: string, bytes: number, available: number): VersionFailure {
  const megabytes = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  return {
    code: 'serve-version-memory',
    kind: 'world',
    message: `${name} has ${megabytes(bytes)}, and ${megabytes(available)} of memory are left to load it`,
    remedy: 'Give the server more memory, or serve fewer models.',
  };
}
