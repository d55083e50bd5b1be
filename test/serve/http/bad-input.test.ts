import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Served } from './rig.ts';
import { goodRow, served } from './rig.ts';

let server: Served;
beforeAll(async () => {
  server = await served();
});
afterAll(() => server[Symbol.asyncDispose]());

const row = (more: object): string => JSON.stringify({ ...goodRow, ...more });
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

interface Case {
  readonly what: string;
  readonly body: string | Uint8Array;
  readonly status: number;
  readonly code: string;
  /** Of the first problem. */
  readonly column?: string;
  readonly row?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
  /** Sent, and never repeated. */
  readonly secret?: string;
}

const invalid = { status: 422, code: 'serve-row-invalid' } as const;
const notJson = { status: 400, code: 'serve-body-not-json' } as const;

const cases: readonly Case[] = [
  { what: 'nothing at all', body: '', ...notJson },
  { what: 'blanks', body: '  \n', ...notJson },
  { what: 'half an object', body: '{"a":1', ...notJson },
  { what: 'two objects', body: '{"a":1}{"b":2}', ...notJson },
  { what: 'a comma too many', body: '{"a":1,"b":2,}', ...notJson },
  { what: 'a comment', body: '{"a":1,/* no */"b":2}', ...notJson },
  { what: 'NaN', body: '{"a":NaN,"b":2}', ...notJson },
  { what: 'Infinity', body: '{"a":Infinity,"b":2}', ...notJson },
  { what: '-Infinity', body: '{"a":-Infinity,"b":2}', ...notJson },
  { what: 'a number with a leading zero', body: '{"a":01,"b":2}', ...notJson },
  { what: 'a number in hexadecimal', body: '{"a":0x1,"b":2}', ...notJson },
  { what: 'single quotes', body: "{'a':1,'b':2}", ...notJson },
  {
    what: 'a form',
    body: 'a=1&b=2',
    ...notJson,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    what: 'bytes that are no UTF-8',
    body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
    ...notJson,
  },
  { what: 'UTF-16', body: Buffer.from('{"a":1,"b":2}', 'utf16le'), ...notJson },
  { what: 'a control character in a text', body: '{"a":1,"b":2,"note":"a\u0001b"}', ...notJson },
  { what: 'arrays that nest too deep', body: deep(40), status: 400, code: 'serve-body-too-deep' },
  { what: 'arrays that nest far too deep', body: deep(100_000), status: 400, code: 'serve-body-too-deep' },
  {
    what: 'objects that nest too deep',
    body: `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
    status: 400,
    code: 'serve-body-too-deep',
  },
  { what: 'no rows', body: '[]', status: 400, code: 'serve-rows-none' },
  {
    what: 'too many rows',
    body: `[${new Array(10_001).fill('{}').join(',')}]`,
    status: 413,
    code: 'serve-rows-too-many',
  },
  { what: 'a number', body: '7', ...invalid, row: 0 },
  { what: 'a text', body: '"a"', ...invalid, row: 0 },
  { what: 'null', body: 'null', ...invalid, row: 0 },
  { what: 'rows in rows', body: '[[{"a":1,"b":2}]]', ...invalid, row: 0 },
  { what: 'a row that is null', body: `[${row({})},null]`, ...invalid, row: 1 },
  { what: 'an empty object', body: '{}', ...invalid, column: 'a' },
  { what: 'a required column that is missing', body: '{"a":1}', ...invalid, column: 'b' },
  { what: 'a required column that is null', body: row({ b: null }), ...invalid, column: 'b' },
  {
    what: 'a text where a number belongs',
    body: row({ a: 'secret-1' }),
    ...invalid,
    column: 'a',
    secret: 'secret-1',
  },
  { what: 'a number as a text', body: row({ a: '1.5' }), ...invalid, column: 'a' },
  { what: 'a boolean where a number belongs', body: row({ a: true }), ...invalid, column: 'a' },
  { what: 'an array where a number belongs', body: row({ a: [1] }), ...invalid, column: 'a' },
  { what: 'an object where a number belongs', body: row({ a: { b: { c: 1 } } }), ...invalid, column: 'a' },
  { what: 'a number that is too large', body: row({ a: 100.1 }), ...invalid, column: 'a', secret: '100.1' },
  { what: 'a number that is too small', body: row({ a: -1e-9 }), ...invalid, column: 'a' },
  { what: 'a number beyond all numbers', body: '{"a":1e999,"b":2}', ...invalid, column: 'a' },
  {
    what: 'another one, where anything may be',
    body: '{"a":1,"b":2,"free":-1e999}',
    ...invalid,
    column: 'free',
  },
  { what: 'a fraction where an integer belongs', body: row({ b: 1.5 }), ...invalid, column: 'b' },
  { what: 'an integer beyond 2^53', body: '{"a":1,"b":9007199254740993}', ...invalid, column: 'b' },
  { what: 'an integer of 400 digits', body: `{"a":1,"b":${'9'.repeat(400)}}`, ...invalid, column: 'b' },
  { what: 'no multiple', body: row({ step: 7 }), ...invalid, column: 'step' },
  {
    what: 'a category that is none',
    body: row({ kind: 'secret-2' }),
    ...invalid,
    column: 'kind',
    secret: 'secret-2',
  },
  { what: 'a text that is too short', body: row({ note: 'x' }), ...invalid, column: 'note' },
  {
    what: 'a text that is too long',
    body: row({ note: 'secret-3' }),
    ...invalid,
    column: 'note',
    secret: 'secret-3',
  },
  {
    what: 'a text that breaks the pattern',
    body: row({ code: 'secret-4' }),
    ...invalid,
    column: 'code',
    secret: 'secret-4',
  },
  { what: 'a date that is none', body: row({ day: '2021-02-30' }), ...invalid, column: 'day' },
  {
    what: 'a date that is too early',
    body: row({ day: '2019-12-31' }),
    ...invalid,
    column: 'day',
    secret: '2019-12-31',
  },
  { what: 'a time that is none', body: row({ at: 'noon' }), ...invalid, column: 'at', secret: 'noon' },
  { what: 'a number where a boolean belongs', body: row({ sure: 1 }), ...invalid, column: 'sure' },
  {
    what: 'a column that is none',
    body: row({ aa: 'secret-5' }),
    ...invalid,
    column: 'aa',
    secret: 'secret-5',
  },
  { what: 'the target', body: row({ total: 1 }), ...invalid, column: 'total' },
  { what: '__proto__', body: '{"a":1,"b":2,"__proto__":{"a":1}}', ...invalid, column: '__proto__' },
  { what: 'constructor', body: '{"a":1,"b":2,"constructor":1}', ...invalid, column: 'constructor' },
  { what: '__proto__ instead of columns', body: '{"__proto__":{"a":1,"b":2}}', ...invalid },
  { what: 'a column that stands twice', body: '{"a":1,"b":2,"a":3}', ...invalid, column: 'a' },
  {
    what: 'a column that stands twice, once escaped',
    body: '{"a":1,"b":2,"\\u0061":3}',
    ...invalid,
    column: 'a',
  },
  {
    what: 'a column that stands twice, in a later row',
    body: '[{"a":1,"b":2},{"a":1,"b":2,"b":2}]',
    ...invalid,
    column: 'b',
    row: 1,
  },
  { what: 'half a surrogate pair', body: '{"a":1,"b":2,"note":"x\\ud800"}', ...invalid, column: 'note' },
  { what: 'half a surrogate pair in a name', body: '{"a":1,"b":2,"\\udc00":1}', ...invalid },
  {
    what: 'ten thousand members',
    body: row(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}`, i]))),
    ...invalid,
  },
  { what: 'a name of a million characters', body: row({ ['n'.repeat(1_000_000)]: 1 }), ...invalid },
  {
    what: 'one bad row among good ones',
    body: `[${row({})},${row({ b: 99 })},${row({})}]`,
    ...invalid,
    column: 'b',
    row: 1,
  },
  {
    what: 'XML',
    body: '<a>1</a>',
    status: 415,
    code: 'serve-media-type',
    headers: { 'content-type': 'application/xml' },
  },
  {
    what: 'plain text',
    body: row({}),
    status: 415,
    code: 'serve-media-type',
    headers: { 'content-type': 'text/plain' },
  },
  {
    what: 'another charset',
    body: row({}),
    status: 415,
    code: 'serve-media-type',
    headers: { 'content-type': 'application/json; charset=latin1' },
  },
  {
    what: 'another compression',
    body: row({}),
    status: 415,
    code: 'serve-media-type',
    headers: { 'content-encoding': 'br' },
  },
  { what: 'gzip that is none', body: row({}), ...notJson, headers: { 'content-encoding': 'gzip' } },
  { what: 'another model', body: row({}), status: 404, code: 'serve-model-unknown', path: '/predict/other' },
  {
    what: 'a model of every object',
    body: row({}),
    status: 404,
    code: 'serve-model-unknown',
    path: '/predict/__proto__',
  },
  {
    what: 'another version',
    body: row({}),
    status: 404,
    code: 'serve-version-unknown',
    path: '/predict/sum/versions/v9',
  },
  { what: 'a path that is none', body: row({}), status: 404, code: 'serve-route-unknown', path: '/predict/' },
  {
    what: 'a path that climbs',
    body: row({}),
    status: 404,
    code: 'serve-model-unknown',
    path: '/predict/..%2fsum',
  },
  {
    what: 'a path with a broken escape',
    body: row({}),
    status: 400,
    code: 'serve-http',
    path: '/predict/%zz',
  },
  { what: 'another method', body: row({}), status: 405, code: 'serve-method', method: 'PUT' },
];

