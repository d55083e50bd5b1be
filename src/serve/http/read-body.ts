import type { IncomingMessage } from 'node:http';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

/** Bytes of bodies that are being read, of all requests together. */
export interface BodyBudget {
  held: number;
  readonly most: number;
}

/**
 * Reads a body to its end, or to the first byte that is too many; what comes after that is nobody's to keep. Bodies that
 * come slowly cost memory while they come: when all of them together are too much, this one is told to come again.
 */
export function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
  budget: BodyBudget,
): Promise<Result<Buffer, ServeFailure>> {
  const told = Number(incoming.headers['content-length'] ?? 0);
  if (told > maxBytes) return Promise.resolve(failed(tooLarge(maxBytes)));
  return new Promise((resolve) => {
    let parts: Buffer[] = [];
    let bytes = 0;
    let isOver = false;
    const end = (body: Result<Buffer, ServeFailure>): void => {
      if (isOver) return;
      isOver = true;
      budget.held -= bytes;
      parts = [];
      resolve(body);
    };
    incoming.on('data', (part: Buffer) => {
      if (isOver) return;
      if (bytes + part.length > maxBytes) return end(failed(tooLarge(maxBytes)));
      if (budget.held + part.length > budget.most) return end(failed(tooMuchAtOnce()));
      bytes += part.length;
      budget.held += part.length;
      parts.push(part);
    });
    incoming.on('end', () => end(success(parts.length === 1 ? parts[0]! : Buffer.concat(parts))));
    incoming.on('error', () => end(failed(bodyBroken())));
    incoming.on('close', () => end(failed(bodyBroken())));
  });
}

function tooLarge(maxBytes: number): ServeFailure {
  const message = `The body is larger than ${maxBytes} bytes, the most that is taken here`;
  return serveFailure('serve-body-too-large', message);
}

function tooMuchAtOnce(): ServeFailure {
  const message = 'The requests that are being received are together more than the server takes';
  return serveFailure('serve-overloaded', message, { retryAfter: 1 });
}

export function bodyBroken(): ServeFailure {
  return serveFailure('serve-body-incomplete', 'The body broke off before its end');
}
