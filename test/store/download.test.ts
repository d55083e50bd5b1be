import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DownloadOptions } from '../../src/store/index.ts';
import { download } from '../../src/store/index.ts';

async function server(listener: RequestListener): Promise<AsyncDisposable & { readonly origin: string }> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

const options = (url: string): DownloadOptions => ({
  ...{ url, mostBytes: 1_000, timeLimitMs: 5_000, mayOpen: () => true, env: {} },
});

describe('a download', () => {
  it('gives the bytes and their type, and says nothing of who asks', async () => {
    const headers: unknown[] = [];
    await using at = await server((request, response) => {
      headers.push(request.headers);
      response.writeHead(200, { 'content-type': 'Text/CSV; charset=utf-8' }).end('a,b\n');
    });
    const got = await download(options(`${at.origin}/x?sig=secret`));
    expect(got).toEqual({ ok: true, value: { bytes: Buffer.from('a,b\n'), type: 'text/csv' } });
    expect(JSON.stringify(headers)).not.toMatch(/authorization|cookie/i);
  });

  it.each<[string, RequestListener, string]>([
    ['another answer', (_, response) => response.writeHead(404).end(), 'store-download-failed'],
    [
      'a compressed answer',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      'store-download-failed',
    ],
    [
      'a length that is too much',
      (_, response) => response.writeHead(200, { 'content-length': 2_000 }).end('x'.repeat(2_000)),
      'store-download-large',
    ],
    [
      'more than it said, without an end',
      (_, response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write('x'.repeat(600)), 1);
        response.on('close', () => clearInterval(more));
      },
      'store-download-large',
    ],
    ['a circle', (_, response) => response.writeHead(302, { location: '/x' }).end(), 'store-download-failed'],
    ['a broken connection', (request) => request.destroy(), 'store-download-failed'],
    [
      'an address that is none',
      (_, response) => response.writeHead(302, { location: 'http://[' }).end(),
      'store-download-failed',
    ],
  ])('refuses %s', async (_, listener, code) => {
    await using at = await server(listener);
    const got = await download(options(`${at.origin}/x?sig=secret`));
    expect(got).toMatchObject({ ok: false, failure: { code } });
    expect(JSON.stringify(got)).not.toContain('secret');
  });

  it('ends when its time is over, also when bytes drip', async () => {
    await using at = await server((_, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const got = await download({ ...options(`${at.origin}/x`), timeLimitMs: 200 });
    expect(got).toMatchObject({ ok: false, failure: { code: 'store-download-failed' } });
    expect(JSON.stringify(got)).toContain('longer than 0.2 s');
  });

  it('goes where it is sent only when that may be opened', async () => {
    const seen: string[] = [];
    await using at = await server((request, response) => {
      seen.push(request.url!);
      if (request.url === '/exports/a') response.writeHead(307, { location: '/exports/b' }).end();
      else if (request.url === '/exports/b') response.end('b');
      else response.writeHead(302, { location: '/private' }).end();
    });
    const mayOpen = (url: string): boolean => url.startsWith(`${at.origin}/exports/`);
    expect(await download({ ...options(`${at.origin}/exports/a`), mayOpen })).toMatchObject({
      value: { bytes: Buffer.from('b') },
    });
    const refused = await download({ ...options(`${at.origin}/exports/c`), mayOpen });
    expect(refused).toMatchObject({ failure: { code: 'store-download-elsewhere' } });
    expect(await download({ ...options(`${at.origin}/private`), mayOpen })).toMatchObject({ ok: false });
    expect(seen).toEqual(['/exports/a', '/exports/b', '/exports/c']);
  });
});
