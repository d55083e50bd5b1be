import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedModel, sumModel } from './protocol-models.ts';
import type { ProtocolServer } from './protocol-server.ts';
import { startProtocol, tensor } from './protocol-server.ts';

let server: ProtocolServer;
let looks = 0;

beforeAll(async () => {
  server = await startProtocol({
    models: [await mixedModel('mixed'), await sumModel('sum', { width: 2 })],
    limits: { maxBytes: 100_000 },
    repository: {
      look: async () => {
        looks++;
      },
    },
  });
});

afterAll(() => server[Symbol.asyncDispose]());

const body = { inputs: [{ name: 'x', datatype: 'FP64', shape: [1, 2], data: [1, 2] }] };

describe('S1: metadata', () => {
  it('tells of the server, its health and its models', async () => {
    expect((await server.get('/v2')).json).toMatchObject({
      name: 'trainyard',
      extensions: expect.any(Array),
    });
    expect((await server.get('/v2/')).status).toBe(200);
    expect((await server.get('/v2/health/live')).json).toEqual({ live: true });
    expect((await server.get('/v2/health/ready')).json).toEqual({ ready: true });
    expect((await server.get('/v2/models')).json).toEqual({ models: ['mixed', 'sum'] });
  });

  it('tells the tensors of a model as its graph has them, and what its classes are', async () => {
    for (const path of ['/v2/models/mixed', '/v2/models/mixed/versions/v1.0.0']) {
      const { json } = await server.get(path);
      expect(json).toMatchObject({ name: 'mixed', versions: ['v1.0.0'], platform: 'onnxruntime_onnx' });
      const inputs = json['inputs'] as { name: string; datatype: string }[];
      expect(inputs.map(({ name, datatype }) => [name, datatype])).toEqual([
        ['age', 'FP64'],
        ['weight', 'FP32'],
        ['colour', 'BYTES'],
        ['visits', 'INT64'],
        ['smoker', 'BOOL'],
        ['seen', 'FP64'],
        ['note', 'BYTES'],
      ]);
      expect(json['outputs']).toEqual([
        { name: 'label', datatype: 'BYTES', shape: [-1] },
        { name: 'probabilities', datatype: 'FP64', shape: [-1, 2], parameters: { classes: '["no","yes"]' } },
      ]);
    }
  });

  it('tells the configuration in the words of Triton', async () => {
    expect((await server.get('/v2/models/sum/config')).json).toMatchObject({
      name: 'sum',
      backend: 'onnxruntime',
      input: [{ name: 'x', data_type: 'TYPE_FP64', dims: [-1, 2] }],
    });
  });

  it('of what is not served is a 404 with an error', async () => {
    for (const path of ['', '/ready', '/config', '/stats', '/versions/v1', '/versions/v1/ready']) {
      const answer = await server.get(`/v2/models/none${path}`);
      expect([answer.status, answer.json]).toEqual([
        404,
        { error: 'No model of this name is served here; /docs lists those that are' },
      ]);
      const version = await server.get(`/v2/models/sum/versions/v9${path.replace('/versions/v1', '')}`);
      expect([version.status, version.json]).toEqual([
        404,
        { error: 'No version of this name of sum is served here; /docs lists those that are' },
      ]);
    }
    const nowhere = await server.get('/v2/nowhere');
    expect([nowhere.status, nowhere.json]).toEqual([404, { error: expect.any(String) }]);
    const method = await server.get('/v2/models/sum/infer');
    expect([method.status, method.json]).toEqual([405, { error: expect.any(String) }]);
  });
});

