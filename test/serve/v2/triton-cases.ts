import { expect } from 'vitest';
import type { Answer, ProtocolServer } from './protocol-server.ts';
import { tensor } from './protocol-server.ts';
import type { PublicCase } from './public-case.ts';
import { inFile } from './public-case.ts';

/**
 * Triton's suite of its HTTP endpoint, `qa/L0_http` in triton-inference-server/server, told in our words. Where it has
 * identity models, ours sum the columns of a row. The server of these cases serves `wide` (x FP32 [-1, 8]), `text`
 * (x BYTES [-1, 1]), `texts` (x BYTES [-1, 2]), `mixed` (seven inputs) and `busy` (takes one request at a time), and
 * takes bodies up to 64 KiB.
 */
const raw = { 'inference-header-content-length': '0' };

const floats = (count: number): Buffer =>
  Buffer.from(Float32Array.from({ length: count }, (_, i) => i).buffer);

function binaryOf(answer: Answer): Buffer {
  return answer.bytes.subarray(Number(answer.headers.get('inference-header-content-length')));
}

const sums = (answer: Answer): number[] => [...new Float32Array(Uint8Array.from(binaryOf(answer)).buffer)];

const wide = (shape: readonly number[], data: unknown, outputs?: object): string =>
  JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape, data }], ...outputs });

async function refusedWith(answer: Promise<Answer>, status: number, error: RegExp): Promise<void> {
  const { status: found, json } = await answer;
  expect([found, json]).toEqual([status, { error: expect.stringMatching(error) }]);
}

async function stillWorks(server: ProtocolServer): Promise<void> {
  const answer = await server.post('/v2/models/wide/infer', wide([1, 8], [1, 2, 3, 4, 5, 6, 7, 8]));
  expect(answer.json['outputs']).toEqual([{ name: 'value', datatype: 'FP32', shape: [1, 1], data: [36] }]);
}

const nested = (depth: number, value: string): string => `${'['.repeat(depth)}${value}${']'.repeat(depth)}`;

async function answersDepth(
  server: ProtocolServer,
  column: string,
  datatype: string,
  value: string,
): Promise<void> {
  const others = datatype === 'BYTES' ? [] : [1, 2, 3, 4, 5, 6, 7].map((i) => tensor(`c${i}`, 'INT64', 0));
  const rest = others.map((other) => `,${JSON.stringify(other)}`).join('');
  const body = (depth: number): string =>
    `{"inputs":[{"name":"${column}","datatype":"${datatype}","shape":[1,1],"data":${nested(depth, value)}}${rest}]}`;
  const model = datatype === 'BYTES' ? 'text' : 'wide';
  expect((await server.post(`/v2/models/${model}/infer`, body(50))).status).toBe(200);
  await refusedWith(
    server.post(`/v2/models/${model}/infer`, body(120)),
    400,
    /nested deeper than the limit of 100/,
  );
}

const both = (outputs?: object, parameters?: object): object => ({
  inputs: [
    tensor('age', 'INT32', 50),
    tensor('colour', 'BYTES', 'red'),
    tensor('visits', 'INT32', 0),
    tensor('smoker', 'BOOL', false),
  ],
  ...(outputs === undefined ? {} : { outputs }),
  ...(parameters === undefined ? {} : { parameters }),
});

/** Which of label and probabilities come as bytes. */
async function binaryOutputs(server: ProtocolServer, body: object): Promise<boolean[]> {
  const answer = await server.post('/v2/models/mixed/infer', body);
  expect(answer.status).toBe(200);
  const outputs = answer.json['outputs'] as { data?: unknown; parameters?: { binary_data_size?: number } }[];
  const sizes = outputs.map(({ parameters }) => parameters?.binary_data_size ?? 0);
  const isBinary = outputs.map(({ data }) => data === undefined);
  if (isBinary.includes(true)) expect(binaryOf(answer)).toHaveLength(sizes.reduce((a, b) => a + b));
  return isBinary;
}

