import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../../../src/base/index.ts';
import { digestOfBytes } from '../../../src/base/index.ts';
import type { ImageRequest } from '../../../src/deploy/index.ts';
import { buildModel, createGraphBuilder } from '../../../src/onnx/index.ts';
import { writeServable } from '../../../src/servable/index.ts';
import type { PlannedModel } from '../../../src/serve/index.ts';

export const contractDigest: Digest = digestOfBytes('a contract');

/** A servable whose model multiplies `age` by a factor, in a new folder; the plan's entry for it. */
export async function timesModel(model: string, factor: number, version = 'v1.0.0'): Promise<PlannedModel> {
  const graph = createGraphBuilder(['age', 'value']);
  const values = new Float64Array([factor]);
  const [from] = graph.node('Mul', [
    'age',
    graph.constant('factor', { type: 'double', dims: [1, 1], values }),
  ]);
  const bytes = await buildModel({
    graph,
    inputs: [{ name: 'age', type: 'double', shape: [null, 1] }],
    outputs: [{ name: 'value', type: 'double', shape: [null, 1], from: from! }],
    metadata: { 'trainyard.task': 'regression' },
  });
  const folder = join(await mkdtemp(join(tmpdir(), 'trainyard-image-')), model);
  const digest = digestOfBytes(bytes);
  const written = await writeServable(
    folder,
    {
      model,
      modelVersion: version,
      digest,
      lineage: {
        run: '20261121-101112-00000001',
        commit: 'c'.repeat(40),
        contract: { id: 'people', version: '1.0.0', digest: contractDigest },
      },
      columns: [
        {
          name: 'age',
          type: 'number',
          required: true,
          unique: false,
          primaryKey: false,
          personal: false,
          minimum: 0,
          maximum: 120,
        },
      ],
    },
    bytes,
  );
  if (!written.ok) throw new Error(written.failure.message);
  return { model, served: version, shadows: [], versions: [{ name: version, digest, folder }] };
}

/** What is asked for when a test asks for nothing else. */
export function requestOf(models: readonly PlannedModel[], more: Partial<ImageRequest>): ImageRequest {
  return {
    plan: { version: 1, models },
    provenance: () => ({ verdict: 'inconclusive', because: 'nobody has signed for it' }),
    repository: 'registry.example.org/team/times',
    tag: 'v1.0.0',
    platform: 'linux/amd64',
    base: 'missing',
    seconds: 1_763_719_872,
    environment: {},
    ...more,
  };
}
