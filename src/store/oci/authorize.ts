import type { Credential } from './docker-login.ts';

/** A request that is small and that nothing is followed for. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AuthorizeOptions {
  /** `WWW-Authenticate` of the answer that asked. */
  readonly challenge: string;
  /** `repository:owner/name:pull,push` */
  readonly scope: string;
  readonly credential: Credential | undefined;
  readonly ask: (
    url: URL,
    request: PlainRequest,
  ) => Promise<{ readonly status: number; readonly text: string }>;
}

/** What goes into `Authorization` after a challenge, by the token protocol of registries; `undefined` when nothing does. */
export async function authorize(options: AuthorizeOptions): Promise<string | undefined> {
  const { challenge, credential } = options;
  const basic = credential?.kind === 'password' ? basicOf(credential) : undefined;
  if (/^basic/i.test(challenge)) return basic;
  const fields = fieldsOf(challenge);
  const { realm: text } = fields;
  if (!/^bearer/i.test(challenge) || text === undefined || !URL.canParse(text)) return undefined;
  const realm = new URL(text);
  if (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && isLoopback(realm.host)))
    return undefined;
  const answer = await askRealm(realm, fields['service'], options);
  if (answer.status !== 200) return undefined;
  const { token, access_token } = JSON.parse(answer.text) as Record<string, unknown>;
  const found = token ?? access_token;
  return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? `Bearer ${found}` : undefined;
}

function askRealm(
  realm: URL,
  service: string | undefined,
  { scope, credential, ask }: AuthorizeOptions,
): ReturnType<AuthorizeOptions['ask']> {
  const query = { ...(service === undefined ? {} : { service }), scope };
  if (credential?.kind === 'identity') {
    const form = {
      ...query,
      grant_type: 'refresh_token',
      refresh_token: credential.token,
      client_id: 'trainyard',
    };
    return ask(realm, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
  }
  for (const [name, value] of Object.entries(query)) realm.searchParams.set(name, value);
  // The token of a workflow is for one host, whatever that host names as its realm.
  const isMeant = credential?.only === undefined || realm.host === credential.only;
  const headers = credential === undefined || !isMeant ? {} : { authorization: basicOf(credential) };
  return ask(realm, { method: 'GET', headers });
}

/** Registries of the machine itself speak HTTP, as Docker has it too. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}

function basicOf({ user, password }: Extract<Credential, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `Bearer realm="https://ghcr.io/token",service="ghcr.io"` */
function fieldsOf(challenge: string): Readonly<Record<string, string | undefined>> {
  const pairs = [...challenge.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,"]+))/g)];
  return Object.fromEntries(pairs.map((match) => [match[1]!.toLowerCase(), match[2] ?? match[3]]));
}
