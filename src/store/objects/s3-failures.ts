import type { StoreFailure } from '../failures.ts';
import {
  accessDenied,
  bucketMissing,
  clockSkewed,
  objectsUnreachable,
  regionWrong,
  storeCancelled,
} from '../failures.ts';

const denied = new Set([
  'AccessDenied',
  'AccountProblem',
  'AllAccessDisabled',
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
]);
const elsewhere = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
]);

/** What an error of the SDK means. `place` is `s3://bucket/prefix`, `doing` an infinitive without `to`. */
export function s3Failure(place: string, doing: string, error: unknown): StoreFailure {
  const { name, message, status } = factsOf(error);
  if (name === 'AbortError') return storeCancelled(`${doing} in ${place}`);
  if (name === 'NoSuchBucket') return bucketMissing(place, error);
  if (name === 'RequestTimeTooSkewed') return clockSkewed(place, error);
  if (elsewhere.has(name) || /^Region is missing/.test(message)) return regionWrong(place, error);
  // The answer to a HEAD has no body that could name the reason.
  if (denied.has(name) || status === 401 || status === 403) return accessDenied(place, doing, error);
  return objectsUnreachable(place, doing, error);
}

/** That there is no such object; of a HEAD also that there is no such bucket. */
export function isMissing(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return name === 'NoSuchKey' || name === 'NotFound' || (status === 404 && name !== 'NoSuchBucket');
}

function factsOf(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
} {
  if (!(error instanceof Error)) return { name: '', message: String(error), status: undefined };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name: error.name, message: error.message, status: $metadata?.httpStatusCode };
}
