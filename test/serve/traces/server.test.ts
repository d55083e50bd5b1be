import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOfBytes } from '../../../src/base/index.ts';
import { startServer } from '../../../src/serve/index.ts';
import { sumModel } from '../v2/protocol-models.ts';
import { startReceiver } from './receiver.ts';

it('M3: a server that is told where traces go sends them, and what waits when it ends', async () => {
  await using receiver = await startReceiver();
  const { folder } = await sumModel('sum', { width: 2 });
  const digest = digestOfBytes(await readFile(join(folder, 'model.onnx')));
  const server = await startServer({
    plan: {
      version: 1,
      models: [
        { model: 'sum', versions: [{ name: 'v1.0.0', digest, folder }], served: 'v1.0.0', shadows: [] },
      ],
    },
    host: '127.0.0.1',
    port: 0,
    workers: 1,
    log: { root: dirname(folder) },
    traces: `${receiver.url}/v1/traces`,
  });
  if (!server.ok) throw new Error(server.failure.message);
  const response = await fetch(`${server.value.url}/predict/sum`, {
    method: 'POST',
    body: JSON.stringify({ c0: 1, c1: 2 }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
  await server.value[Symbol.asyncDispose]();
  expect(receiver.spans).toHaveLength(1);
  expect(receiver.spans[0]).toMatchObject({
    name: 'POST /predict/{model}',
    attributes: { 'trainyard.protocol': 'simple', 'trainyard.rows': 1 },
  });
});
