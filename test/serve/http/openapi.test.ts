import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../../src/serve/access/open-access.ts';
import type { Served } from './rig.ts';
import { goodRow, served } from './rig.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>>; readonly headers?: object }>
  >;
}

interface Content {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes?: object;
  };
  readonly security?: readonly object[];
}

describe('the OpenAPI document', () => {
  let server: Served;
  let document: Document;
  let ajv: Ajv2020;
  beforeAll(async () => {
    server = await served();
    document = (await server.get('/openapi.json')).json;
    ajv = new Ajv2020({ strict: false, allErrors: true, formats: { date: true } });
    ajv.addSchema({ ...document, $id: 'api' });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** A check of a part of the document by its JSON pointer. */
  const checkOf = (...path: readonly string[]): ((value: unknown) => void) => {
    const pointer = path
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.compile({ $ref: `api#/${pointer}` });
    return (value) => expect([validate(value), validate.errors]).toEqual([true, null]);
  };

  it('S1: is valid by the official schema of OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect(result).toMatchObject({ valid: true });
  });

  it('has names for operations that are unique, and schemas for every status with a body', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, responses } of operations) {
      for (const status of ['400', '405', '408', '431', '500', '503', '504'])
        expect([operationId, responses[status]]).not.toEqual([operationId, undefined]);
      for (const { content = {} } of Object.values(responses))
        for (const { schema } of Object.values(content))
          expect(() => ajv.compile({ ...schema, $id: undefined } as object)).toBeDefined();
    }
  });

  it('describes every route that answers, and only those', async () => {
    const paths = Object.keys(document.paths);
    for (const path of [
      '/predict/sum',
      '/predict/sum/versions/v1.0.0',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/openapi.json',
      '/docs',
    ])
      expect(paths).toContain(path);
    expect(paths.some((path) => path.startsWith('/v2'))).toBe(true);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const { status } = await server.post('', {
          method: method.toUpperCase(),
          path: path.replaceAll(/\{.*?\}/g, 'x'),
          ...(method === 'get' ? { body: null } : {}),
        });
        const isThere = document.paths[path]![method]!.responses[String(status)] !== undefined;
        expect([method, path, status, isThere]).toEqual([method, path, status, true]);
        expect(status).not.toBe(405);
      }
    }
  });

  it('S1: gives the schema of rows that the server checks by, and examples that it answers', async () => {
    const content = document.paths['/predict/sum']!['post']!.requestBody!.content['application/json']!;
    const checkRequest = checkOf(
      'paths',
      '/predict/sum',
      'post',
      'requestBody',
      'content',
      'application/json',
      'schema',
    );
    const checkAnswer = checkOf('components', 'schemas', 'sum.answer');
    const checkFailure = checkOf('components', 'schemas', 'Failure');
    const examples = Object.values(content.examples ?? {});
    expect(examples.length).toBeGreaterThan(0);
    for (const { value } of examples) {
      checkRequest(value);
      const answer = await server.post(JSON.stringify(value));
      expect(answer.status).toBe(200);
      checkAnswer(answer.json);
      checkAnswer((await server.post(JSON.stringify([value, value]))).json);
    }
    checkFailure((await server.post('{}')).json);
    checkFailure((await server.post('{')).json);
    checkFailure((await server.get('/nothing')).json);
    expect(ajv.validate({ $ref: 'api#/components/schemas/sum.row' }, { ...goodRow, other: 1 })).toBe(false);
  });

  it('says how callers prove who they are when they have to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-openapi-'));
    const file = join(folder, 'access.yaml');
    await writeFile(file, 'version: 1\nopen: [docs]\n');
    const access = await openAccess({ file });
    if (!access.ok) throw new Error('no access');
    await using control = access.value;
    await using closed = await served({ access: control });
    const described: Document = (await closed.get('/openapi.json')).json;
    expect((await new Validator().validate(JSON.parse(JSON.stringify(described)))).valid).toBe(true);
    expect(described.security).toEqual([{ bearer: [] }, { key: [] }]);
    const { responses } = described.paths['/predict/sum']!['post']!;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '429']));
    expect(described.paths['/health/live']!['get']!.security).toEqual([]);
    expect((await closed.get('/docs')).text).toContain('authorization: Bearer');
    await rm(folder, { recursive: true });
  });
});

describe('the page', () => {
  it('S1: leads from / to what is served, with every column and a command, and loads nothing from elsewhere', async () => {
    await using server = await served();
    const home = await server.get('/');
    expect([home.status, home.headers.get('location')]).toEqual([302, '/docs']);
    const { text, headers } = await server.get('/docs');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const name of [
      'free',
      'kind',
      'one of red, green',
      'at least 2 characters',
      '20261121-100000-aaaaaaaa',
      'f'.repeat(40),
    ])
      expect(text).toContain(name);
    expect(text).toContain(`curl http://127.0.0.1:${server.port}/predict/sum`);
    expect(text).toContain('A &#60;b&#62;number&#60;/b&#62;');
    expect(text).not.toContain('<b>');
    expect(text.match(/(?:src|href|action)="[^"]*"/g)?.filter((link) => /\/\//.test(link))).toEqual([]);
  });
});
