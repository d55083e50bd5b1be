import { expect } from 'vitest';
import type { PublicCase } from './public-case.ts';
import { inFile } from './public-case.ts';

/**
 * MLServer's suite of its REST endpoint, `tests/rest` in SeldonIO/MLServer, told in our words, against the server of
 * the cases of Triton. Its model sums, as `wide` does.
 */
const body = {
  id: 'a-request',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 8], data: [1, 2, 3, 0, 0, 0, 0, 0] }],
};
const paths = ['/v2/models/wide', '/v2/models/wide/versions/v1.0.0'];

const ofText = 'models here do not generate text';
const ofPython = 'it tests a class of its Python code';
const ownCode = 'a model here is an ONNX file, which brings no routes of its own';

const endpoints: readonly PublicCase[] = inFile('test_endpoints.py', [
  {
    name: 'live',
    run: async (server) => expect((await server.get('/v2/health/live')).status).toBe(200),
  },
  {
    name: 'ready',
    run: async (server) => expect((await server.get('/v2/health/ready')).status).toBe(200),
  },
  {
    name: 'ready, a version of a model',
    run: async (server) => {
      const answer = await server.get('/v2/models/wide/versions/v1.0.0/ready');
      expect([answer.status, answer.json]).toEqual([200, { name: 'wide', ready: true }]);
    },
  },
  {
    name: 'metadata of the server',
    differs: 'there are extensions',
    run: async (server) => {
      const { json } = await server.get('/v2');
      expect(json).toEqual({
        name: 'trainyard',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        extensions: expect.arrayContaining(['binary_tensor_data', 'model_repository']),
      });
    },
  },
  {
    name: 'a page and a description of the API',
    count: 2,
    differs: 'they are at /docs and /openapi.json, and say something of every model at once',
    run: async (server) => {
      const page = await fetch(`${server.url}/docs`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('html')]);
      expect((await server.get('/openapi.json')).json).toHaveProperty('openapi');
    },
  },
  {
    name: 'a page and a description of the API for a model, and for a version',
    count: 4,
    without: 'one page and one description say everything',
  },
  {
    name: 'metadata of a model',
    run: async (server) => {
      for (const path of paths) {
        const { json } = await server.get(path);
        expect(json).toMatchObject({ name: 'wide', versions: ['v1.0.0'], inputs: [{ name: 'x' }] });
      }
    },
  },
  {
    name: 'an inference, of a model and of a version',
    count: 2,
    run: async (server) => {
      for (const path of paths) {
        const { json } = await server.post(`${path}/infer`, body);
        expect(json['outputs']).toEqual([{ name: 'value', datatype: 'FP32', shape: [1, 1], data: [6] }]);
      }
    },
  },
  { name: 'generate, and streams of answers', count: 4, without: ofText },
  {
    name: 'headers of a request come back, with those of CloudEvents',
    without: 'the name of the request comes back alone; events go to the prediction log',
  },
  {
    name: 'an inference of a model that is not there',
    run: async (server) => {
      const answer = await server.post('/v2/models/my-model/versions/v0/infer', body);
      expect([answer.status, answer.json['error']]).toEqual([
        404,
        expect.stringContaining('No model of this name'),
      ]);
    },
  },
  { name: 'generate of a model that is not there', without: ofText },
  {
    name: 'index of the repository',
    run: async (server) => {
      const { json } = await server.post('/v2/repository/index', {});
      expect(json).toContainEqual({ name: 'wide', version: 'v1.0.0', state: 'READY', reason: '' });
      expect((await server.post('/v2/repository/index', { ready: true })).json).toHaveLength(5);
    },
  },
  { name: 'unload', without: 'Git decides what is served; a request to unload is refused with 403' },
  {
    name: 'load',
    run: async (server) => {
      expect((await server.post('/v2/repository/models/wide/load', '')).status).toBe(200);
      expect((await server.get('/v2/models/wide')).status).toBe(200);
    },
  },
  {
    name: 'load of a model that is not there',
    run: async (server) => {
      const answer = await server.post('/v2/repository/models/my-model/load', '');
      expect([answer.status, answer.json['error']]).toEqual([
        404,
        expect.stringContaining('No model of this name'),
      ]);
    },
  },
  {
    name: 'a datatype that is none',
    differs: 'MLServer answers 422, Triton and we 400',
    run: async (server) => {
      const [input] = body.inputs;
      const answer = await server.post('/v2/models/wide/infer', { inputs: [{ ...input, datatype: 'NP' }] });
      expect([answer.status, answer.json['error']]).toEqual([400, expect.stringContaining('FP64')]);
    },
  },
]);

export const mlserverCases: readonly PublicCase[] = [
  ...endpoints,
  {
    file: 'test_codecs.py',
    name: 'numbers in an answer',
    run: async (server) => {
      const [input] = body.inputs;
      const { json } = await server.post('/v2/models/wide/infer', {
        inputs: [{ ...input, data: [21, 0, 0, 0, 0, 0, 0, 0] }],
      });
      expect(json['outputs']).toMatchObject([{ data: [21] }]);
    },
  },
  {
    file: 'test_codecs.py',
    name: 'texts in an answer',
    run: async (server) => {
      const inputs = Object.entries({ age: 50, colour: 'red', visits: 1, smoker: true }).map(
        ([name, value]) => ({
          name,
          datatype: typeof value === 'number' ? 'FP64' : typeof value === 'string' ? 'BYTES' : 'BOOL',
          shape: [1],
          data: [value],
        }),
      );
      const { json } = await server.post('/v2/models/mixed/infer', { inputs, outputs: [{ name: 'label' }] });
      expect(json['outputs']).toEqual([{ name: 'label', datatype: 'BYTES', shape: [1], data: ['yes'] }]);
    },
  },
  {
    file: 'test_codecs.py',
    name: 'bytes that are no text, plain and in Base64',
    count: 2,
    without: 'a text is UTF-8 here; classes and columns are never bytes',
  },
  { file: 'test_custom.py', name: 'a handler of a model', without: ownCode },
  {
    file: 'test_custom.py',
    name: 'compressed answers',
    run: async (server) => {
      const inputs = [{ name: 'x', datatype: 'FP32', shape: [2500, 8], data: new Array(20_000).fill(1) }];
      const init = {
        method: 'POST',
        body: JSON.stringify({ inputs }),
        headers: { 'accept-encoding': 'gzip' },
      };
      const answer = await fetch(`${server.url}/v2/models/wide/infer`, init);
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(await answer.json()).toHaveProperty('outputs');
    },
  },
  { file: 'test_openapi.py', name: 'descriptions of the API as values', count: 3, without: ofPython },
  { file: 'test_responses.py', name: 'server-sent events', without: ofText },
  { file: 'test_server.py', name: 'handlers of a model', count: 2, without: ownCode },
  { file: 'test_utils.py', name: 'status of readiness', count: 2, without: ofPython },
];
