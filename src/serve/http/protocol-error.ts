import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import { failureReply } from './failure-reply.ts';

/** What was wrong with bytes that are no request; nothing when the other side is gone. */
export function protocolFailure({ code }: NodeJS.ErrnoException): ServeFailure | undefined {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return serveFailure(
        'serve-headers-too-large',
        'The headers of the request are larger than is taken here',
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return serveFailure('serve-body-slow', 'The request did not arrive in time');
    default:
      return serveFailure('serve-http', 'The bytes that came are no HTTP request');
  }
}

/** An answer to bytes for which there is no exchange. */
export function protocolErrorReply(failure: ServeFailure, id: string): string {
  const { status, body } = failureReply(failure, id);
  const names: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    408: 'Request Timeout',
    431: 'Request Header Fields Too Large',
  };
  return [
    `HTTP/1.1 ${status} ${names[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
