import type { Dispatcher } from 'undici';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitFailure } from '../failures.ts';
import { oneLine, shownUrl, withoutSecrets } from './address.ts';
import { credentialFor } from './credential.ts';
import { remoteBroken, remoteDenied, remoteNotFound, remoteTooSlow, remoteUnreachable } from './failures.ts';
import { proxyFor } from './proxy.ts';

/** Talks to one repository over smart HTTP. */
export interface HttpSession extends AsyncDisposable {
  /** For messages. */
  readonly url: string;
  /** `info/refs` of a service; follows redirects, which move the session. */
  discover(service: Service, headers: Readonly<Record<string, string>>): Promise<Result<Buffer, GitFailure>>;
  call(
    service: Service,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Promise<Result<Buffer, GitFailure>>;
  /** A text without what must not be shown. */
  clean(text: string): string;
}

export type Service = 'git-upload-pack' | 'git-receive-pack';

export interface SessionOptions {
  readonly url: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeLimitMs: number;
}

/** Lists of refs: a hundred thousand fit in. */
const listLimit = 64 * 1024 * 1024;
/** Packs are taken apart in memory. */
const packLimit = 1024 * 1024 * 1024;
const redirectLimit = 3;

export async function httpSession(options: SessionOptions): Promise<HttpSession> {
  const { Agent, ProxyAgent, request } = await import('undici');
  const { environment, timeLimitMs } = options;
  const patience = Math.min(timeLimitMs, 30_000);
  const limits = { headersTimeout: timeLimitMs, bodyTimeout: patience, connect: { timeout: patience } };
  const agents = new Map<string, Dispatcher>();
  const agentFor = (url: URL): Dispatcher => {
    const proxy = proxyFor(url, environment) ?? '';
    const agent =
      agents.get(proxy) ?? (proxy === '' ? new Agent(limits) : new ProxyAgent({ uri: proxy, ...limits }));
    agents.set(proxy, agent);
    return agent;
  };
  const shown = shownUrl(options.url);
  const first = new URL(options.url);
  const credential = credentialFor(first, environment);
  const clean = (text: string): string => oneLine(withoutSecrets(text, credential?.secrets));
  first.username = '';
  first.password = '';
  let base = first.href.replace(/\/+$/, '');

  const send = async (
    url: string,
    sent: { method: 'GET' | 'POST'; headers: Readonly<Record<string, string>>; body?: Uint8Array },
    limit: number,
  ): Promise<Result<Received, GitFailure>> => {
    const mayKnow = credential !== undefined && new URL(url).origin === first.origin;
    try {
      const response = await request(url, {
        method: sent.method,
        dispatcher: agentFor(new URL(url)),
        signal: AbortSignal.timeout(timeLimitMs),
        headers: {
          'user-agent': 'git/trainyard',
          ...sent.headers,
          ...(mayKnow ? { authorization: credential.authorization } : {}),
        },
        ...(sent.body === undefined ? {} : { body: sent.body }),
      });
      const bytes = await readAll(response.body, limit);
      if (bytes === undefined) return failed(remoteBroken(shown, 'it does not end'));
      return success({ status: response.statusCode, headers: response.headers, bytes });
    } catch (error) {
      return failed(transportFailure(shown, error, timeLimitMs, clean));
    }
  };

  return {
    url: shown,
    clean,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
    discover: async (service, headers) => {
      for (let redirects = 0; ; redirects++) {
        const url = `${base}/info/refs?service=${service}`;
        const got = await send(url, { method: 'GET', headers }, listLimit);
        if (!got.ok) return got;
        const { status, headers: answered } = got.value;
        if (status >= 300 && status < 400) {
          const moved = redirectedBase(url, String(answered['location'] ?? ''), service);
          if (moved === undefined || redirects >= redirectLimit) {
            return failed(remoteBroken(shown, 'it sends elsewhere, to where no repository can be'));
          }
          base = moved;
          continue;
        }
        return checked(shown, got.value, `application/x-${service}-advertisement`, clean);
      }
    },
    call: async (service, body, headers) => {
      const got = await send(
        `${base}/${service}`,
        {
          method: 'POST',
          headers: {
            'content-type': `application/x-${service}-request`,
            accept: `application/x-${service}-result`,
            ...headers,
          },
          body,
        },
        packLimit,
      );
      return got.ok ? checked(shown, got.value, `application/x-${service}-result`, clean) : got;
    },
  };
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

async function readAll(body: Dispatcher.ResponseData['body'], limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * As Git does it: only the question for the refs may be sent elsewhere, the new place must be one for the same
 * question, and never from an encrypted connection to an open one.
 */
function redirectedBase(from: string, location: string, service: Service): string | undefined {
  if (location === '' || !URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  const encrypted = new URL(from).protocol === 'https:';
  if (!(to.protocol === 'https:' || (to.protocol === 'http:' && !encrypted))) return undefined;
  to.username = '';
  to.password = '';
  const ending = `/info/refs?service=${service}`;
  return to.href.endsWith(ending) ? to.href.slice(0, -ending.length) : undefined;
}

function checked(
  url: string,
  { status, headers, bytes }: Received,
  type: string,
  clean: (text: string) => string,
): Result<Buffer, GitFailure> {
  const said = (): string => {
    const isText = /^text\/plain/.test(String(headers['content-type'] ?? ''));
    const words = isText ? clean(bytes.subarray(0, 2000).toString('utf8')) : '';
    return `HTTP ${status}${words === '' ? '' : `, ${words}`}`;
  };
  if (status === 401 || status === 403 || status === 407) return failed(remoteDenied(url, said()));
  if (status === 404 || status === 410) return failed(remoteNotFound(url, said()));
  if (status !== 200) return failed(remoteUnreachable(url, said()));
  const got = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim();
  if (got !== type) return failed(remoteBroken(url, `it is ${clean(got) || 'of no type'}, not ${type}`));
  return success(bytes);
}

function transportFailure(
  url: string,
  error: unknown,
  timeLimitMs: number,
  clean: (text: string) => string,
): GitFailure {
  const { name = '', code = '', message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  if (name === 'TimeoutError' || /TIMEOUT/.test(code)) {
    return remoteTooSlow(url, Math.max(1, Math.round(timeLimitMs / 1000)));
  }
  return remoteUnreachable(url, clean(message === '' ? code : message), error);
}
