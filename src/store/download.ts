import type { Dispatcher } from 'undici';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { proxyFor } from '../git/index.ts';
import type { StoreFailure } from './failures.ts';
import { downloadElsewhere, downloadFailed, downloadTooLarge, storeCancelled } from './failures.ts';

export interface DownloadOptions {
  readonly url: string;
  readonly mostBytes: number;
  /** Of the whole, however slowly it comes. */
  readonly timeLimitMs: number;
  /** Asked of the address and of each one that a redirect names: no other is opened. */
  readonly mayOpen: (url: string) => boolean;
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface Download {
  readonly bytes: Uint8Array;
  /** Without parameters, in lower case: `text/csv`; empty when the server says none. */
  readonly type: string;
}

const redirects = 5;

/** The bytes of an address, as they are: nobody is told who asks, and nothing is unpacked. */
export async function download(options: DownloadOptions): Promise<Result<Download, StoreFailure>> {
  const { signal } = options;
  const { Agent, ProxyAgent, request } = await import('undici');
  const limits = { headersTimeout: options.timeLimitMs, bodyTimeout: options.timeLimitMs };
  const time = AbortSignal.timeout(options.timeLimitMs);
  const ending = signal === undefined ? time : AbortSignal.any([time, signal]);
  const open = async (url: URL): Promise<{ answer: Dispatcher.ResponseData; agent: Dispatcher }> => {
    const proxy = proxyFor(url, options.env);
    const agent = proxy === undefined ? new Agent(limits) : new ProxyAgent({ uri: proxy, ...limits });
    const headers = { 'user-agent': 'trainyard', accept: '*/*', 'accept-encoding': 'identity' };
    try {
      return { agent, answer: await request(url, { dispatcher: agent, signal: ending, headers }) };
    } catch (error) {
      await agent.destroy();
      throw error;
    }
  };
  let url = options.url;
  try {
    for (let hop = 0; hop <= redirects; hop++) {
      if (!options.mayOpen(url))
        return failed(downloadElsewhere(withoutQuery(options.url), withoutQuery(url)));
      const { answer, agent } = await open(new URL(url));
      try {
        const location = answer.headers['location'];
        if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
          if (!URL.canParse(location, url)) {
            return failed(downloadFailed(withoutQuery(options.url), 'it sends to what is no address'));
          }
          url = new URL(location, url).href;
          continue;
        }
        return await received(answer, options);
      } finally {
        await agent.destroy();
      }
    }
    return failed(downloadFailed(withoutQuery(options.url), 'it sends from one address to the next'));
  } catch (cause) {
    if (signal?.aborted === true) return failed(storeCancelled('fetch an address'));
    const why = time.aborted
      ? `it took longer than ${options.timeLimitMs / 1000} s`
      : cause instanceof Error
        ? cause.message || String((cause as NodeJS.ErrnoException).code)
        : String(cause);
    return failed(downloadFailed(withoutQuery(options.url), why, cause));
  }
}

async function received(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { url, mostBytes }: DownloadOptions,
): Promise<Result<Download, StoreFailure>> {
  const shown = withoutQuery(url);
  if (statusCode !== 200) return failed(downloadFailed(shown, `HTTP ${statusCode}`));
  const encoding = String(headers['content-encoding'] ?? 'identity');
  if (encoding !== 'identity')
    return failed(downloadFailed(shown, `it is compressed (${encoding.slice(0, 20)})`));
  if (Number(headers['content-length'] ?? 0) > mostBytes) return failed(downloadTooLarge(shown, mostBytes));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) return failed(downloadTooLarge(shown, mostBytes));
    chunks.push(chunk);
  }
  const type = String(headers['content-type'] ?? '').split(';')[0]!;
  return success({ bytes: Buffer.concat(chunks), type: type.trim().toLowerCase() });
}

/** What stands behind the question mark may be a signature that lets its holder in. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').slice(0, 300);
}