describe('bad input', () => {
  it.each(cases)('S11: $what is answered with $status $code', async (each) => {
    const { body, status, code, column, secret, path, headers, method = 'POST' } = each;
    const answer = await server.post(body, {
      method,
      ...(path === undefined ? {} : { path }),
      ...(headers === undefined ? {} : { headers }),
    });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.json.error.code).toBe(code);
    expect(answer.json.error.message.length).toBeGreaterThan(5);
    expect(answer.json.request).toBe(answer.headers.get('x-request-id'));
    if (column !== undefined) expect(answer.json.error.problems[0].column).toBe(column);
    if (each.row !== undefined) expect(answer.json.error.problems[0].row).toBe(each.row);
    if (code === 'serve-row-invalid') expect(answer.text.length).toBeLessThan(5000);
    if (secret !== undefined) expect(answer.text).not.toContain(secret);
    // Nothing of the inside: no stack, no path, no name of a package.
    expect(answer.text).not.toMatch(/node_modules|\.ts\b|onnx|ajv|at \w+ \(/i);
  });

  it('S11: says of every failure that a version gave which version it was', async () => {
    const answer = await server.post(row({ a: 'x' }));
    expect(answer.json).toMatchObject({
      model: 'sum',
      version: 'v1.0.0',
      run: '20261121-100000-aaaaaaaa',
      commit: 'f'.repeat(40),
    });
    expect(answer.headers.get('x-trainyard-model-version')).toBe('v1.0.0');
  });

  it('names what is possible when a method is not', async () => {
    const answer = await server.get('/predict/sum');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
  });

  it('takes a byte order mark, other names of JSON, and no name at all', async () => {
    for (const type of [
      'application/json;charset=UTF-8',
      'application/vnd.api+json',
      'application/x-www-form-urlencoded',
    ]) {
      const answer = await server.post(`\ufeff${row({})}`, { headers: { 'content-type': type } });
      expect(answer.json.prediction).toEqual({ value: 3.5 });
    }
  });
});
