import type { IncomingMessage } from 'node:http';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

/** Reads a body to its end, or to the first byte that is too many; what comes after that is nobody's to keep. */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Result<Buffer, ServeFailure>> {
  const tooLarge = failed(
    serveFailure(
      'serve-body-too-large',
      `The body is larger than ${maxBytes} bytes, the most that is taken here`,
    ),
  );
  const told = Number(incoming.headers['content-length'] ?? 0);
  if (told > maxBytes) return Promise.resolve(tooLarge);
  return new Promise((resolve) => {
    let parts: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= maxBytes) parts.push(part);
      else {
        parts = [];
        resolve(tooLarge);
      }
    });
    incoming.on('end', () => resolve(success(parts.length === 1 ? parts[0]! : Buffer.concat(parts))));
    incoming.on('error', () => resolve(failed(bodyBroken())));
  });
}

export function bodyBroken(): ServeFailure {
  return serveFailure('serve-body-incomplete', 'The body broke off before its end');
}