const http: readonly PublicCase[] = inFile('http_test.py', [
  {
    name: 'raw binary',
    run: async (server) => {
      const answer = await server.post('/v2/models/wide/infer', floats(8), raw);
      expect(answer.status).toBe(200);
      expect(sums(answer)).toEqual([28]);
    },
  },
  {
    name: 'raw binary, more of it',
    run: async (server) =>
      expect(sums(await server.post('/v2/models/wide/infer', floats(32), raw))).toEqual([28, 92, 156, 220]),
  },
  {
    name: 'raw text of one element',
    run: async (server) =>
      expect(sums(await server.post('/v2/models/text/infer', '427', raw))).toEqual([427]),
  },
  {
    name: 'raw text for more than one element',
    run: (server) => refusedWith(server.post('/v2/models/texts/infer', '427', raw), 400, /a row has 2/),
  },
  {
    name: 'raw binary for several free dimensions',
    without: 'every input of a model here has one free dimension, the rows',
  },
  {
    name: 'raw binary for several inputs',
    run: (server) =>
      refusedWith(server.post('/v2/models/mixed/infer', floats(24), raw), 400, /1 input, the model has 7/),
  },
  {
    name: 'chunked transfer',
    run: async (server) => {
      const body = new ReadableStream({
        start(controller) {
          for (let i = 0; i < 8; i++)
            controller.enqueue(new Uint8Array(floats(8).subarray(4 * i, 4 * i + 4)));
          controller.close();
        },
      });
      const init = { method: 'POST', body, headers: raw, duplex: 'half' } as RequestInit;
      const answer = await fetch(`${server.url}/v2/models/wide/infer`, init);
      expect(answer.status).toBe(200);
    },
  },
  { name: 'headers that the client refuses', without: 'it tests the Python client, not a server' },
  {
    name: 'a full queue',
    run: async (server) => {
      const ask = (): Promise<Answer> =>
        server.post('/v2/models/busy/infer', wide([1, 8], [1, 2, 3, 4, 5, 6, 7, 8]));
      const answers = await Promise.all(Array.from({ length: 8 }, ask));
      const statuses = answers.map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200, 503]));
      const full = answers.find(({ status }) => status === 503)!;
      expect(full.json).toEqual({ error: expect.any(String) });
    },
  },
  {
    name: 'shapes whose product overflows',
    run: async (server) => {
      for (const shape of ['[16,1152921504606846978]', '[4,1152921504606846978]']) {
        const body = wide([1, 8], [1]).replace('[1,8]', shape);
        await refusedWith(server.post('/v2/models/wide/infer', body), 400, /input x: .*shape/);
      }
    },
  },
  {
    name: 'negative dimensions',
    differs: 'Triton answers 500; the request is at fault, so that it is 400 here',
    run: (server) =>
      refusedWith(server.post('/v2/models/wide/infer', wide([2, -5], [1])), 400, /input x: .*shape/),
  },
  {
    name: 'a model file that is too large, in a request to load',
    run: async (server) => {
      const parameters = { config: '{"backend":"onnxruntime"}', 'file:1/model.onnx': 'QUFB'.repeat(30_000) };
      await refusedWith(server.post('/v2/repository/models/wide/load', { parameters }), 413, /larger than/);
    },
  },
  {
    name: 'deep nesting of texts',
    count: 2,
    run: (server) => answersDepth(server, 'x', 'BYTES', '"hello"'),
  },
  {
    name: 'deep nesting of integers',
    count: 2,
    run: (server) => answersDepth(server, 'c0', 'INT64', '123'),
  },
  {
    name: 'an output that is asked for twice',
    run: async (server) => {
      const outputs = { outputs: [{ name: 'value' }, { name: 'value' }] };
      const body = wide([1, 8], [[1, 2, 3, 4, 5, 6, 7, 8]], outputs);
      await refusedWith(server.post('/v2/models/wide/infer', body), 400, /value is asked for twice/);
      expect((await server.get('/v2/health/live')).status).toBe(200);
    },
  },
]);

const rows = 2048;

