import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';

/**
 * Whether a body is to be read as JSON. Besides JSON's own types: no type at all, and the one that curl gives to every `-d`,
 * so that the shortest command works.
 */
export function jsonMediaType(contentType: string | undefined): ServeFailure | undefined {
  if (contentType === undefined || contentType === 'application/json') return undefined;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const name = type.trim();
  const isJson =
    name === 'application/json' ||
    name === 'application/x-www-form-urlencoded' ||
    /^application\/[a-z0-9.+-]+\+json$/.test(name);
  if (!isJson) return serveFailure('serve-media-type', 'content-type: expected application/json');
  for (const parameter of parameters) {
    const [key = '', value = ''] = parameter.split('=');
    if (key.trim() !== 'charset') continue;
    const charset = value.trim().replace(/^"(.*)"$/, '$1');
    if (charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
      return serveFailure('serve-media-type', 'content-type: expected the charset utf-8');
  }
  return undefined;
}
