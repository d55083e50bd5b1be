import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Patience } from '../../git/index.ts';
import { pauseBefore, proxyFor } from '../../git/index.ts';
import type { StoreFailure } from '../failures.ts';
import { registryDenied, registryRefused, registryUnreachable, storeCancelled } from '../failures.ts';
import { authorize, isLoopback } from './authorize.ts';
import { credentialFor } from './credentials.ts';
import type { Credential, Environment } from './docker-login.ts';
import { patienceUntil } from './patience.ts';

export interface SessionOptions {
  /** For messages: `oci://ghcr.io/owner/name`. */
  readonly name: string;
  /** With its port, if it has one. */
  readonly host: string;
  readonly env: Environment;
  readonly signal?: AbortSignal;
  /** Default: some seconds. */
  readonly patience?: Patience;
}

export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the registry, or a whole URL that the registry named. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made for each try. */
  readonly body?: () => Uint8Array | Readable;
  /** What a whole answer (200) is written to; called for each try. Other bodies are read as text. */
  readonly sink?: (body: AsyncIterable<Uint8Array>) => Promise<void>;
  /** In a token's words, as little as may do first: `repository:owner/name:pull`. */
  readonly scopes: readonly string[];
  /** An infinitive for messages: `read sha256:…`. */
  readonly doing: string;
  /** `false` for what changes its meaning when it is sent twice. */
  readonly again?: boolean;
  /** What is tried again besides answers of a registry that cannot now. */
  readonly mayPass?: (answer: Received) => boolean;
}

export interface Received {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Of answers without a sink: the first 64 KiB. */
  readonly text: string;
}

/** Speaks with one registry: knows who we are there, follows where it sends, and tries again what may pass. */
export interface RegistrySession {
  readonly origin: string;
  readonly patience: Patience;
  /** Answers that say that we may not, or that the registry cannot now, are failures; all others are for the caller. */
  send(request: Sent): Promise<Result<Received, StoreFailure>>;
}

const redirects = 5;
const textBytes = 64 * 1024;
/** A registry that wants more patience than that gets none. */
const longestWaitMs = 30_000;

export async function registrySession(options: SessionOptions): Promise<RegistrySession> {
  const { name, host, env, signal, patience = patienceUntil(signal) } = options;
  const undici = await import('undici');
  const origin = `${isLoopback(host) ? 'http' : 'https'}://${apiHost(host)}`;
  const agentFor = agents(undici, env);
  const tokens = new Map<string, string>();
  let credential: Promise<Credential | undefined> | undefined;

  const once = async (
    url: URL,
    sent: Pick<Sent, 'method' | 'headers' | 'body' | 'sink'>,
  ): Promise<Received> => {
    const answer = await undici.request(url, {
      method: sent.method,
      dispatcher: agentFor(url),
      headers: { 'user-agent': 'trainyard', ...sent.headers },
      ...(signal === undefined ? {} : { signal }),
      ...(sent.body === undefined ? {} : { body: sent.body() }),
    });
    const status = answer.statusCode;
    const header = (field: string): string | undefined => answer.headers[field]?.toString();
    if (status === 200 && sent.sink !== undefined) {
      await sent.sink(answer.body as AsyncIterable<Uint8Array>);
      return { status, header, text: '' };
    }
    return { status, header, text: await shortText(answer.body) };
  };

  /** To another origin goes nothing that says who we are, and nowhere something that is not encrypted. */
  const follow = async (sent: Sent, scope: string): Promise<Received> => {
    let url = new URL(sent.url, origin);
    for (let i = 0; ; i++) {
      if (url.origin !== origin && url.protocol !== 'https:')
        throw new Misled(`it sends to ${url.origin}, where nothing is encrypted`);
      const token = url.origin === origin ? tokens.get(scope) : undefined;
      const headers = { ...sent.headers, ...(token === undefined ? {} : { authorization: token }) };
      const answer = await once(url, { ...sent, headers });
      const location = answer.header('location');
      const isMoved = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!isMoved || (sent.method !== 'GET' && sent.method !== 'HEAD')) return answer;
      if (i === redirects) throw new Misled('it sends elsewhere without end');
      url = new URL(location, url);
    }
  };

  const patiently = async (sent: Sent, scope: string): Promise<Received> => {
    const most = sent.again === false ? 1 : patience.tries;
    for (let i = 1; ; i++) {
      let waitMs = pauseBefore(i - 1, patience);
      try {
        const answer = await follow(sent, scope);
        const isBusy = answer.status === 429 || (answer.status >= 500 && answer.status !== 501);
        if ((!isBusy && sent.mayPass?.(answer) !== true) || i === most) return answer;
        waitMs = Math.max(waitMs, Number(answer.header('retry-after') ?? 0) * 1000 || 0);
        if (waitMs > longestWaitMs) return answer;
      } catch (error) {
        if (i === most || signal?.aborted === true || error instanceof Misled) throw error;
      }
      await patience.sleep(waitMs);
    }
  };

  /** With one scope: asks who we are when the registry wants to know, also when a token is no longer good. */
  const withScope = async (sent: Sent, scope: string): Promise<Received> => {
    const answer = await patiently(sent, scope);
    if (answer.status !== 401) return answer;
    tokens.delete(scope);
    credential ??= credentialFor(host, env);
    const authorization = await authorize({
      challenge: answer.header('www-authenticate') ?? '',
      scope,
      credential: await credential,
      ask: (url, { method, headers, body }) =>
        once(url, { method, headers, ...(body === undefined ? {} : { body: () => Buffer.from(body) }) }),
    });
    if (authorization === undefined) return answer;
    tokens.set(scope, authorization);
    return await patiently(sent, scope);
  };

  return {
    origin,
    patience,
    send: async (sent) => {
      try {
        let answer: Received | undefined;
        for (const scope of sent.scopes) {
          answer = await withScope(sent, scope);
          if (answer.status !== 401 && answer.status !== 403) break;
        }
        const { status } = answer!;
        if (status === 401 || status === 403) return failed(registryDenied(name, sent.doing));
        if (status >= 500 || status === 429) return failed(registryRefused(name, sent.doing, String(status)));
        return success(answer!);
      } catch (error) {
        if (signal?.aborted === true) return failed(storeCancelled(`${sent.doing} in ${name}`));
        return failed(registryUnreachable(name, sent.doing, error));
      }
    },
  };
}

/** The registry sends where nobody should go. */
class Misled extends Error {}

/** Docker Hub is known by one name and speaks under another. */
function apiHost(host: string): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

function agents(
  undici: Pick<typeof import('undici'), 'Agent' | 'ProxyAgent'>,
  env: Environment,
): (url: URL) => Dispatcher {
  const limits = { headersTimeout: 120_000, bodyTimeout: 60_000, connect: { timeout: 10_000 } };
  const made = new Map<string, Dispatcher>();
  return (url) => {
    const proxy = proxyFor(url, env) ?? '';
    const agent =
      made.get(proxy) ??
      (proxy === '' ? new undici.Agent(limits) : new undici.ProxyAgent({ uri: proxy, ...limits }));
    made.set(proxy, agent);
    return agent;
  };
}

async function shortText(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > textBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, textBytes).toString('utf8');
}
