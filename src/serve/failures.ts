import type { Failure, FailureKind } from '../base/index.ts';
import type { RowProblem } from '../contract/index.ts';

/** What can be wrong with a request, as an answer says it; nothing of it tells about the inside of a model. */
export interface ServeFailure extends Failure<ServeFailureCode> {
  /** HTTP status. */
  readonly status: number;
  /** Rules of the contract that rows of the request break. */
  readonly problems?: readonly RequestProblem[];
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number;
  /** The version that would have answered. */
  readonly version?: AnsweringVersion;
}

/** What an answer says of whoever gave it. */
export interface AnsweringVersion {
  readonly model: string;
  readonly version: string;
  readonly run?: string;
  readonly commit?: string;
}

export interface RequestProblem extends RowProblem {
  /** In the request, from 0. */
  readonly row: number;
}

export type ServeFailureCode = keyof typeof statuses;

export const statuses = {
  'serve-http': 400,
  'serve-route-unknown': 404,
  'serve-method': 405,
  'serve-model-unknown': 404,
  'serve-version-unknown': 404,
  'serve-body-too-large': 413,
  'serve-body-incomplete': 400,
  'serve-body-slow': 408,
  'serve-headers-too-large': 431,
  'serve-body-not-json': 400,
  'serve-body-too-deep': 400,
  'serve-media-type': 415,
  'serve-request-shape': 400,
  'serve-rows-none': 400,
  'serve-rows-too-many': 413,
  'serve-row-invalid': 422,
  'serve-row-unanswerable': 422,
  'serve-overloaded': 503,
  'serve-not-ready': 503,
  'serve-log-unavailable': 503,
  'serve-feedback-off': 404,
  'serve-repository-refused': 403,
  'serve-timeout': 504,
  'serve-model-failed': 500,
  'serve-internal': 500,
  'serve-identity-missing': 401,
  'serve-identity-unknown': 401,
  'serve-permission': 403,
  'serve-rate': 429,
  'serve-keys-unavailable': 503,
} as const;

export const serveFailureCodes: readonly ServeFailureCode[] = Object.keys(statuses) as ServeFailureCode[];

const kinds: Readonly<Record<number, FailureKind>> = { 500: 'world', 503: 'world', 504: 'world' };

export function serveFailure(
  code: ServeFailureCode,
  message: string,
  more: Partial<Pick<ServeFailure, 'problems' | 'retryAfter' | 'cause' | 'remedy' | 'version'>> = {},
): ServeFailure {
  const status = statuses[code];
  return { code, kind: kinds[status] ?? 'input', status, message, ...more };
}
