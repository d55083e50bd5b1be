import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowAnswer } from '../../../src/servable/index.ts';
import { jsonMistake } from '../../../src/serve/http/json-mistake.ts';
import { readJson } from '../../../src/serve/http/read-json.ts';
import { answerText } from '../../../src/serve/simple/answer-text.ts';
import type { Served } from './rig.ts';
import { goodRow, served } from './rig.ts';

let server: Served;
beforeAll(async () => {
  server = await served({ cors: ['https://app.example.org'] });
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the simple way', () => {
  it('S1: answers one row with all of its lineage, and many in order', async () => {
    const one = await server.post(JSON.stringify(goodRow), { headers: { 'x-request-id': 'mine-1' } });
    const lineage = {
      model: 'sum',
      version: 'v1.0.0',
      run: '20261121-100000-aaaaaaaa',
      commit: 'f'.repeat(40),
    };
    expect(one.json).toEqual({ ...lineage, request: 'mine-1', prediction: { value: 3.5 } });
    expect(Object.fromEntries(one.headers)).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'mine-1',
      'x-trainyard-model': 'sum',
      'x-trainyard-model-version': 'v1.0.0',
      'x-trainyard-run': lineage.run,
      'x-trainyard-commit': lineage.commit,
    });
    const rows = Array.from({ length: 1000 }, (_, i) => ({ a: i / 10, b: i % 10 }));
    const many = await server.post(JSON.stringify(rows), { path: '/predict/sum/versions/v1.0.0' });
    expect(many.json.predictions).toEqual(rows.map(({ a, b }) => ({ value: a + b })));
    expect((await server.post(JSON.stringify([goodRow]))).json.predictions).toEqual([{ value: 3.5 }]);
  });

  it('makes a name for requests that bring none, or one that is no plain name', async () => {
    const ids = new Set<string>();
    for (const id of [undefined, '', 'a b', '"', '{"x":1}', 'x'.repeat(129), 'é'.normalize()]) {
      const answer = await server.post(
        JSON.stringify(goodRow),
        id === undefined ? {} : { headers: { 'x-request-id': id } },
      );
      expect(answer.json.request).toMatch(/^[\w.:+/=-]{1,128}$/);
      expect(answer.json.request).not.toBe(id);
      ids.add(answer.json.request);
    }
    expect(ids.size).toBe(7);
  });

  it('takes missing members, nulls and every type of column', async () => {
    const row = {
      ...goodRow,
      free: null,
      kind: 'red',
      note: '',
      code: 'AB',
      day: '2026-11-21',
      at: '2026-11-21T10:00:00Z',
      sure: false,
      step: -5,
    };
    expect((await server.post(JSON.stringify(row))).json.prediction).toEqual({ value: 3.5 });
  });

  it('takes compressed bodies, and compresses large answers', async () => {
    const rows = Array.from({ length: 2000 }, () => goodRow);
    const answer = await server.post(gzipSync(JSON.stringify(rows)), {
      headers: { 'content-encoding': 'gzip', 'accept-encoding': 'gzip' },
    });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.json.predictions).toHaveLength(2000);
  });

  it('lets pages of origins that may call see answers, and asks nothing of others', async () => {
    const origin = 'https://app.example.org';
    const headers = { origin, 'access-control-request-method': 'POST' };
    const preflight = await server.post('', { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    const answer = await server.post(JSON.stringify(goodRow), { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    const other = await server.post('', {
      method: 'OPTIONS',
      headers: { ...headers, origin: 'https://evil.example' },
    });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(other.headers.get('access-control-allow-methods')).toBeNull();
    expect(other.headers.get('allow')).toBe('POST, OPTIONS');
  });

  it('answers HEAD as GET without the body', async () => {
    const head = await server.post('', { method: 'HEAD', path: '/health/live', body: null });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(5);
  });

  it('writes answers as JSON.stringify would', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const classes = fc.uniqueArray(fc.oneof(text, fc.integer().map(String)), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        classes,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 15, maxLength: 15 }),
        fc.array(fc.nat({ max: 1 }), { minLength: 3, maxLength: 3 }),
        text,
        (names, numbers, labels, model) => {
          const prediction = {
            task: 'classification',
            rows: 3,
            classes: names,
            probabilities: Float64Array.from(numbers.slice(0, 3 * names.length)),
            labels: Int32Array.from(labels),
          } as const;
          const manifest = { model, modelVersion: 'v1', lineage: { run: text } };
          const version = {
            name: 'v1',
            engine: { servable: { manifest, info: { task: 'classification', classes: names } } },
          };
          const answered = { version, role: 'served', prediction, firstRow: 1 } as unknown as Parameters<
            typeof answerText
          >[0];
          const parsed = JSON.parse(answerText(answered, 'id', 2));
          expect(parsed.model).toBe(model);
          expect(parsed.predictions).toEqual(
            JSON.parse(JSON.stringify([1, 2].map((row) => rowAnswer(prediction, row)))),
          );
        },
      ),
    );
  });
});