async function limitHolds(
  server: ProtocolServer,
  body: (rows: number) => [string | Buffer, Record<string, string>],
): Promise<void> {
  await refusedWith(server.post('/v2/models/wide/infer', ...body(rows * 4)), 413, /larger than 65536 bytes/);
  expect((await server.post('/v2/models/wide/infer', ...body(rows / 4))).status).toBe(200);
}

const sizes: readonly PublicCase[] = inFile('http_input_size_limit_test.py', [
  {
    name: 'raw binary just over and under the limit, by default and as set',
    count: 2,
    differs: 'Triton answers 400; HTTP has 413 for it',
    run: (server) => limitHolds(server, (count) => [floats(count * 8), raw]),
  },
  {
    name: 'JSON just over and under the limit, by default and as set',
    count: 2,
    differs: 'Triton answers 400; HTTP has 413 for it',
    run: (server) => limitHolds(server, (count) => [wide([count, 8], new Array(count * 8).fill(1.25)), {}]),
  },
]);

const inPieces = (server: ProtocolServer, path: string, headers = {}): Promise<Answer> => {
  const piece = new Uint8Array([0x41]);
  let left = 2000;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
  const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  return fetch(`${server.url}${path}`, init).then(async (response) => {
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, json: JSON.parse(bytes.toString()) };
  });
};

const noExtension = 'Trainyard has no such extension';

const chunks: readonly PublicCase[] = inFile('http_request_many_chunks.py', [
  {
    name: 'an inference in very many chunks',
    run: (server) =>
      refusedWith(inPieces(server, '/v2/models/mixed/infer', raw), 400, /1 input, the model has 7/),
  },
  {
    name: 'the index in very many chunks',
    run: (server) => refusedWith(inPieces(server, '/v2/repository/index'), 400, /not JSON/),
  },
  {
    name: 'load and unload in very many chunks',
    differs: 'unload is refused with 403 whatever its body',
    run: async (server) => {
      await refusedWith(inPieces(server, '/v2/repository/models/wide/load'), 400, /not JSON/);
      await refusedWith(inPieces(server, '/v2/repository/models/wide/unload'), 403, /Git decides/);
    },
  },
  { name: 'trace settings, logging, shared memory, generate', count: 5, without: noExtension },
]);

const aio: readonly PublicCase[] = inFile('python_http_aio_test.py', [
  {
    name: 'live, ready, model ready',
    count: 3,
    run: async (server) => {
      expect((await server.get('/v2/health/live')).status).toBe(200);
      expect((await server.get('/v2/health/ready')).status).toBe(200);
      expect((await server.get('/v2/models/wide/ready')).status).toBe(200);
      expect((await server.get('/v2/models/none/ready')).status).toBe(404);
    },
  },
  {
    name: 'metadata of the server',
    run: async (server) => expect((await server.get('/v2')).json['name']).toBe('trainyard'),
  },
  {
    name: 'metadata of a model',
    run: async (server) =>
      expect((await server.get('/v2/models/wide')).json).toEqual({
        name: 'wide',
        versions: ['v1.0.0'],
        platform: 'onnxruntime_onnx',
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 8] }],
        outputs: [{ name: 'value', datatype: 'FP32', shape: [-1, 1] }],
      }),
  },
  {
    name: 'configuration of a model',
    run: async (server) => expect((await server.get('/v2/models/wide/config')).json['name']).toBe('wide'),
  },
  {
    name: 'index of the repository',
    run: async (server) => expect((await server.post('/v2/repository/index', '')).json).toHaveLength(5),
  },
  {
    name: 'load and unload where the server decides itself',
    count: 2,
    differs: 'loading is looking again what Git says, so that it is answered with 200',
    run: async (server) => {
      expect((await server.post('/v2/repository/models/wide/load', '')).status).toBe(200);
      await refusedWith(server.post('/v2/repository/models/wide/unload', ''), 403, /Git decides/);
    },
  },
  {
    name: 'statistics',
    run: async (server) => expect((await server.get('/v2/models/stats')).json['model_stats']).toHaveLength(5),
  },
  { name: 'trace settings and shared memory', count: 8, without: noExtension },
]);

