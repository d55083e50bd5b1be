import type { ServeFailure } from '../failures.ts';
import type { HttpReply } from './message.ts';
import { versionHeaders } from './version-headers.ts';

/** A failure as the simple way says it: a code for machines, a sentence for people, the fields; never a value. */
export function failureReply(failure: ServeFailure, requestId: string): HttpReply {
  const { code, message, status, problems, version } = failure;
  return {
    status,
    type: 'application/json',
    body: JSON.stringify({
      error: { code, message, ...(problems === undefined ? {} : { problems }) },
      ...version,
      request: requestId,
    }),
    headers: failureHeaders(failure),
    code,
  };
}

/** The headers of a failure, whatever its body looks like. */
export function failureHeaders({ retryAfter, version, status }: ServeFailure): Record<string, string> {
  return {
    ...(version === undefined ? {} : versionHeaders(version)),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
}
