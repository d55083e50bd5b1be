import type { IncomingMessage } from 'node:http';

/** Origins whose pages may call; `*` is every one. */
export type CorsOrigins = readonly string[];

const methods = 'GET, HEAD, POST, OPTIONS';
const allowedHeaders =
  'authorization, content-type, content-encoding, inference-header-content-length, traceparent, x-api-key, x-request-id';
const exposedHeaders =
  'inference-header-content-length, retry-after, x-request-id, x-trainyard-commit, x-trainyard-model, x-trainyard-model-version, x-trainyard-run';

/** Headers that let a page of another origin see the answer; none when it may not, or when there is no page. */
export function corsHeaders(
  { headers }: IncomingMessage,
  origins: CorsOrigins,
): Record<string, string> | undefined {
  const { origin } = headers;
  if (origins.length === 0) return undefined;
  const any = origins.includes('*');
  if (origin === undefined || !(any || origins.includes(origin))) return any ? undefined : { vary: 'origin' };
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-expose-headers': exposedHeaders,
    ...(any ? {} : { vary: 'origin' }),
  };
}

/** What a browser asks before it lets a page send its request. */
export function preflightHeaders(
  { headers }: IncomingMessage,
  origins: CorsOrigins,
  /** Names of headers that choose variants. */
  more: readonly string[] = [],
): Record<string, string> {
  const { origin } = headers;
  const isAllowed = origin !== undefined && (origins.includes('*') || origins.includes(origin));
  if (!isAllowed || headers['access-control-request-method'] === undefined) return {};
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': [allowedHeaders, ...more].join(', '),
    'access-control-max-age': '600',
  };
}
