import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listening } from './listening.ts';
import { bodyOf, listening } from './listening.ts';

export interface FakeRegistry extends Listening {
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  /** By tag and by digest. */
  readonly manifests: Map<string, Buffer>;
  readonly asked: string[];
  rules: FakeRules;
}

export interface FakeRules {
  /** Asks for a token, which the password `secret` gets. */
  readonly isPrivate?: boolean;
  /** Takes no larger bodies. */
  readonly mostBytes?: number;
  /** Sends readers of blobs there. */
  readonly elsewhere?: string;
  readonly isUndeletable?: boolean;
  /** A status, with a code of the specification where it is the code that matters. */
  readonly fault?: (request: IncomingMessage) => number | { status: number; code: string } | undefined;
}

/** The part of the distribution specification 1.1 that stores use, in memory; 501 to what it does not know. */
export async function fakeRegistry(rules: FakeRules = {}): Promise<FakeRegistry> {
  const uploads = new Map<string, Buffer>();
  const tokens = new Map<string, string>();
  const server = await listening((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const fake: FakeRegistry = {
    ...server,
    blobs: new Map(),
    manifests: new Map(),
    asked: [],
    rules,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, `http://${server.host}`);
    const method = request.method!;
    fake.asked.push(`${method} ${url.pathname}`);
    const { rules } = fake;
    const end = (
      status: number,
      headers: Readonly<Record<string, string>> = {},
      body?: Buffer | string,
    ): void => {
      response.writeHead(status, headers).end(body);
    };
    const most = rules.mostBytes ?? Number.POSITIVE_INFINITY;
    const body = await bodyOf(request);
    if (url.pathname === '/token') {
      const basic = Buffer.from(
        (request.headers.authorization ?? '').replace('Basic ', ''),
        'base64',
      ).toString();
      if (basic !== 'user:secret') return end(401);
      const token = randomUUID();
      tokens.set(token, url.searchParams.get('scope')!);
      return end(200, {}, JSON.stringify({ token }));
    }
    const fault = rules.fault?.(request);
    if (typeof fault === 'number') return end(fault, { 'retry-after': '0' });
    if (fault !== undefined) return end(fault.status, {}, errorOf(fault.code, 'fault'));
    if (rules.isPrivate === true) {
      const scope = tokens.get((request.headers.authorization ?? '').replace('Bearer ', '')) ?? '';
      const right = method === 'GET' || method === 'HEAD' ? 'pull' : method === 'DELETE' ? 'delete' : 'push';
      if (!scope.startsWith('repository:team/store:') || !scope.split(':')[2]!.split(',').includes(right))
        return end(401, { 'www-authenticate': `Bearer realm="http://${server.host}/token",service="fake"` });
    }
    if (body.length > most) return end(413, {}, errorOf('SIZE_INVALID', 'too large'));
    const [, kind, name = ''] =
      /^\/v2\/team\/store\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(url.pathname) ?? [];
    const digest = url.searchParams.get('digest');
    if (kind === 'blobs/uploads') {
      if (method === 'POST' && name === '') {
        const id = randomUUID();
        uploads.set(id, Buffer.alloc(0));
        return end(202, { location: `/v2/team/store/blobs/uploads/${id}?state=1` });
      }
      const so = uploads.get(name);
      if (so === undefined) return end(404);
      if (method === 'PATCH') {
        const range = `${so.length}-${so.length + body.length - 1}`;
        if (request.headers['content-range'] !== range) return end(416);
        uploads.set(name, Buffer.concat([so, body]));
        const headers = { location: url.href, range: `0-${so.length + body.length - 1}` };
        return end(202, headers);
      }
      if (method !== 'PUT') return end(501);
      const whole = Buffer.concat([so, body]);
      if (url.searchParams.get('state') !== '1' || digest !== digestOf(whole)) return end(400);
      uploads.delete(name);
      fake.blobs.set(digest, whole);
      return end(201, { 'docker-content-digest': digest });
    }
    const kept = kind === 'blobs' ? fake.blobs : kind === 'manifests' ? fake.manifests : undefined;
    if (kept === undefined) return end(501);
    if (method === 'PUT' && kind === 'manifests') {
      const manifest = JSON.parse(body.toString()) as {
        config: { digest: string };
        layers: { digest: string; size: number }[];
      };
      const named = [manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)];
      if (named.some((each) => !fake.blobs.has(each)))
        return end(400, {}, errorOf('MANIFEST_BLOB_UNKNOWN', 'blob unknown'));
      kept.set(name, body).set(digestOf(body), body);
      return end(201, { 'docker-content-digest': digestOf(body) });
    }
    if (method === 'DELETE') {
      if (rules.isUndeletable === true) return end(405);
      const gone = kept.get(name);
      if (gone === undefined) return end(404);
      if (kind === 'blobs') kept.delete(name);
      else for (const [key, value] of kept) if (value.equals(gone)) kept.delete(key);
      return end(202);
    }
    const found = kept.get(name);
    if (method !== 'GET' && method !== 'HEAD') return end(501);
    if (found === undefined) return end(404);
    if (kind === 'blobs' && method === 'GET' && rules.elsewhere !== undefined)
      return end(307, { location: `${rules.elsewhere}/${name}` });
    const said = kind === 'manifests' ? { 'docker-content-digest': digestOf(found) } : {};
    return end(
      200,
      { 'content-length': String(found.length), ...said },
      method === 'HEAD' ? undefined : found,
    );
  }

  return fake;
}

function errorOf(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
