import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedModel, sumModel, textModel } from './protocol-models.ts';
import type { Answer, ProtocolServer } from './protocol-server.ts';
import { binaryBody, bytesOf, startProtocol, tensor } from './protocol-server.ts';

let server: ProtocolServer;

beforeAll(async () => {
  server = await startProtocol({
    models: [
      await mixedModel('mixed'),
      await sumModel('sum', { width: 3 }),
      await sumModel('sum32', { width: 2, type: 'float' }),
      await textModel('text', ['1', '427'], 1),
    ],
  });
});

afterAll(() => server[Symbol.asyncDispose]());

/** The tensors of two good rows. */
const good = {
  age: tensor('age', 'FP64', 63, 41),
  weight: tensor('weight', 'FP32', 70.5, null),
  colour: tensor('colour', 'BYTES', 'red', 'bleu'),
  visits: tensor('visits', 'INT64', 0, 1),
  smoker: tensor('smoker', 'BOOL', true, false),
  seen: tensor('seen', 'BYTES', '2026-01-15', null),
};

const goodRows = [
  { age: 63, weight: 70.5, colour: 'red', visits: 0, smoker: true, seen: '2026-01-15' },
  { age: 41, colour: 'bleu', visits: 1, smoker: false },
];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const expected = [sigmoid(1.3 + 0.705 + 1 + 0 + 1), sigmoid(-0.9 - 1 + 1)];

function infer(inputs: object, more: object = {}): Promise<Answer> {
  return server.post('/v2/models/mixed/infer', { inputs: Object.values(inputs), ...more });
}

function output(answer: Answer, name: string): { data: unknown[]; shape: number[]; datatype: string } {
  const outputs = answer.json['outputs'] as {
    name: string;
    data: unknown[];
    shape: number[];
    datatype: string;
  }[];
  return outputs.find((each) => each.name === name)!;
}