const asked = (name: string, binary?: boolean): object =>
  binary === undefined ? { name } : { name, parameters: { binary_data: binary } };

const shell: readonly PublicCase[] = inFile('test.sh', [
  {
    name: 'no parameters, no outputs: JSON',
    run: async (server) => expect(await binaryOutputs(server, both())).toEqual([false, false]),
  },
  {
    name: 'one output binary, one JSON',
    run: async (server) =>
      expect(
        await binaryOutputs(server, both([asked('label', true), asked('probabilities', false)])),
      ).toEqual([true, false]),
  },
  {
    name: 'one output binary, one not said',
    run: async (server) =>
      expect(await binaryOutputs(server, both([asked('label', true), asked('probabilities')]))).toEqual([
        true,
        false,
      ]),
  },
  {
    name: 'all outputs binary',
    run: async (server) =>
      expect(await binaryOutputs(server, both(undefined, { binary_data_output: true }))).toEqual([
        true,
        true,
      ]),
  },
  {
    name: 'all outputs binary but one',
    run: async (server) => {
      const outputs = [asked('label', false), asked('probabilities')];
      expect(await binaryOutputs(server, both(outputs, { binary_data_output: true }))).toEqual([false, true]);
    },
  },
  {
    name: 'fewer values than the shape has',
    run: (server) =>
      refusedWith(
        server.post('/v2/models/wide/infer', wide([1, 8], [1, 2, 3])),
        400,
        /asks for 8 values, data has 3/,
      ),
  },
  {
    name: 'more values than the shape has',
    run: (server) =>
      refusedWith(
        server.post('/v2/models/wide/infer', wide([1, 8], new Array(18).fill(1))),
        400,
        /asks for 8 values, data has more than 8/,
      ),
  },
  { name: 'an answer after all that', run: stillWorks },
  {
    name: 'a path before /v2',
    run: async (server) =>
      expect((await server.post('/base_path/v2/models/wide/infer', wide([1, 8], []))).status).toBe(404),
  },
  {
    name: 'example clients for health, infer, async infer, texts, reused objects',
    count: 5,
    without: 'the client itself is run by `npm run test:protocol`',
  },
  { name: 'example clients for images, sequences, shared memory', count: 7, without: noExtension },
  { name: 'example client for model control', without: 'Git decides what is loaded' },
  { name: 'clients and unit tests in C++', count: 13, without: 'they test the C++ client, not a server' },
]);

export const tritonCases: readonly PublicCase[] = [
  ...http,
  ...sizes,
  {
    file: 'nested_json_crash.py',
    name: 'JSON of 150,000 brackets',
    run: async (server) => {
      const body = `{"inputs":[{"name":"x","shape":[1],"datatype":"INT32","data":${nested(30_000, '1')}}]}`;
      await refusedWith(server.post('/v2/models/wide/infer', body), 400, /input x|nested deeper/);
      const large = `{"inputs":[{"name":"x","shape":[1],"datatype":"INT32","data":${nested(150_000, '1')}}]}`;
      await refusedWith(server.post('/v2/models/wide/infer', large), 413, /larger than/);
      await stillWorks(server);
    },
  },
  ...chunks,
  ...aio,
  ...shell,
  {
    file: 'http_restricted_api_test.py',
    name: 'groups of calls behind a header',
    count: 3,
    without: 'access is by keys, tokens and permissions here, which has tests of its own',
  },
  {
    file: 'http_basic_auth_test.py',
    name: 'basic authentication',
    count: 2,
    without: 'it tests the client and nginx',
  },
  {
    file: 'http_client_plugin_test.py',
    name: 'plugins of the client',
    count: 4,
    without: 'it tests the client',
  },
  {
    file: 'generate_endpoint_test.py',
    name: 'generate',
    count: 13,
    without: 'models here do not generate text',
  },
  { file: 'generate_error_status_test.py', name: 'generate', without: 'models here do not generate text' },
  { file: 'llm_test.py', name: 'generate', count: 11, without: 'models here do not generate text' },
];
