import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

export function modelFailed(cause: unknown): ServeFailure {
  return serveFailure('serve-model-failed', 'The model cannot answer these rows', { cause });
}

export function tooLate(): ServeFailure {
  return serveFailure('serve-timeout', 'The request waited longer than it may');
}

/** `wait`: milliseconds that it would have taken. */
export function overloaded(wait: number): ServeFailure {
  const retryAfter = Math.min(60, Math.max(1, Math.ceil(wait / 1000)));
  return serveFailure('serve-overloaded', 'More requests wait than the server takes', { retryAfter });
}