describe('S1: an inference request', () => {
  it('is answered for every type of tensor, with lineage and its id', async () => {
    const answer = await infer(good, { id: 'mine' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.json).toMatchObject({
      model_name: 'mixed',
      model_version: 'v1.0.0',
      id: 'mine',
      parameters: {
        run: '20261121-000000-00000001',
        commit: 'c'.repeat(40),
        request: answer.headers.get('x-request-id'),
      },
    });
    expect(output(answer, 'label')).toEqual({
      name: 'label',
      datatype: 'BYTES',
      shape: [2],
      data: ['yes', 'no'],
    });
    const { data, shape } = output(answer, 'probabilities');
    expect(shape).toEqual([2, 2]);
    expect(data[1]).toBeCloseTo(expected[0]!, 6);
    expect(data[3]).toBeCloseTo(expected[1]!, 12);
  });

  it('without an id gets the name of the request', async () => {
    const answer = await server.post('/v2/models/sum/infer', {
      inputs: ['c0', 'c1', 'c2'].map((name) => tensor(name, 'FP64', 1)),
    });
    expect(answer.status, JSON.stringify(answer.json)).toBe(200);
    expect(answer.json['id']).toBe(answer.headers.get('x-request-id'));
  });

  it('means what the simple way means by the same values', async () => {
    const answer = await infer(good);
    for (const [i, row] of goodRows.entries()) {
      const simple = await server.post('/predict/mixed', row, { 'content-type': 'application/json' });
      const { label, probabilities } = simple.json['prediction'] as {
        label: string;
        probabilities: Record<string, number>;
      };
      expect(output(answer, 'label').data[i]).toBe(label);
      expect(output(answer, 'probabilities').data.slice(2 * i, 2 * i + 2)).toEqual(
        Object.values(probabilities),
      );
    }
  });

  it('may name the version in its path', async () => {
    const body = { inputs: Object.values(good) };
    expect((await server.post('/v2/models/mixed/versions/v1.0.0/infer', body)).status).toBe(200);
    const wrong = await server.post('/v2/models/mixed/versions/v9/infer', body);
    expect([wrong.status, wrong.json]).toEqual([
      404,
      { error: 'No version of this name of mixed is served here; /docs lists those that are' },
    ]);
  });

  it('gets only the outputs that it asks for, in its order', async () => {
    const answer = await infer(good, { outputs: [{ name: 'probabilities' }, { name: 'label' }] });
    expect((answer.json['outputs'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'probabilities',
      'label',
    ]);
    const one = await infer(good, { outputs: [{ name: 'label' }] });
    expect(one.json['outputs']).toHaveLength(1);
    const none = await infer(good, { outputs: [] });
    expect(none.json['outputs']).toHaveLength(2);
  });

  it.each([
    ['flat', [1, 2, 3, 4, 5, 6]],
    [
      'nested',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    ['nested deeper than its shape', [[[1, 2, 3]], [[4, 5, 6]]]],
  ])('takes the data of a matrix %s', async (_, data) => {
    const answer = await server.post('/v2/models/sum/infer', {
      inputs: [{ name: 'x', datatype: 'FP64', shape: [2, 3], data }],
    });
    expect(output(answer, 'value')).toMatchObject({ shape: [2, 1], data: [6, 15] });
  });

  it('takes the columns of a matrix one by one, as [N] and as [N, 1]', async () => {
    const answer = await server.post('/v2/models/sum/infer', {
      inputs: [
        { name: 'c2', datatype: 'INT8', shape: [2], data: [1, 2] },
        { name: 'c0', datatype: 'UINT16', shape: [2, 1], data: [[10], [20]] },
        { name: 'c1', datatype: 'FP32', shape: [2], data: [0.5, 0.5] },
      ],
    });
    expect(output(answer, 'value').data).toEqual([11.5, 22.5]);
  });

  it('takes NaN for a missing number, as the official clients write it, and only there', async () => {
    const [age, weight] = [63, 'NaN'];
    const rest = JSON.stringify([good.colour, good.visits, good.smoker]);
    const body = `{"id":"NaN","inputs":[
      {"name":"age","datatype":"FP64","shape":[2],"data":[${age},41]},
      {"name":"weight","datatype":"FP32","shape":[2],"data":[70.5,${weight}]},${rest.slice(1)}}`;
    const answer = await server.post('/v2/models/mixed/infer', body);
    expect(answer.json['id']).toBe('NaN');
    expect(output(answer, 'probabilities').data[3]).toBeCloseTo(expected[1]!, 12);
    expect((await server.post('/v2/models/mixed/infer', '{"inputs":NaN}')).status).toBe(400);
    expect((await server.post('/v2/models/mixed/infer', '{"inputs":[Infinity]}')).status).toBe(400);
  });

  it('looks for NaN once through a body, also where a string with many quotes never ends', {
    timeout: 20_000,
  }, async () => {
    const body = `{"inputs":NaN,"id":"${'\\"'.repeat(4_000_000)}`;
    for (const ending of ['', '\\']) {
      const answer = await server.post('/v2/models/mixed/infer', body + ending);
      expect(answer.status).toBe(400);
    }
  });

  it('takes times as texts and as milliseconds since 1970', async () => {
    const seen = [Date.UTC(2026, 0, 15), null];
    expect((await infer({ ...good, seen: tensor('seen', 'FP64', ...seen) })).status).toBe(200);
    expect((await infer({ ...good, seen: tensor('seen', 'INT64', ...seen) })).status).toBe(200);
    const noon = await infer({ ...good, seen: tensor('seen', 'FP64', Date.UTC(2026, 0, 15, 12), null) });
    expect(noon.status).toBe(400);
    expect(noon.json['error']).toMatch(/^input seen, row 0: expected /);
  });

  it('may bring columns that the model does not read, and no others', async () => {
    expect((await infer({ ...good, key: tensor('key', 'BYTES', 'a', 'b') })).status).toBe(200);
    const other = await infer({ ...good, nothing: tensor('nothing', 'BYTES', 'a', 'b') });
    expect([other.status, other.json['error']]).toEqual([400, 'The model has no input nothing']);
    expect((await infer({ ...good, __proto__x: tensor('__proto__', 'BYTES', 'a', 'b') })).status).toBe(400);
  });

  it('gets the classes that are most probable as texts where it asks for a classification', async () => {
    const outputs = [{ name: 'probabilities', parameters: { classification: 1 } }];
    const { data, shape, datatype } = output(await infer(good, { outputs }), 'probabilities');
    expect([datatype, shape]).toEqual(['BYTES', [2, 1]]);
    expect(data).toEqual([
      expect.stringMatching(/^0\.98\d+:1:yes$/),
      expect.stringMatching(/^0\.71\d+:0:no$/),
    ]);
    const label = await infer(good, { outputs: [{ name: 'label', parameters: { classification: 1 } }] });
    expect(label.status).toBe(400);
  });
});

describe('S1: binary tensors', () => {
  const binaryInputs = (): [object[], Buffer[]] => {
    const data: [string, string, Buffer][] = [
      ['age', 'FP64', Buffer.from(Float64Array.of(63, 41).buffer)],
      ['weight', 'FP32', Buffer.from(Float32Array.of(70.5, Number.NaN).buffer)],
      ['colour', 'BYTES', bytesOf('red', 'bleu')],
      ['visits', 'INT64', Buffer.from(BigInt64Array.of(0n, 1n).buffer)],
      ['smoker', 'BOOL', Buffer.from([1, 0])],
    ];
    return [
      data.map(([name, datatype, { length }]) => ({
        name,
        datatype,
        shape: [2, 1],
        parameters: { binary_data_size: length },
      })),
      data.map(([, , bytes]) => bytes),
    ];
  };

  it('mean what JSON means, and come back as bytes where that is asked for', async () => {
    const [inputs, bytes] = binaryInputs();
    const outputs = [{ name: 'label', parameters: { binary_data: true } }, { name: 'probabilities' }];
    const answer = await server.post('/v2/models/mixed/infer', ...binaryBody({ inputs, outputs }, ...bytes));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    const header = Number(answer.headers.get('inference-header-content-length'));
    expect(answer.bytes.subarray(header)).toEqual(bytesOf('yes', 'no'));
    expect(output(answer, 'label')).toEqual({
      name: 'label',
      datatype: 'BYTES',
      shape: [2],
      parameters: { binary_data_size: 13 },
    });
    const asJson = await infer(good);
    expect(output(answer, 'probabilities')).toEqual(output(asJson, 'probabilities'));
  });

  it('may be mixed with JSON, in the order of the inputs', async () => {
    const [inputs, bytes] = binaryInputs();
    const mixed = [good.seen, inputs[0]!, good.weight, ...inputs.slice(2)];
    const body = { inputs: mixed, parameters: { binary_data_output: true } };
    const used = [bytes[0]!, ...bytes.slice(2)];
    const answer = await server.post('/v2/models/mixed/infer', ...binaryBody(body, ...used));
    const data = answer.bytes.subarray(Number(answer.headers.get('inference-header-content-length')));
    const numbers = new Float64Array(Uint8Array.from(data.subarray(13)).buffer);
    expect([...numbers]).toEqual(output(await infer(good), 'probabilities').data);
  });

  it('are read wherever they stand, and written in single precision by a model of it', async () => {
    const data = Buffer.from(Float32Array.of(0.1, 0.2, 1, 2).buffer);
    const inputs = [
      { name: 'x', datatype: 'FP32', shape: [2, 2], parameters: { binary_data_size: data.length } },
    ];
    for (const id of ['a', 'ab', 'abc', 'abcd']) {
      const body = { id, inputs, parameters: { binary_data_output: true } };
      const answer = await server.post('/v2/models/sum32/infer', ...binaryBody(body, data));
      const bytes = answer.bytes.subarray(Number(answer.headers.get('inference-header-content-length')));
      const [sum] = Float32Array.of(Math.fround(0.1) + Math.fround(0.2));
      expect([...new Float32Array(Uint8Array.from(bytes).buffer)]).toEqual([sum, 3]);
    }
  });

  const one = (datatype: string, size: unknown, shape = [1, 1], name = 'c0'): object => ({
    inputs: [{ name, datatype, shape, parameters: { binary_data_size: size } }],
  });
  const length = (bytes: number): Buffer => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(bytes);
    return buffer;
  };

  it.each<[string, string, object, Buffer]>([
    ['that break off', 'sum', one('FP64', 8), Buffer.alloc(7)],
    ['that are left over', 'sum', one('FP64', 8), Buffer.alloc(9)],
    ['of a size that the shape does not have', 'sum', one('FP64', 16), Buffer.alloc(16)],
    ['of a size beyond everything', 'sum', one('FP64', 2 ** 53), Buffer.alloc(8)],
    ['of a negative size', 'sum', one('FP64', -8), Buffer.alloc(8)],
    ['of a size that is no number', 'sum', one('FP64', '8'), Buffer.alloc(8)],
    ['with a shape of many rows', 'sum', one('BOOL', 8, [4_000_000_000]), Buffer.alloc(8)],
    ['with a shape beyond everything', 'sum', one('FP64', 8, [2 ** 60]), Buffer.alloc(8)],
    ['with BOOL that are neither 0 nor 1', 'sum', one('BOOL', 1), Buffer.from([2])],
    ['with INT64 beyond 2^53', 'sum', one('INT64', 8), Buffer.from(BigInt64Array.of(2n ** 53n).buffer)],
    ['with UINT64 beyond 2^53', 'sum', one('UINT64', 8), Buffer.alloc(8, 0xff)],
    ['with infinity', 'sum', one('FP64', 8), Buffer.from(Float64Array.of(Number.POSITIVE_INFINITY).buffer)],
    [
      'with a text longer than the body',
      'text',
      one('BYTES', 7, [1, 1], 'x'),
      Buffer.concat([length(4), Buffer.from('abc')]),
    ],
    ['with a text of 4 GiB', 'text', one('BYTES', 4, [1, 1], 'x'), length(0xffff_ffff)],
    ['with less than a length', 'text', one('BYTES', 2, [1, 1], 'x'), Buffer.alloc(2)],
    [
      'with bytes after the texts',
      'text',
      one('BYTES', 9, [1, 1], 'x'),
      Buffer.concat([bytesOf('abcd'), Buffer.alloc(1)]),
    ],
    [
      'with texts that are not UTF-8',
      'text',
      one('BYTES', 6, [1, 1], 'x'),
      bytesOf(Buffer.from([0xff, 0xfe])),
    ],
    ['with texts that hold NUL', 'text', one('BYTES', 7, [1, 1], 'x'), bytesOf('a\0b')],
  ])('%s are refused', async (_, model, json, data) => {
    const answer = await server.post(`/v2/models/${model}/infer`, ...binaryBody(json, data));
    expect(answer.status, JSON.stringify(answer.json)).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json).toEqual({ error: expect.any(String) });
  });

  it.each(['-1', '1e3', '99999999', 'x', '', '0x10', '9'.repeat(400)])(
    'whose JSON is %s bytes long are refused',
    async (size) => {
      const answer = await server.post('/v2/models/sum/infer', '{"inputs":[]}', {
        'inference-header-content-length': size,
      });
      expect(answer.status).toBe(400);
    },
  );
});

describe('S1: a bad request', () => {
  const input = (more: object): object => ({ inputs: [{ ...tensor('c0', 'FP64', 1), ...more }] });

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', '{', /JSON/],
    ['is no object', [1], /object/],
    ['has no inputs', {}, /inputs/],
    ['has an id that is no text', { id: 1, inputs: [] }, /id/],
    ['has parameters that are no object', { parameters: [], inputs: [] }, /parameters/],
    ['has inputs that are no objects', { inputs: [1] }, /inputs\[0\]/],
    ['has an input without a name', { inputs: [{}] }, /inputs\[0\]\.name/],
    ['has an unknown datatype', input({ datatype: 'FP13' }), /input c0: .*datatype/],
    ['has no shape', input({ shape: undefined }), /input c0: .*shape/],
    ['has a negative shape', input({ shape: [-1, 1] }), /input c0: .*shape/],
    ['has a shape with a fraction', input({ shape: [1.5] }), /input c0: .*shape/],
    ['has a shape of three dimensions', input({ shape: [1, 1, 1] }), /input c0: .*shape/],
    ['has a shape of another width', input({ shape: [1, 2], data: [1, 2] }), /input c0: .*\[-1, 1\]/],
    ['has no data', input({ data: undefined }), /input c0 has no data/],
    ['has data that is no array', input({ data: 1 }), /input c0: .*array/],
    ['has too few values', input({ shape: [2, 1] }), /input c0: .*2 values, data has 1/],
    ['has too many values', input({ data: [1, 2] }), /input c0: .*1 values, data has more than 1/],
    [
      'is nested otherwise than its shape',
      {
        inputs: [
          {
            name: 'x',
            datatype: 'FP64',
            shape: [2, 3],
            data: [
              [1, 2],
              [3, 4, 5, 6],
            ],
          },
        ],
      },
      /input x: .*nested/,
    ],
    ['has a text among numbers', input({ data: ['1'] }), /input c0, value 0: expected a number/],
    ['has an object among numbers', input({ data: [{}] }), /input c0, value 0: expected a number/],
    [
      'has a fraction among integers',
      input({ datatype: 'INT64', data: [1.5] }),
      /value 0: expected an integer/,
    ],
    [
      'has an integer beyond 2^53',
      JSON.stringify(input({ datatype: 'INT64' }))
        .replace('[1],', '[9007199254740993],')
        .replace('"data":[1]', '"data":[9007199254740993]'),
      /value 0: expected an integer that INT64 holds/,
    ],
    ['has an integer beyond its datatype', input({ datatype: 'INT8', data: [128] }), /from -128 to 127/],
    [
      'has a number beyond single precision',
      input({ datatype: 'FP32', data: [1e300] }),
      /value 0: expected a number that FP32/,
    ],
    [
      'has a number that is infinite',
      JSON.stringify(input({})).replace('"data":[1]', '"data":[1e999]'),
      /value 0: expected a number/,
    ],
    [
      'gives an input twice',
      { inputs: [tensor('c0', 'FP64', 1), tensor('c0', 'FP64', 1)] },
      /c0 is given twice/,
    ],
    [
      'gives a column twice',
      { inputs: [tensor('c0', 'FP64', 1), { name: 'x', datatype: 'FP64', shape: [1, 3], data: [1, 2, 3] }] },
      /c0 is given twice/,
    ],
    [
      'has inputs of different rows',
      { inputs: [tensor('c0', 'FP64', 1), tensor('c1', 'FP64', 1, 2)] },
      /c1 has 2 rows/,
    ],
    ['has no rows', { inputs: [tensor('c0', 'FP64')] }, /no rows/],
    ['asks for an unknown output', { ...input({}), outputs: [{ name: 'y' }] }, /no output y/],
    [
      'asks for an output twice',
      { ...input({}), outputs: [{ name: 'value' }, { name: 'value' }] },
      /value is asked for twice/,
    ],
    ['asks for outputs that are no list', { ...input({}), outputs: {} }, /outputs/],
    ['wants shared memory', input({ parameters: { shared_memory_region: 'a' } }), /shared memory/],
  ])('that %s is a 400 that says where', async (_, body, error) => {
    const answer = await server.post('/v2/models/sum/infer', body);
    expect(answer.json).toEqual({ error: expect.stringMatching(error) });
    expect(answer.status).toBe(400);
  });

  it.each<[string, object, string]>([
    ['a value out of range', { age: tensor('age', 'FP64', 63, 7) }, 'input age, row 1: expected >= 18'],
    [
      'a missing value',
      { colour: tensor('colour', 'BYTES', '', 'red') },
      'input colour, row 0: expected a value',
    ],
    [
      'a text that is none of the contract',
      { colour: tensor('colour', 'BYTES', 'red', 'blue') },
      'input colour, row 1: expected one of red, green, bleu',
    ],
    ['a number for a text', { colour: tensor('colour', 'FP64', 1, 2) }, 'input colour, row 0: expected'],
    [
      'a number that is no boolean',
      { smoker: tensor('smoker', 'INT32', 1, 2) },
      'input smoker, row 1: expected',
    ],
    ['a NUL', { note: tensor('note', 'BYTES', 'a', 'a\0') }, 'input note, row 1: expected matches ^[^'],
  ])('%s breaks the contract, and the error names input and row', async (_, inputs, error) => {
    const answer = await infer({ ...good, ...inputs });
    expect(answer.json['error']).toContain(error);
    expect(answer.status).toBe(400);
  });

  it('that lacks an input lacks its values', async () => {
    const { age: _, ...rest } = good;
    const answer = await infer(rest);
    expect(answer.json['error']).toBe(
      'input age, row 0: expected a value; input age, row 1: expected a value',
    );
  });

  it('to a model that is not served is a 404', async () => {
    for (const path of ['/v2/models/none/infer', '/v2/models/none/versions/v1/infer']) {
      const answer = await server.post(path, { inputs: [] });
      expect([answer.status, answer.json]).toEqual([
        404,
        { error: 'No model of this name is served here; /docs lists those that are' },
      ]);
    }
  });

  it('of too many rows is refused before anything is made of them', async () => {
    const rows = 10_001;
    const body = binaryBody(
      { inputs: [{ name: 'c0', datatype: 'BOOL', shape: [rows], parameters: { binary_data_size: rows } }] },
      Buffer.alloc(rows),
    );
    const answer = await server.post('/v2/models/sum/infer', ...body);
    expect(answer.status).toBe(413);
    expect(answer.json['error']).toContain('10001 rows, and at most 10000');
  });
});

describe('S11: a request with more parts than any has', () => {
  it.each([
    ['inputs', `{"inputs":[${'{},'.repeat(1_000_000)}{}]}`],
    [
      'values',
      `{"inputs":[{"name":"x","datatype":"FP64","shape":[1,3],"data":[${'1,'.repeat(2_000_000)}1]}]}`,
    ],
    [
      'arrays',
      `{"inputs":[{"name":"x","datatype":"FP64","shape":[1,3],"data":[${'[],'.repeat(1_000_000)}1]}]}`,
    ],
  ])('is refused before it is parsed: %s', async (_, body) => {
    const answer = await fetch(`${server.url}/v2/models/sum/infer`, { method: 'POST', body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({
      error: 'The request has more values than the rows have that are taken at once',
    });
  });
});
