import { describe, expect, it } from 'vitest';
import { buildModel, createGraphBuilder } from '../../src/onnx/index.ts';

async function sumModel(metadata: Record<string, string>): Promise<Uint8Array> {
  const graph = createGraphBuilder(['a', 'value']);
  const one = graph.constant('a', { type: 'double', dims: [1, 1], values: Float64Array.of(0.1) });
  const [from] = graph.node('Add', ['a', one]);
  return buildModel({
    graph,
    inputs: [{ name: 'a', type: 'double', shape: [null, 1] }],
    outputs: [{ name: 'value', type: 'double', shape: [null, 1], from: from! }],
    metadata,
  });
}

describe('buildModel', () => {
  it('writes a model that ONNX Runtime runs in double precision', async () => {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(await sumModel({}));
    const { value } = await session.run({ a: new Tensor('float64', Float64Array.of(0.2, 1e300), [2, 1]) });
    expect([...(value!.data as Float64Array)]).toEqual([0.1 + 0.2, 1e300]);
    await session.release();
  });

  it('writes the same bytes whatever the order of the metadata', async () => {
    expect(await sumModel({ a: '1', b: '2' })).toEqual(await sumModel({ b: '2', a: '1' }));
    expect(await sumModel({ a: '1' })).not.toEqual(await sumModel({ a: '2' }));
  });
});

describe('createGraphBuilder', () => {
  it('gives every value a name of its own, apart from the reserved ones', () => {
    const graph = createGraphBuilder(['x', 'Add', 'Add.out']);
    const names = [
      graph.constant('x', { type: 'int64', dims: [1], values: [1] }),
      graph.constant('x', { type: 'int64', dims: [], values: [1] }),
      ...graph.node('Add', ['x', 'x']),
      ...graph.node('Split', ['x'], { outputs: 3 }),
    ];
    expect(new Set([...names, 'x', 'Add', 'Add.out']).size).toBe(names.length + 3);
  });

  it('refuses a constant whose values do not fill its shape', () => {
    const graph = createGraphBuilder();
    expect(() => graph.constant('x', { type: 'int64', dims: [2, 2], values: [1] })).toThrow('x: 1 values');
  });
});
