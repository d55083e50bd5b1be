import type { Digest, Failure } from '../../base/index.ts';

/** Why a version is not loaded; these are told in the readiness and the log, never in an answer. */
export type VersionFailure = Failure<
  'serve-version-unexpected' | 'serve-version-memory' | 'serve-version-failed'
>;

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

export function versionFailed(name: string, cause: unknown): VersionFailure {
  return {
    code: 'serve-version-failed',
    kind: 'world',
    message: `${name} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'It is tried again later; if it lasts, please report it with the log of the server.',
    cause,
  };
}