describe('JSON of requests', () => {
  const limits = { rows: 10_000, members: 100 };

  it('is bounded before it is parsed, in rows and in members of each (S11)', () => {
    const told = (text: string): unknown => {
      const read = readJson(Buffer.from(text), { rows: 3, members: 100 });
      return read.ok ? 'read' : [read.failure.code, read.failure.problems?.[0]?.row];
    };
    const list = (items: readonly unknown[]): string => JSON.stringify(items);
    const members = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m,[{"${i}`, i]));
    expect(told(list([{}, {}, {}]))).toBe('read');
    expect(told(list([{}, {}, {}, {}]))).toEqual(['serve-rows-too-many', undefined]);
    expect(told(`[${'{},'.repeat(1_000_000)}`)).toEqual(['serve-rows-too-many', undefined]);
    expect(told(list([members(100), members(100), members(100)]))).toBe('read');
    expect(told(list([{}, members(1000)]))).toEqual(['serve-row-invalid', 1]);
    expect(told(JSON.stringify(members(1000)))).toEqual(['serve-row-invalid', 0]);
    expect(told(list([{ a: new Array(1000).fill(1) }]))).toEqual(['serve-row-invalid', 0]);
    expect(told(list([{ a: new Array(1000).fill([]) }]))).toEqual(['serve-row-invalid', 0]);
  });

  it('that is none is told where it stops to be one', () => {
    const place = (text: string): string => {
      const read = readJson(Buffer.from(text), limits);
      return read.ok ? 'read' : (/line \d+, column \d+/.exec(read.failure.message)?.[0] ?? '');
    };
    expect(place('')).toBe('line 1, column 1');
    expect(place('{"a":1')).toBe('line 1, column 7');
    expect(place('{"a":1}{"b":2}')).toBe('line 1, column 8');
    expect(place('{\n  "a": 1,\n  "b": NaN\n}')).toBe('line 3, column 8');
    expect(place('{"a":1,}')).toBe('line 1, column 8');
    expect(place('{"a":01}')).toBe('line 1, column 6');
    expect(place('["a" "b"]')).toBe('line 1, column 6');
    expect(place("{'a':1}")).toBe('line 1, column 2');
    expect(place('[1,]')).toBe('line 1, column 4');
    expect(place('["a\tb"]')).toBe('line 1, column 2');
    expect(place(`["${'a'.repeat(300_000)}" 1]`)).toBe('');
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        let isJson = true;
        try {
          JSON.parse(cut);
        } catch {
          isJson = false;
        }
        expect(jsonMistake(cut) === undefined).toBe(isJson);
      }),
      { numRuns: 500 },
    );
  });

  it('is read as JSON.parse reads it, and refused when a member stands twice', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const read = readJson(Buffer.from(text), limits);
        expect(read.ok && read.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }),
        fc.nat(),
        (object, at) => {
          const names = Object.keys(object);
          const name = names[at % names.length]!;
          const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:1}`;
          const read = readJson(Buffer.from(text), limits);
          expect(read.ok ? undefined : read.failure.problems?.[0]?.column).toBe(name);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('anything at all', () => {
  const member = fc.oneof(
    fc.constantFrom('a', 'b', 'free', 'kind', 'note', 'day', 'at', '__proto__'),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom(null, true, '', 'red', 'AB', '2026-11-21', 1e308, -1e308, 2 ** 53, 0, -0),
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const row = fc.dictionary(member, value, { maxKeys: 12 });
  const nearlyGood = fc
    .tuple(row, fc.double({ min: 0, max: 100, noNaN: true }))
    .map(([more, a]) => ({ ...more, a, b: 1 }));
  const json = fc
    .oneof(row, nearlyGood, fc.array(fc.oneof(row, nearlyGood), { maxLength: 5 }), fc.jsonValue())
    .map((each) => JSON.stringify(each));
  const body = fc.oneof(
    { weight: 4, arbitrary: json.map((text) => Buffer.from(text)) },
    fc
      .tuple(json, fc.nat(), fc.string())
      .map(([text, at, junk]) =>
        Buffer.from(text.slice(0, at % text.length) + junk + text.slice(at % text.length)),
      ),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );

  it('S11: is answered with 200 or a 4xx, and changes no answer to a good request beside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -5, max: 10 }),
        async (bodies, b) => {
          const good = JSON.stringify({ a: 10, b });
          // All of them are on their way at once, and share batches.
          const [before, ...answers] = await Promise.all([
            server.post(good),
            ...bodies.map((each) => server.post(each)),
          ]);
          const after = await server.post(good);
          expect(before?.json.prediction).toEqual({ value: 10 + b });
          expect(after.json.prediction).toEqual({ value: 10 + b });
          for (const { status, json: answer } of answers) {
            expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
            expect(typeof answer.request).toBe('string');
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
