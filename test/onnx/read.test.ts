import { readdir, readFile } from 'node:fs/promises';
import fc from 'fast-check';
import proto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { ModelParts } from '../../src/onnx/index.ts';
import {
  buildModel,
  createGraphBuilder,
  openPredictor,
  readModel,
  repairModel,
} from '../../src/onnx/index.ts';

const { ModelProto } = proto.onnx;
const folder = new URL('./fixtures/', import.meta.url);
const fixtures = await Promise.all(
  (await readdir(folder))
    .filter((name) => name.endsWith('.onnx'))
    .map(async (name) => new Uint8Array(await readFile(new URL(name, folder)))),
);

function encode(model: proto.onnx.IModelProto): Uint8Array {
  return ModelProto.encode(model).finish();
}

/** `label` and `probabilities` straight from two inputs. */
function identities(parts: Partial<ModelParts> = {}): ModelParts {
  const graph = createGraphBuilder(['p', 'l', 'probabilities', 'label']);
  return {
    graph,
    inputs: [
      { name: 'p', type: 'double', shape: [null, 2] },
      { name: 'l', type: 'int64', shape: [null] },
    ],
    outputs: [
      { name: 'label', type: 'int64', shape: [null], from: graph.node('Identity', ['l'])[0]! },
      { name: 'probabilities', type: 'double', shape: [null, 2], from: graph.node('Identity', ['p'])[0]! },
    ],
    ...parts,
  };
}

describe('readModel', () => {
  it('reads what buildModel wrote', async () => {
    const metadata = {
      'trainyard.classes': '["no","yes"]',
      'trainyard.task': 'classification',
      ünicode: '✓',
    };
    expect(readModel(await buildModel(identities({ metadata })))).toEqual({
      ok: true,
      value: {
        inputs: [
          { name: 'p', type: 'double', shape: [null, 2] },
          { name: 'l', type: 'int64', shape: [null] },
        ],
        outputs: [
          { name: 'label', type: 'int64', shape: [null] },
          { name: 'probabilities', type: 'double', shape: [null, 2] },
        ],
        opsets: { '': 21, 'ai.onnx.ml': 5 },
        producer: 'trainyard',
        metadata,
        task: 'classification',
        classes: ['no', 'yes'],
      },
    });
  });

  it('sees in every model what the generated decoder sees', () => {
    for (const bytes of fixtures) {
      const full = ModelProto.decode(bytes);
      const info = readModel(bytes);
      if (!info.ok) continue;
      expect(info.value.producer).toBe(full.producerName);
      expect(info.value.inputs.map(({ name }) => name)).toEqual(full.graph!.input!.map(({ name }) => name));
      expect(info.value.outputs.map(({ name }) => name)).toEqual(full.graph!.output!.map(({ name }) => name));
      expect(info.value.opsets).toEqual(
        Object.fromEntries(full.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
      );
    }
  });

  it('wants to know which class each probability is of', async () => {
    expect(readModel(await buildModel(identities()))).toMatchObject({
      ok: false,
      failure: { code: 'onnx-classes-unknown' },
    });
  });

  it('counts the classes against the columns', async () => {
    const metadata = { 'trainyard.classes': '["a","b","c"]' };
    expect(readModel(await buildModel(identities({ metadata })))).toMatchObject({
      ok: false,
      failure: { code: 'onnx-output-unsupported' },
    });
  });

  it.each(['', '[]', '{}', '[null]', '[[]]', '"a"'])('ignores the hostile class list %j', async (list) => {
    const bytes = await buildModel(identities({ metadata: { 'trainyard.classes': list } }));
    expect(readModel(bytes)).toMatchObject({ ok: false, failure: { code: 'onnx-classes-unknown' } });
  });

  it.each<[string, proto.onnx.IGraphProto]>([
    ['a constant', { initializer: [{ name: 'w', dataLocation: 1 }] }],
    ['a constant with a path only', { initializer: [{ name: 'w', externalData: [{ key: 'location' }] }] }],
    ['a sparse constant', { sparseInitializer: [{ values: { dataLocation: 1 } }] }],
    ['an attribute', { node: [{ attribute: [{ name: 'value', t: { dataLocation: 1 } }] }] }],
    [
      'a graph inside',
      { node: [{ attribute: [{ g: { node: [{ attribute: [{ tensors: [{ dataLocation: 1 }] }] }] } }] }] },
    ],
  ])('refuses %s whose bytes are in another file', (_, graph) => {
    expect(readModel(encode({ irVersion: 8, graph }))).toMatchObject({
      ok: false,
      failure: { code: 'onnx-external-data' },
    });
  });

  it('refuses graphs nested without end, and two graphs', () => {
    let graph: proto.onnx.IGraphProto = {};
    for (let i = 0; i < 60; i++) graph = { node: [{ attribute: [{ g: graph }] }] };
    const bytes = encode({ graph });
    expect(readModel(bytes)).toMatchObject({ ok: false, failure: { code: 'onnx-model-invalid' } });
    const twice = new Uint8Array([...encode({ graph: {} }), ...encode({ graph: {} })]);
    expect(readModel(twice)).toMatchObject({ ok: false, failure: { code: 'onnx-model-invalid' } });
  });

  it('never throws on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readModel(bytes).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on models with changed, cut or added bytes', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(
        fc.constantFrom(...fixtures),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (model, all) => {
          let bytes = new Uint8Array(model);
          for (const { at, byte, cut } of all) {
            bytes[at % bytes.length] = byte;
            if (cut && bytes.length > 10) bytes = bytes.slice(0, Math.max(10, at % bytes.length));
          }
          readModel(bytes);
          repairModel(bytes);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('openPredictor', () => {
  it('gives a failure for models that are read but cannot run', async () => {
    const graph = createGraphBuilder(['x', 'value']);
    const [from] = graph.node('NoSuchOperator', ['x']);
    const bytes = await buildModel({
      graph,
      inputs: [{ name: 'x', type: 'double', shape: [null, 1] }],
      outputs: [{ name: 'value', type: 'double', shape: [null, 1], from: from! }],
    });
    expect(await openPredictor(bytes, { threads: 1 })).toMatchObject({
      ok: false,
      failure: { code: 'onnx-model-invalid' },
    });
  });
});
