import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CryptoKey } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessControl } from '../../../src/serve/access/access-control.ts';
import type { AccessFile } from '../../../src/serve/access/access-file.ts';
import { openAccess } from '../../../src/serve/access/open-access.ts';
import { readAccessFile } from '../../../src/serve/access/read-access-file.ts';
import type { LogEntry } from '../../../src/serve/logs/server-log.ts';
import type { Served } from '../http/rig.ts';
import { goodRow, served } from '../http/rig.ts';

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
const row = JSON.stringify(goodRow);
const issuer = 'https://login.example.org/';

/** An issuer on loopback that can be switched off. */
class Issuer implements AsyncDisposable {
  readonly #server: Server;
  readonly #keys: { readonly kid: string; readonly jwk: object }[] = [];
  isDown = false;
  asked = 0;

  constructor() {
    this.#server = createServer((_, response) => {
      this.asked++;
      if (this.isDown) return void response.destroy();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: this.#keys.map(({ jwk }) => jwk) }));
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`;
  }

  async newKey(kid: string): Promise<CryptoKey> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    this.#keys.push({ kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } });
    return privateKey;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('access', () => {
  const jwks = new Issuer();
  let folder: string;
  let file: string;
  let access: AccessControl;
  let server: Served;
  let key: CryptoKey;
  let content: AccessFile;
  const log: LogEntry[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-access-'));
    file = join(folder, 'access.yaml');
    key = await jwks.newKey('one');
    content = {
      version: 1,
      keys: [
        { name: 'shop', sha256: digest('shop-key'), models: ['sum'] },
        { name: 'others', sha256: digest('others-key'), models: ['other-*'] },
        { name: 'watch', sha256: digest('watch-key'), may: ['metrics'] },
        { name: 'root', sha256: digest('root-key'), may: ['predict', 'admin', 'metrics', 'feedback'] },
        { name: 'slow', sha256: digest('slow-key'), rate: { 'per-second': 0.5, burst: 3 } },
      ],
      tokens: [
        {
          issuer,
          jwks: await jwks.listen(),
          audience: 'predictions',
          algorithms: ['ES256'],
          grants: [{ when: { scope: 'predict', team: 'risk' }, models: ['sum'] }],
        },
      ],
    };
    await writeFile(file, JSON.stringify(content));
    const opened = await openAccess({ file, log: (entry) => log.push(entry), lookMs: 30 });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    access = opened.value;
    server = await served({ access });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await access[Symbol.asyncDispose]();
    await jwks[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const token = (
    claims: Readonly<Record<string, unknown>> = {},
    more: {
      readonly key?: CryptoKey;
      readonly kid?: string;
      readonly exp?: string;
      readonly alg?: string;
    } = {},
  ): Promise<string> =>
    new SignJWT({
      iss: issuer,
      aud: 'predictions',
      sub: 'ann',
      scope: 'read predict',
      team: ['risk', 'fraud'],
      ...claims,
    })
      .setProtectedHeader({ alg: more.alg ?? 'ES256', kid: more.kid ?? 'one' })
      .setIssuedAt()
      .setExpirationTime(more.exp ?? '5m')
      .sign(more.key ?? key);

  const ask = async (
    headers: Readonly<Record<string, string>>,
    path = '/predict/sum',
  ): Promise<readonly [number, string | undefined]> => {
    const { status, json } = await server.post(row, { path, headers });
    return [status, json.error?.code];
  };
  const bearer = (text: string): { readonly authorization: string } => ({ authorization: `Bearer ${text}` });
  const missing = [401, 'serve-identity-missing'] as const;
  const unknown = [401, 'serve-identity-unknown'] as const;

  it('lets keys in, by either header, to the models and for what they may', async () => {
    expect(await ask(bearer('shop-key'))).toEqual([200, undefined]);
    expect(await ask({ 'x-api-key': 'shop-key' })).toEqual([200, undefined]);
    expect(await ask({ authorization: 'bearer  root-key' })).toEqual([200, undefined]);
    expect(await ask(bearer('others-key'))).toEqual([403, 'serve-permission']);
    expect(await ask(bearer('watch-key'))).toEqual([403, 'serve-permission']);
    expect(await ask(bearer('shop-key'), '/v2/models/sum/infer')).not.toEqual([403, undefined]);
    expect((await server.get('/metrics', bearer('watch-key'))).status).toBe(200);
    expect((await server.get('/metrics', bearer('shop-key'))).status).toBe(403);
    expect((await server.get('/docs', bearer('shop-key'))).status).toBe(200);
    expect(
      (await server.post('', { path: '/v2/repository/models/sum/unload', headers: bearer('shop-key') }))
        .status,
    ).toBe(403);
  });

  it('tells nobody of models with which they may do nothing (P5)', async () => {
    const shown = async (name: string): Promise<readonly boolean[]> => {
      const headers = bearer(name);
      const index = await server.post('{}', { path: '/v2/repository/index', headers });
      const pages = [
        await server.get('/v2/models', headers),
        index,
        await server.get('/openapi.json', headers),
        await server.get('/docs', headers),
      ];
      expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      return pages.map(({ text }) => /\bsum\b/.test(text));
    };
    expect(await shown('others-key')).toEqual([false, false, false, false]);
    expect(await shown('shop-key')).toEqual([true, true, true, true]);
    expect(await shown('watch-key')).toEqual([true, true, true, true]);
    expect(await shown('others-key')).toEqual([false, false, false, false]);
    for (const path of ['/predict/sum', '/predict/none', '/v2/models/sum/infer', '/v2/models/none/infer'])
      expect((await server.post(row, { path, headers: bearer('others-key') })).status).toBe(403);
  });

  it('is closed to everybody else but for the health, and says how to come in', async () => {
    for (const path of [
      '/metrics',
      '/docs',
      '/openapi.json',
      '/v2',
      '/v2/models',
      '/v2/models/sum',
      '/v2/models/stats',
    ])
      expect([path, (await server.get(path)).status]).toEqual([path, 401]);
    for (const path of ['/health/live', '/health/ready', '/v2/health/live', '/v2/health/ready'])
      expect([path, (await server.get(path)).status]).toEqual([path, 200]);
    const answer = await server.post(row);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['nothing', {}, missing],
    ['an empty key', { 'x-api-key': '' }, missing],
    ['Basic', { authorization: 'Basic c2hvcDpzaG9wLWtleQ==' }, missing],
    ['a wrong key', bearer('shop-kez'), unknown],
    ['a part of a key', bearer('shop-ke'), unknown],
    ['the digest of a key', bearer(digest('shop-key')), unknown],
    ['two headers', { ...bearer('shop-key'), 'x-api-key': 'shop-key' }, unknown],
    ['a key of a million characters', { 'x-api-key': 'k'.repeat(9000) }, missing],
  ] as const)('refuses %s', async (_, headers, expected) => {
    expect(await ask(headers)).toEqual(expected);
  });

  it('refuses keys in addresses, even beside one in a header', async () => {
    for (const name of ['key', 'api_key', 'access_token', 'token', 'x-api-key'])
      expect(await ask(bearer('shop-key'), `/predict/sum?${name}=shop-key`)).toEqual(missing);
  });

  it('lets tokens in whose claims have a grant', async () => {
    expect(await ask(bearer(await token()))).toEqual([200, undefined]);
    expect(await ask(bearer(await token({ scope: 'read' })))).toEqual([403, 'serve-permission']);
    expect(await ask(bearer(await token({ team: 'sales' })))).toEqual([403, 'serve-permission']);
    expect(await ask(bearer(await token({ scope: 'predictions' })))).toEqual([403, 'serve-permission']);
  });

  it('refuses every other token', async () => {
    const { privateKey: stranger } = await generateKeyPair('ES256');
    const { privateKey: rsa } = await generateKeyPair('RS256');
    const good = await token();
    const [head, body, signature] = good.split('.') as [string, string, string];
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const secret = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(Buffer.from(JSON.stringify(await exportJWK(key).catch(() => 'x')).padEnd(64, 'x')));
    const tokens = {
      'alg none': `${encode({ alg: 'none' })}.${body}.`,
      'alg none with the signature': `${encode({ alg: 'none', kid: 'one' })}.${body}.${signature}`,
      'a shared secret': secret,
      'another key with the same name': await token({}, { key: stranger }),
      'another algorithm': await token({}, { key: rsa, alg: 'RS256' }),
      expired: await token({}, { exp: '-1m' }),
      'not valid yet': await token({ nbf: Math.floor(Date.now() / 1000) + 600 }),
      'another audience': await token({ aud: 'somebody-else' }),
      'another issuer': await token({ iss: 'https://evil.example/' }),
      'no issuer': await token({ iss: undefined }),
      nobody: await token({ sub: '' }),
      'a number as subject': await token({ sub: 7 as unknown as string }),
      'other claims under the signature': `${head}.${encode({ ...claims, sub: 'bob' })}.${signature}`,
      'no signature': `${head}.${body}.`,
      'critical headers that nobody knows': `${encode({ alg: 'ES256', kid: 'one', crit: ['x'], x: 1 })}.${body}.${signature}`,
      'a key of its own': `${encode({ alg: 'ES256', jwk: await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey) })}.${body}.${signature}`,
      'no token': 'a.b.c',
    };
    for (const [name, text] of Object.entries(tokens))
      expect([name, ...(await ask(bearer(text)))]).toEqual([name, ...unknown]);
  });

  it('keeps accepting tokens of known keys while the issuer is away, and says 503 of unknown ones', async () => {
    expect(await ask(bearer(await token({ sub: 'before' })))).toEqual([200, undefined]);
    const opened = await openAccess({ file });
    if (!opened.ok) throw new Error('no access');
    await using fresh = opened.value;
    await using other = await served({ access: fresh });
    jwks.isDown = true;
    try {
      expect(await ask(bearer(await token({ sub: 'while it is away' })))).toEqual([200, undefined]);
      // A server that never saw the keys cannot tell.
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      jwks.isDown = false;
    }
    expect((await other.post(row, { headers: bearer(await token()) })).status).toBe(200);
    await using away = new Issuer();
    const address = await away.listen();
    away.isDown = true;
    const lost = join(folder, 'lost.json');
    await writeFile(lost, JSON.stringify({ ...content, tokens: [{ ...content.tokens![0], jwks: address }] }));
    const lostAccess = await openAccess({ file: lost });
    if (!lostAccess.ok) throw new Error('no access');
    await using third = lostAccess.value;
    await using blind = await served({ access: third });
    const answer = await blind.post(row, { headers: bearer(await token()) });
    expect([answer.status, answer.json.error.code]).toEqual([503, 'serve-keys-unavailable']);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await blind.post(row, { headers: bearer('shop-key') })).status).toBe(200);
  });

  it('lets each caller ask as often as it may, and says when to come again', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask(bearer('slow-key')))[0]);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const answer = await server.post(row, { headers: bearer('slow-key') });
    expect(answer.json.error.code).toBe('serve-rate');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await ask(bearer('shop-key'))).toEqual([200, undefined]);
  });

  it('takes a new file without a restart, and keeps the old one when the new one has mistakes', async () => {
    const until = async (event: RegExp): Promise<void> => {
      while (!log.some(({ message }) => event.test(message)))
        await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await writeFile(file, JSON.stringify({ ...content, keys: [{ name: 'new', sha256: digest('new-key') }] }));
    await until(/was read again/);
    expect(await ask(bearer('new-key'))).toEqual([200, undefined]);
    expect(await ask(bearer('shop-key'))).toEqual(unknown);
    await writeFile(file, 'version: 1\nkeys: [{ name: x }]\n');
    await until(/has mistakes/);
    expect(await ask(bearer('new-key'))).toEqual([200, undefined]);
    expect(JSON.stringify(log)).not.toContain(digest('new-key'));
  });
});

describe('the access file', () => {
  const mistakesIn = async (text: string): Promise<readonly string[]> => {
    const read = await readAccessFile('access.yaml', Buffer.from(text));
    return read.ok
      ? []
      : read.failure.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);
  };
  const hash = digest('x');

  it.each([
    ['', ['1:1 the file must be object']],
    ['version: 2\n', ['1:10 version must be 1']],
    ['version: 1\nkey: []\n', ['2:1 key is not known here']],
    [
      `version: 1\nkeys:\n  - name: a\n    sha256: ${hash}\n    may: [predict, fly]\n`,
      ['5:20 keys.0.may.1 must be one of predict, feedback, metrics, admin'],
    ],
    [
      'version: 1\nkeys:\n  - name: a\n    sha256: abc\n',
      ['4:13 keys.0.sha256 must match pattern "^[0-9a-f]{64}$"'],
    ],
    ['version: 1\nkeys:\n  - name: a\n', ['3:5 keys.0 lacks sha256']],
    [
      `version: 1\nkeys:\n  - { name: a, sha256: ${hash} }\n  - { name: b, sha256: ${hash} }\n`,
      ['4:24 this key stands twice'],
    ],
    [
      'version: 1\nkeys: [\n',
      ['3:1 Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'version: 1\ntokens:\n  - { issuer: i, jwks: "http://example.org/k", audience: a, algorithms: [ES256], grants: [] }\n',
      ['3:24 jwks must begin with https:// (http:// only for this machine)'],
    ],
  ])('%j is told at its line and column', async (text, expected) => {
    expect(await mistakesIn(text)).toEqual(expected);
  });

  it('takes no algorithm without a key of two halves', async () => {
    for (const algorithm of ['none', 'HS256', 'HS512']) {
      const [mistake] = await mistakesIn(
        `version: 1\ntokens:\n  - { issuer: i, jwks: keys.json, audience: a, algorithms: [${algorithm}], grants: [] }\n`,
      );
      expect(mistake).toMatch(/^3:\d+ tokens\.0\.algorithms\.0 must be one of RS256/);
    }
  });
});