describe('M3: statistics', () => {
  it('count requests and rows, good and bad, by version', async () => {
    const before = (await server.get('/v2/models/sum/stats')).json['model_stats'] as Record<string, number>[];
    const two = { inputs: [{ name: 'x', datatype: 'FP64', shape: [2, 2], data: [1, 2, 3, 4] }] };
    await server.post('/v2/models/sum/infer', two);
    await server.post('/v2/models/sum/infer', { inputs: [tensor('c0', 'FP64', 1)] });
    const after = (await server.get('/v2/models/sum/versions/v1.0.0/stats')).json['model_stats'] as Record<
      string,
      number
    >[];
    expect(after[0]!['inference_count']! - before[0]!['inference_count']!).toBe(2);
    expect(after[0]).toMatchObject({
      name: 'sum',
      version: 'v1.0.0',
      execution_count: expect.any(Number),
      last_inference: expect.any(Number),
      inference_stats: { success: { count: 1 }, fail: { count: 1 } },
      batch_stats: [{ batch_size: 2 }],
    });
    expect((await server.get('/v2/models/stats')).json['model_stats']).toHaveLength(2);
  });
});

describe('S7: the repository', () => {
  it('lists what is loaded', async () => {
    const index = [
      { name: 'mixed', version: 'v1.0.0', state: 'READY', reason: '' },
      { name: 'sum', version: 'v1.0.0', state: 'READY', reason: '' },
    ];
    expect((await server.post('/v2/repository/index', '')).json).toEqual(index);
    expect((await server.post('/v2/repository/index', { ready: true })).json).toEqual(index);
    expect((await server.post('/v2/repository/index', { ready: 1 })).status).toBe(400);
  });

  it('loads by looking again what Git says, and nothing else', async () => {
    const before = looks;
    expect((await server.post('/v2/repository/models/sum/load', '')).json).toEqual({});
    expect(looks).toBe(before + 1);
    expect((await server.post('/v2/repository/models/none/load', '')).status).toBe(404);
    const other = await server.post('/v2/repository/models/sum/load', { parameters: { config: '{}' } });
    expect([other.status, other.json]).toEqual([403, { error: expect.stringContaining('Git decides') }]);
    expect(looks).toBe(before + 2);
  });

  it('unloads nothing', async () => {
    const answer = await server.post('/v2/repository/models/sum/unload', '');
    expect([answer.status, answer.json]).toEqual([403, { error: expect.stringContaining('Git decides') }]);
    expect((await server.post('/v2/repository/models/none/unload', '')).status).toBe(404);
    expect((await server.post('/v2/models/sum/infer', body)).status).toBe(200);
  });
});

describe('S11: compressed requests', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('in %s are unpacked', async (encoding, pack) => {
    const packed = pack(JSON.stringify(body));
    const answer = await server.post('/v2/models/sum/infer', packed, { 'content-encoding': encoding });
    expect(answer.json['outputs']).toMatchObject([{ data: [3] }]);
  });

  it('that become too large are refused before they are', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const answer = await server.post('/v2/models/sum/infer', bomb, { 'content-encoding': 'gzip' });
    expect([answer.status, answer.json['error']]).toEqual([413, expect.stringContaining('100000 bytes')]);
  });

  it('that are none, and encodings that nobody speaks, are refused', async () => {
    const bad = await server.post('/v2/models/sum/infer', body, { 'content-encoding': 'gzip' });
    expect([bad.status, bad.json]).toEqual([400, { error: expect.stringContaining('gzip') }]);
    const unknown = await server.post('/v2/models/sum/infer', body, { 'content-encoding': 'br' });
    expect([unknown.status, unknown.json]).toEqual([415, { error: expect.stringContaining('gzip') }]);
  });

  it('large answers are compressed for whoever takes it, with the length of their JSON before that', async () => {
    const rows = 800;
    const many = {
      inputs: [{ name: 'x', datatype: 'FP64', shape: [rows, 2], data: new Array(rows * 2).fill(1) }],
      parameters: { binary_data_output: true },
    };
    const answer = await server.post('/v2/models/sum/infer', many, { 'accept-encoding': 'gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const header = Number(answer.headers.get('inference-header-content-length'));
    expect(answer.bytes.length - header).toBe(rows * 8);
    expect(gunzipSync(gzipSync(answer.bytes))).toEqual(answer.bytes);
    const refused = await server.post('/v2/models/sum/infer', many, { 'accept-encoding': 'gzip;q=0' });
    expect(refused.headers.get('content-encoding')).toBeNull();
  });
});
