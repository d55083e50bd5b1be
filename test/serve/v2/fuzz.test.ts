import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedModel, sumModel, textModel } from './protocol-models.ts';
import type { Answer, ProtocolServer } from './protocol-server.ts';
import { bytesOf, startProtocol } from './protocol-server.ts';

let server: ProtocolServer;

beforeAll(async () => {
  server = await startProtocol({
    models: [
      await sumModel('sum', { width: 2 }),
      await textModel('texts', ['1'], 2),
      await mixedModel('mixed'),
    ],
    limits: { maxBytes: 65_536, maxRows: 100 },
  });
});

afterAll(() => server[Symbol.asyncDispose]());

const runs = { numRuns: 60 };

/** Of this thread: others run tests beside it. */
function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function expectAnswer(answer: Answer): void {
  expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(500);
  if (answer.status === 200) expect(answer.json['outputs']).toBeInstanceOf(Array);
  else expect(answer.json).toEqual({ error: expect.any(String) });
}

const names = fc.constantFrom(
  'x',
  'c0',
  'c1',
  'age',
  'weight',
  'colour',
  'note',
  'seen',
  '__proto__',
  'constructor',
  '',
);
const datatypes = fc.constantFrom(
  'FP64',
  'FP32',
  'INT64',
  'INT32',
  'UINT8',
  'UINT64',
  'BOOL',
  'BYTES',
  'FP16',
);
const dimension = fc.oneof(
  fc.nat({ max: 4 }),
  fc.constantFrom(-1, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1.5, 1e308),
);
const shapes = fc.oneof(fc.array(dimension, { maxLength: 3 }), fc.jsonValue());
const sizes = fc.oneof(
  fc.nat({ max: 40 }),
  fc.constantFrom(-1, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 1.5),
  fc.jsonValue(),
);
const scalar = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue(),
);
const parameters = fc.oneof(
  fc.constant({}),
  fc.record(
    { binary_data_size: sizes, binary_data: fc.boolean(), classification: fc.nat() },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const input = fc.record(
  { name: names, datatype: datatypes, shape: shapes, data: fc.array(scalar, { maxLength: 8 }), parameters },
  { requiredKeys: ['name', 'datatype', 'shape'] },
);
const request = fc.record(
  {
    id: fc.oneof(fc.string(), fc.jsonValue()),
    inputs: fc.oneof(fc.array(input, { maxLength: 4 }), fc.jsonValue()),
    outputs: fc.oneof(
      fc.array(fc.record({ name: fc.constantFrom('value', 'label', 'probabilities'), parameters })),
      fc.jsonValue(),
    ),
    parameters,
  },
  { requiredKeys: ['inputs'] },
);
const models = fc.constantFrom('sum', 'texts', 'mixed');

describe('S11: whatever comes, an inference request', () => {
  it('of any JSON is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.oneof(request, fc.jsonValue()), async (model, body) => {
        expectAnswer(await server.post(`/v2/models/${model}/infer`, JSON.stringify(body)));
      }),
      runs,
    );
  });

  it('of any bytes is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        models,
        fc.uint8Array({ maxLength: 200 }),
        fc.oneof(
          fc.nat({ max: 250 }).map(String),
          fc.string({ unit: fc.constantFrom(...'0123456789-+e. ') }),
        ),
        async (model, bytes, length) => {
          const headers = { 'inference-header-content-length': length };
          expectAnswer(await server.post(`/v2/models/${model}/infer`, Buffer.from(bytes), headers));
        },
      ),
      runs,
    );
  });

  it('whose JSON and bytes disagree is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(models, request, fc.uint8Array({ maxLength: 64 }), async (model, body, bytes) => {
        const json = Buffer.from(JSON.stringify(body));
        const headers = { 'inference-header-content-length': String(json.length) };
        expectAnswer(await server.post(`/v2/models/${model}/infer`, Buffer.concat([json, bytes]), headers));
      }),
      runs,
    );
  });

  it('whose texts have any lengths is answered or refused', async () => {
    const texts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 6 });
    const damage = fc.option(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 255 })));
    await fc.assert(
      fc.asyncProperty(texts, fc.nat({ max: 3 }), damage, async (list, rows, broken) => {
        const bytes = bytesOf(...list.map((text) => Buffer.from(text)));
        if (broken !== null && bytes.length > 0) bytes[broken[0] % bytes.length] = broken[1];
        const json = Buffer.from(
          JSON.stringify({
            inputs: [
              {
                name: 'x',
                datatype: 'BYTES',
                shape: [rows, 2],
                parameters: { binary_data_size: bytes.length },
              },
            ],
          }),
        );
        const headers = { 'inference-header-content-length': String(json.length) };
        expectAnswer(await server.post('/v2/models/texts/infer', Buffer.concat([json, bytes]), headers));
      }),
      runs,
    );
  });

  it('says the same in JSON and in bytes', async () => {
    const rows = fc.array(
      fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.float({ noNaN: true })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        const values = list.flat().map((value) => (Number.isFinite(value) ? value : 0));
        const input = { name: 'x', datatype: 'FP64', shape: [list.length, 2] };
        const asJson = await server.post('/v2/models/sum/infer', { inputs: [{ ...input, data: values }] });
        const raw = { 'inference-header-content-length': '0' };
        const bytes = Buffer.from(Float64Array.from(values).buffer);
        const asBytes = await server.post('/v2/models/sum/infer', bytes, raw);
        expect(asBytes.status).toBe(asJson.status);
        if (asJson.status !== 200) return;
        const [output] = asJson.json['outputs'] as [{ data: number[] }];
        const header = Number(asBytes.headers.get('inference-header-content-length'));
        const sums = new Float64Array(Uint8Array.from(asBytes.bytes.subarray(header)).buffer);
        expect([...sums].map((value) => value + 0)).toEqual(output.data.map((value) => value + 0));
      }),
      { numRuns: 40 },
    );
  });

  it('takes no memory for what its shapes and sizes only claim', async () => {
    const before = memory();
    const claims = [
      { datatype: 'BYTES', shape: [2 ** 31, 2], parameters: { binary_data_size: 2 ** 33 } },
      { datatype: 'FP64', shape: [2 ** 40, 2], parameters: { binary_data_size: 2 ** 45 } },
      { datatype: 'BOOL', shape: [4e9, 2], data: [true] },
    ];
    for (let round = 0; round < 20; round++) {
      for (const claim of claims) {
        const body = { inputs: [{ name: 'x', ...claim }] };
        expect((await server.post('/v2/models/sum/infer', body)).status).toBeGreaterThanOrEqual(400);
      }
    }
    expect(memory() - before).toBeLessThan(200 * 2 ** 20);
  });
});
