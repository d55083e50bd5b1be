import type { Dispatcher } from 'undici';
import type { Result } from '../../../base/index.ts';
import { failed, success } from '../../../base/index.ts';
import { proxyFor } from '../../../git/index.ts';
import type { Credential, Environment } from '../../../store/index.ts';
import { dockerLogin } from '../../../store/index.ts';
import type { ImageFailure } from '../failures.ts';
import { registryBroken, registryDenied, registryUnreachable } from '../failures.ts';

export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** From the root of the registry, or a whole URL that the registry named. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** What it is for, in a token's words: `repository:team/model:pull,push`. */
  readonly scope: string;
  /** For messages: `read base/node`. */
  readonly what: string;
}

export interface Received {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly bytes: Buffer;
}

/** Speaks with one registry: knows who we are there, and follows where it sends. */
export interface RegistrySession extends AsyncDisposable {
  readonly origin: string;
  send(request: Sent): Promise<Result<Received, ImageFailure>>;
}

const answerLimit = 2 ** 31;
const redirects = 5;
const tries = 3;

export async function registrySession(host: string, environment: Environment): Promise<RegistrySession> {
  const { Agent, ProxyAgent, request } = await import('undici');
  const limits = { headersTimeout: 120_000, bodyTimeout: 120_000, connect: { timeout: 30_000 } };
  const agents = new Map<string, Dispatcher>();
  const agentFor = (url: URL): Dispatcher => {
    const proxy = proxyFor(url, environment) ?? '';
    const agent =
      agents.get(proxy) ?? (proxy === '' ? new Agent(limits) : new ProxyAgent({ uri: proxy, ...limits }));
    agents.set(proxy, agent);
    return agent;
  };
  const origin = `${isLoopback(host) ? 'http' : 'https'}://${host}`;
  const authorizations = new Map<string, string>();
  let credential: Promise<Credential | undefined> | undefined;

  const once = async (
    url: URL,
    { method, headers, body }: Pick<Sent, 'method' | 'headers' | 'body'>,
  ): Promise<Received> => {
    const answer = await request(url, {
      method,
      dispatcher: agentFor(url),
      headers: { 'user-agent': 'trainyard', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > answerLimit) throw new Error('the answer does not end');
      chunks.push(chunk);
    }
    return {
      status: answer.statusCode,
      header: (name) => answer.headers[name]?.toString(),
      bytes: Buffer.concat(chunks),
    };
  };

  /** Follows redirects; to another origin goes nothing that says who we are. */
  const follow = async (sent: Sent): Promise<Received> => {
    let url = new URL(sent.url, origin);
    if (url.origin !== origin && url.protocol !== 'https:')
      throw new Error('it sends elsewhere, to where nothing is encrypted');
    for (let i = 0; ; i++) {
      const authorization = url.origin === origin ? authorizations.get(sent.scope) : undefined;
      const headers = { ...sent.headers, ...(authorization === undefined ? {} : { authorization }) };
      const answer = await once(url, { ...sent, headers });
      const location = answer.header('location');
      const isMoved = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!isMoved || (sent.method !== 'GET' && sent.method !== 'HEAD')) return answer;
      const next = new URL(location, url);
      if (i >= redirects || (next.protocol !== 'https:' && next.origin !== url.origin))
        throw new Error('it sends elsewhere without end, or to where nothing is encrypted');
      url = next;
    }
  };

  /** Something to show for a challenge; `undefined` when there is nothing. */
  const authorize = async (challenge: string, sent: Sent): Promise<string | undefined> => {
    credential ??= dockerLogin(host, environment);
    const who = await credential;
    const basic = who?.kind === 'password' ? basicOf(who) : undefined;
    if (/^basic/i.test(challenge)) return basic;
    const fields = challengeFields(challenge);
    if (!/^bearer/i.test(challenge) || fields['realm'] === undefined) return undefined;
    const realm = new URL(fields['realm']);
    if (realm.protocol !== 'https:' && !isLoopback(realm.host)) return undefined;
    const query = {
      ...(fields['service'] === undefined ? {} : { service: fields['service'] }),
      scope: sent.scope,
    };
    const answer =
      who?.kind === 'identity'
        ? await once(realm, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: Buffer.from(
              new URLSearchParams({
                ...query,
                grant_type: 'refresh_token',
                refresh_token: who.token,
                client_id: 'trainyard',
              }).toString(),
            ),
          })
        : await once(withQuery(realm, query), {
            method: 'GET',
            headers: basic === undefined ? {} : { authorization: basic },
          });
    if (answer.status !== 200) return undefined;
    const { token, access_token } = JSON.parse(answer.bytes.toString()) as Record<string, string | undefined>;
    const found = token ?? access_token;
    return found === undefined ? undefined : `Bearer ${found}`;
  };

  const patiently = async (sent: Sent): Promise<Received> => {
    for (let i = 1; ; i++) {
      try {
        const answer = await follow(sent);
        const isPassing = answer.status >= 500 || answer.status === 429;
        if (!isPassing || i === tries || sent.method === 'POST') return answer;
      } catch (error) {
        if (i === tries || sent.method === 'POST') throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 250 * 4 ** (i - 1)));
    }
  };

  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
    send: async (sent) => {
      try {
        let answer = await patiently(sent);
        if (answer.status === 401) {
          const authorization = await authorize(answer.header('www-authenticate') ?? '', sent);
          if (authorization === undefined) return failed(registryDenied(host, sent.what));
          authorizations.set(sent.scope, authorization);
          answer = await patiently(sent);
        }
        if (answer.status === 401 || answer.status === 403) return failed(registryDenied(host, sent.what));
        if (answer.status >= 500 || answer.status === 429)
          return failed(registryBroken(host, `to ${sent.what}, it answers ${answer.status}`));
        return success(answer);
      } catch (error) {
        return failed(registryUnreachable(host, error));
      }
    },
  };
}

/** Registries of the machine itself speak HTTP, as Docker has it too. */
function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}

function basicOf({ user, password }: Extract<Credential, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"` */
function challengeFields(challenge: string): Readonly<Record<string, string | undefined>> {
  const pairs = [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [
    match[1]!.toLowerCase(),
    match[2]!,
  ]);
  return Object.fromEntries(pairs);
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const full = new URL(url);
  for (const [name, value] of Object.entries(query)) full.searchParams.set(name, value);
  return full;
}
