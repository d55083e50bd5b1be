import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedModel, sumModel } from '../serve/v2/protocol-models.ts';
import type { ProtocolServer } from '../serve/v2/protocol-server.ts';
import { startProtocol } from '../serve/v2/protocol-server.ts';
import { run } from './python.ts';

const names = [
  'health of server and models',
  'metadata, configuration, index, statistics',
  'binary tensors of 1, 7 and 2,000 rows as ONNX Runtime in Python answers',
  'JSON tensors with missing numbers, texts in any language, as ONNX Runtime in Python answers',
  'as the simple way answers',
  'one output binary, one JSON, and one alone',
  'the classification extension',
  'id, version, parameters and lineage',
  'requests and answers in gzip and deflate',
  'a hundred requests at once',
  'tensors that are used again with other data and shapes',
  'numbers of every datatype',
  'errors say where, with the status of Triton',
  'load looks again, unload is refused',
  'a path before /v2 leads nowhere',
  'the client for asyncio',
];

let server: ProtocolServer;
const problems = new Map<string, string | undefined>();

beforeAll(async () => {
  const mixed = await mixedModel('mixed');
  server = await startProtocol({ models: [mixed, await sumModel('sum', { width: 3 })] });
  const script = fileURLToPath(new URL('triton_client.py', import.meta.url));
  const address = server.url.replace('http://', '');
  const { code, output } = await run('python', [script, address, join(mixed.folder, 'model.onnx')]);
  expect(code).toBe(0);
  for (const line of output.trimEnd().split('\n')) {
    const { name, problem } = JSON.parse(line) as { name: string; problem?: string };
    problems.set(name, problem);
  }
}, 120_000);

afterAll(() => server[Symbol.asyncDispose]());

describe("S1: Triton's own client", () => {
  it.each(names)('%s', (name) => {
    expect(problems.has(name)).toBe(true);
    expect(problems.get(name)).toBeUndefined();
  });

  it('has no other cases', () => {
    expect([...problems.keys()]).toEqual(names);
  });
});
