import type { Dispatcher } from 'undici';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { proxyFor } from '../git/index.ts';
import type { GithubFailure } from './failures.ts';
import { limited, tooLarge, unreachable } from './failures.ts';

/** One account's way to GitHub's API. A call is sent once: who calls knows whether it may be sent again. */
export interface GithubApi extends AsyncDisposable {
  /** `https://api.github.com`, for messages. */
  readonly origin: string;
  call(request: ApiRequest): Promise<Result<ApiAnswer, GithubFailure>>;
  /** At most so many bytes of a file, wherever GitHub sends for it; the token goes to GitHub alone. */
  download(url: string, mostBytes: number): Promise<Result<Downloaded, GithubFailure>>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Absolute, or a path below the API's address. */
  readonly url: string;
  /** `undefined` for none. */
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** `undefined` when it is no JSON. */
  readonly json: unknown;
  /** Address of the list's next page, from `link`. */
  readonly next: string | undefined;
  /** What would have been enough, from `x-accepted-github-permissions`: `issues=write; pull_requests=write`. */
  readonly accepted: string | undefined;
}

export type Downloaded =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly answer: ApiAnswer };

export interface ApiOptions {
  readonly apiUrl: string;
  /** Where the token may go too, when it is another server than `apiUrl`. */
  readonly graphqlUrl?: string;
  readonly token: string;
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly timeLimitMs: number;
}

const answerLimit = 16 * 1024 * 1024;
/** Of one pause that GitHub asks for, and how many of them. */
const patienceSeconds = 120;
const pauses = 4;
const redirects = 5;

export async function openGithubApi(options: ApiOptions): Promise<GithubApi> {
  const { Agent, ProxyAgent, request } = await import('undici');
  const { environment, timeLimitMs } = options;
  const limits = { headersTimeout: timeLimitMs, bodyTimeout: timeLimitMs };
  const agents = new Map<string, Dispatcher>();
  const agentFor = (url: URL): Dispatcher => {
    const proxy = proxyFor(url, environment) ?? '';
    const agent =
      agents.get(proxy) ?? (proxy === '' ? new Agent(limits) : new ProxyAgent({ uri: proxy, ...limits }));
    agents.set(proxy, agent);
    return agent;
  };
  const base = options.apiUrl.replace(/\/+$/, '');
  const { origin } = new URL(base);
  const trusted = new Set([origin, new URL(options.graphqlUrl ?? base).origin]);

  /** One request. A redirect is an answer: what follows it decides who may see the token. */
  const ask = async (target: URL, { method, body }: Pick<ApiRequest, 'method' | 'body'>): Promise<Asked> =>
    await request(target, {
      method,
      dispatcher: agentFor(target),
      signal: AbortSignal.timeout(timeLimitMs),
      headers: {
        'user-agent': 'trainyard',
        ...(trusted.has(target.origin)
          ? {
              authorization: `Bearer ${options.token}`,
              accept: 'application/vnd.github+json',
              'content-type': 'application/json',
              'x-github-api-version': '2022-11-28',
            }
          : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** A read goes where GitHub sends it (a renamed repository, a server of files); a write goes nowhere else. */
  const follow = async (first: URL, asked: Pick<ApiRequest, 'method' | 'body'>): Promise<Asked> => {
    let target = first;
    for (let hop = 0; ; hop++) {
      const response = await ask(target, asked);
      const location = response.headers['location'];
      const isRedirect = response.statusCode >= 300 && response.statusCode < 400 && location !== undefined;
      if (!isRedirect || asked.method !== 'GET' || hop >= redirects) return response;
      await response.body.dump({ limit: 64 * 1024 });
      const next = new URL(String(location), target);
      if (!/^https?:$/.test(next.protocol) || (target.protocol === 'https:' && next.protocol !== 'https:')) {
        throw new Error(`it sends to ${next.protocol}//${next.host}, which is not safe`);
      }
      target = next;
    }
  };

  const send = async ({ method, url, body }: ApiRequest): Promise<Received> => {
    const target = new URL(/^https?:/.test(url) ? url : `${base}${url}`);
    if (!trusted.has(target.origin)) throw new Error(`${target.origin} is another server`);
    return await received(await follow(target, { method, body }));
  };

  /** Waits as long as GitHub asks for, a few times. */
  const patiently = async <T extends Received | Uint8Array>(
    work: () => Promise<T>,
  ): Promise<Result<T, GithubFailure>> => {
    for (let pause = 0; ; pause++) {
      let got: T;
      try {
        got = await work();
      } catch (error) {
        if (error instanceof TooManyBytes) return failed(tooLarge(error.message));
        return failed(unreachable(origin, withoutToken(error, options.token), error));
      }
      const seconds = got instanceof Uint8Array ? undefined : secondsToWait(got);
      if (seconds === undefined) return success(got);
      if (seconds > patienceSeconds || pause >= pauses) return failed(limited(origin, seconds));
      await options.sleep(seconds * 1000);
    }
  };

  return {
    origin,
    call: async (call) => {
      const got = await patiently(() => send(call));
      if (!got.ok) return got;
      const { status, json, next, accepted } = got.value;
      return success({ status, json, next, accepted });
    },
    download: async (url, mostBytes) => {
      const target = new URL(/^https?:/.test(url) ? url : `${base}${url}`);
      const got = await patiently(async (): Promise<Received | Uint8Array> => {
        const response = await follow(target, { method: 'GET', body: undefined });
        if (response.statusCode !== 200) return await received(response);
        return await readBytes(response.body, mostBytes);
      });
      if (!got.ok) return got;
      return success(
        got.value instanceof Uint8Array
          ? { kind: 'file', bytes: got.value }
          : { kind: 'refused', answer: got.value },
      );
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}

type Asked = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

async function received(response: Asked): Promise<Received> {
  const bytes = await readBytes(response.body, answerLimit);
  const link = String(response.headers['link'] ?? '');
  const accepted = response.headers['x-accepted-github-permissions'];
  return {
    status: response.statusCode,
    headers: response.headers,
    json: parsed(Buffer.from(bytes).toString('utf8')),
    next: /<([^>]+)>;\s*rel="next"/.exec(link)?.[1],
    accepted: accepted === undefined ? undefined : String(accepted),
  };
}

interface Received extends ApiAnswer {
  readonly headers: Dispatcher.ResponseData['headers'];
}

/**
 * How long GitHub asks to wait, after an answer that did nothing: `retry-after`, or the reset of the primary limit; for
 * a secondary limit without either a minute. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function secondsToWait({ status, headers, json }: Received): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && after >= 0) return after;
  if (headers['x-ratelimit-remaining'] === '0') {
    const now = Date.parse(String(headers['date'])) / 1000;
    const reset = Number(headers['x-ratelimit-reset']);
    return Number.isFinite(reset - now) ? Math.max(1, reset - now) : patienceSeconds;
  }
  const message = String((json as { message?: unknown } | undefined)?.message ?? '');
  return status === 429 || /secondary rate limit/i.test(message) ? 60 : undefined;
}

class TooManyBytes extends Error {}

async function readBytes(body: Dispatcher.ResponseData['body'], most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new TooManyBytes(`an answer of more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutToken(error: unknown, token: string): string {
  const { message, code } = error as NodeJS.ErrnoException;
  const text = message === '' || message === undefined ? String(code ?? error) : message;
  return text.replaceAll(token, '***');
}
