import type { Dispatcher } from 'undici';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { proxyFor } from '../git/index.ts';
import type { GithubFailure } from './failures.ts';
import { limited, unreachable } from './failures.ts';

/** One account's way to GitHub's API. A call is sent once: who calls knows whether it may be sent again. */
export interface GithubApi extends AsyncDisposable {
  /** `https://api.github.com`, for messages. */
  readonly origin: string;
  call(request: ApiRequest): Promise<Result<ApiAnswer, GithubFailure>>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, or a path below the API's address. */
  readonly url: string;
  /** `undefined` for none. */
  readonly body: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** `undefined` when it is no JSON. */
  readonly json: unknown;
}

export interface ApiOptions {
  readonly apiUrl: string;
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

  const send = async ({ method, url, body }: ApiRequest): Promise<Received> => {
    const target = /^https?:/.test(url) ? url : `${base}${url}`;
    // Redirects are not followed: they could take the token to another host.
    const response = await request(target, {
      method,
      dispatcher: agentFor(new URL(target)),
      signal: AbortSignal.timeout(timeLimitMs),
      headers: {
        authorization: `Bearer ${options.token}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
        'user-agent': 'trainyard',
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await readText(response.body);
    return { status: response.statusCode, headers: response.headers, json: parsed(text) };
  };

  return {
    origin,
    call: async (call) => {
      for (let pause = 0; ; pause++) {
        let got: Received;
        try {
          got = await send(call);
        } catch (error) {
          return failed(unreachable(origin, withoutToken(error, options.token), error));
        }
        const seconds = secondsToWait(got);
        if (seconds === undefined) return success({ status: got.status, json: got.json });
        if (seconds > patienceSeconds || pause >= pauses) return failed(limited(origin, seconds));
        await options.sleep(seconds * 1000);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
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

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > answerLimit) throw new Error('the answer does not end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
