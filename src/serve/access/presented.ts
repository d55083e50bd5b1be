import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { HttpRequest } from '../http/message.ts';

/** Names under which people put keys into addresses, where every log keeps them. */
const secretNames = ['access_token', 'api_key', 'api-key', 'apikey', 'key', 'token', 'x-api-key'];
const longest = 8192;

/** The key or token that a request shows: in one header, and nowhere else. */
export function presentedSecret({ headers, query }: HttpRequest): Result<string, ServeFailure> {
  if (secretNames.some((name) => query.has(name))) {
    const message =
      'Keys in addresses are not read, and every log on the way has seen it: take a new one, and send it in a header';
    return failed(serveFailure('serve-identity-missing', message));
  }
  const { authorization } = headers;
  const key = headers['x-api-key'];
  if (authorization !== undefined && key !== undefined) {
    return failed(serveFailure('serve-identity-unknown', 'Two headers say who asks: send one of them'));
  }
  const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  const presented = bearer ?? (typeof key === 'string' ? key : undefined);
  if (presented === undefined || presented === '' || presented.length > longest) {
    const message = 'Send a key or token: `Authorization: Bearer ...`, or a key in `x-api-key`';
    return failed(serveFailure('serve-identity-missing', message));
  }
  return success(presented);
}
