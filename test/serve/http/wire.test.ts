import { describe, expect, it } from 'vitest';
import { listen } from '../../../src/serve/http/listener.ts';
import type { Route } from '../../../src/serve/http/message.ts';
import type { LogEntry } from '../../../src/serve/logs/server-log.ts';
import { goodRow, served, Wire } from './rig.ts';

const row = JSON.stringify(goodRow);
const post = (body: string, more = ''): string =>
  `POST /predict/sum HTTP/1.1\r\nhost: x\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Every answer on a connection: status and JSON. */
function answersIn(text: string): readonly { readonly status: number; readonly body: string }[] {
  return text
    .split(/(?=HTTP\/1\.1 )/)
    .filter((part) => part.startsWith('HTTP/1.1 ') && !part.startsWith('HTTP/1.1 100'))
    .map((part) => ({ status: Number(part.slice(9, 12)), body: part.slice(part.indexOf('\r\n\r\n') + 4) }));
}

describe('the wire', () => {
  it('S11: answers requests of one connection in order, whether one after the other or all at once', async () => {
    await using server = await served();
    await using wire = new Wire(server.port);
    const bodies = [row, '{"a":', JSON.stringify({ a: 5, b: 5 }), '{}', row];
    wire.write(bodies.map((body) => post(body)).join(''));
    wire.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const answers = answersIn(await wire.end());
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 422, 200, 200]);
    expect(JSON.parse(answers[2]!.body).prediction).toEqual({ value: 10 });
  });

  it('S11: shows the answer to whoever sends too much and does not stop, and closes', async () => {
    await using server = await served({ limits: { maxBytes: 1000 } });
    for (const head of ['content-length: 50000000', 'transfer-encoding: chunked']) {
      await using wire = new Wire(server.port);
      wire.write(`POST /predict/sum HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      for (let i = 0; i < 30; i++) wire.write(chunk);
      const text = await wire.until(/"request":"[^"]+"\}/);
      expect(text).toMatch(/^HTTP\/1\.1 413 /);
      expect(text).toContain('serve-body-too-large');
      expect(text.toLowerCase()).toContain('connection: close');
      await wire.end();
    }
    expect((await server.post(row)).status).toBe(200);
  });

  it('S11: takes only so much of all bodies together that do not end, and answers others meanwhile', async () => {
    await using server = await served({ limits: { maxBytes: 100_000 }, http: { bodyBytesAtOnce: 250_000 } });
    const wires = await Promise.all(Array.from({ length: 4 }, async () => new Wire(server.port)));
    try {
      for (const wire of wires)
        wire.write(
          `POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(90_000)}`,
        );
      const refused = await Promise.any(
        wires.map((wire) => wire.until(/"request":"[^"]+"\}/).then((text) => text)),
      );
      expect(refused).toMatch(/^HTTP\/1\.1 503 /);
      expect(refused).toMatch(/retry-after: 1/i);
      await using other = new Wire(server.port);
      other.write(post(row));
      expect(await other.until(/prediction/)).toMatch(/^HTTP\/1\.1 200 /);
    } finally {
      await Promise.all(wires.map((wire) => wire[Symbol.asyncDispose]()));
    }
    // What was held is free again.
    await using wire = new Wire(server.port);
    wire.write(post(JSON.stringify(Array.from({ length: 2000 }, () => goodRow))));
    expect(await wire.until(/"predictions":/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('lets whoever asks first send the body, or tells at once that it may not', async () => {
    await using server = await served({ limits: { maxBytes: 1000 } });
    await using wire = new Wire(server.port);
    const head = (length: number, path = 'sum'): string =>
      `POST /predict/${path} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
    wire.write(head(row.length));
    await wire.until(/100 Continue/);
    wire.write(row);
    expect(await wire.until(/"value":3\.5/)).toContain('HTTP/1.1 200');
    await using large = new Wire(server.port);
    large.write(head(2000));
    expect(await large.end()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('S11: refuses what is no HTTP, too many headers, and headers that are too large', async () => {
    await using server = await served();
    const cases: readonly (readonly [string, number, string])[] = [
      ['\x16\x03\x01\x02\x00\x01\x00', 400, 'serve-http'],
      ['GET / HTTP/9.9\r\n\r\n', 400, 'serve-http'],
      ['GET /health/live HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', 400, 'serve-http'],
      [
        `GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
        431,
        'serve-headers-too-large',
      ],
      [
        `GET /health/live HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(200)}connection: close\r\n\r\n`,
        431,
        'serve-headers-too-large',
      ],
      [
        'POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
        'serve-http',
      ],
      [
        'POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef',
        400,
        'serve-http',
      ],
      [
        'POST /predict/sum HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
        400,
        'serve-http',
      ],
    ];
    for (const [bytes, status, code] of cases) {
      await using wire = new Wire(server.port);
      wire.write(bytes);
      const [answer] = answersIn(await wire.end());
      expect([answer?.status, JSON.parse(answer!.body).error.code], bytes.slice(0, 80)).toEqual([
        status,
        code,
      ]);
    }
    expect((await server.post(row)).status).toBe(200);
  });

  it.each([
    ['a length and chunks', `content-length: ${row.length}\r\ntransfer-encoding: chunked\r\n`],
    ['two lengths', `content-length: ${row.length}\r\ncontent-length: 3\r\n`],
    ['a list of lengths', `content-length: ${row.length}, ${row.length}\r\n`],
    ['a length with a sign', `content-length: +${row.length}\r\n`],
    ['a coding that is none', 'transfer-encoding: xchunked\r\n'],
    ['chunks that are not last', 'transfer-encoding: chunked, identity\r\n'],
    ['a blank before the colon', 'transfer-encoding : chunked\r\n'],
    ['a folded header', `x-a: b\r\n c\r\ncontent-length: ${row.length}\r\n`],
    ['two hosts', `host: y\r\ncontent-length: ${row.length}\r\n`],
  ])('S11: refuses what others on the way may read as another request: %s', async (_, headers) => {
    await using server = await served();
    await using wire = new Wire(server.port);
    wire.write(`POST /predict/sum HTTP/1.1\r\nhost: x\r\n${headers}\r\n${row}`);
    const [answer] = answersIn(await wire.until(/"request":"[^"]+"\}/));
    expect([answer?.status, JSON.parse(answer!.body).error.code]).toEqual([400, 'serve-http']);
  });

  it('S11: waits for nobody who drips headers or a body', async () => {
    await using server = await served({ http: { headersMs: 300, bodyMs: 600 } });
    const drip = async (start: string, bit: string): Promise<string> => {
      await using wire = new Wire(server.port);
      wire.write(start);
      const timer = setInterval(() => wire.write(bit), 40);
      const text = await wire.end();
      clearInterval(timer);
      return text;
    };
    const [headers, body] = await Promise.all([
      drip('GET / HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n'),
      drip('POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-length: 10000\r\n\r\n{', ' '),
    ]);
    expect(headers).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).toMatch(/^HTTP\/1\.1 408 /);
    expect(body).toContain('serve-body-slow');
  });

  it('S11: goes on when clients leave in the middle of a request, or of its answer', async () => {
    await using server = await served();
    for (const bytes of [
      'POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"a"',
      post(row),
      'GET /docs HTT',
    ]) {
      for (let i = 0; i < 20; i++) {
        const wire = new Wire(server.port);
        wire.write(bytes);
        if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        wire.socket.destroy();
        await wire.end();
      }
    }
    expect((await server.post(row)).json.prediction).toEqual({ value: 3.5 });
    expect(server.log).toEqual([]);
  });

  it('keeps no more connections than it may', async () => {
    await using server = await served({ http: { connections: 3 } });
    const wires = Array.from({ length: 3 }, () => new Wire(server.port));
    for (const wire of wires) {
      wire.write(post(row));
      await wire.until(/"value"/);
    }
    await using more = new Wire(server.port);
    more.write(post(row));
    expect(await more.end()).toBe('');
    expect(server.log.map(({ event }) => event)).toEqual(['connections']);
    for (const wire of wires) await wire[Symbol.asyncDispose]();
  });
});

describe('handlers', () => {
  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/throws',
      handle: () => {
        throw new Error('the inside');
      },
    },
    {
      method: 'GET',
      path: '/rejects',
      handle: async () => {
        throw new TypeError('the inside');
      },
    },
    { method: 'GET', path: '/hangs', handle: () => new Promise(() => undefined) },
    {
      method: 'POST',
      path: '/work',
      needs: 'predict',
      handle: async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { status: 200, type: 'text/plain', body: 'done' };
      },
    },
  ];
  const open = (log: LogEntry[] = []): ReturnType<typeof listen> =>
    listen({
      routes,
      host: '127.0.0.1',
      port: 0,
      maxBytes: 1000,
      requestId: () => 'r-1',
      timeoutOf: () => 400,
      limits: { requests: 2 },
      log: (entry) => log.push(entry),
    });

  it('S11: that break end in 500 with an id, and a line in the log under the same id', async () => {
    const log: LogEntry[] = [];
    await using listener = await open(log);
    for (const path of ['/throws', '/rejects']) {
      const response = await fetch(listener.url + path);
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'serve-internal' }, request: 'r-1' });
      expect(text).not.toContain('the inside');
    }
    expect(log).toHaveLength(2);
    expect(log[1]).toMatchObject({
      level: 'error',
      event: 'error',
      facts: { request: 'r-1', route: '/rejects', because: 'the inside' },
    });
  });

  it('S11: that hang end in 504', async () => {
    await using listener = await open();
    const response = await fetch(`${listener.url}/hangs`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ error: { code: 'serve-timeout' } });
  });

  it('S11: that have enough to do are asked no more, with word when to come again', async () => {
    await using listener = await open();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${listener.url}/work`, { method: 'POST' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 503, 503, 503]);
    expect(answers.find(({ status }) => status === 503)?.headers.get('retry-after')).toBe('1');
  });
});
