import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { problemOfAnswers } from '../../../src/deploy/docker/golden.ts';

const golden = {
  model: 'times',
  version: 'v1.0.0',
  requests: [{ row: { age: 2 }, answer: { value: 4 } }],
} as unknown as Parameters<typeof problemOfAnswers>[1];

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Asks a server that gives these answers, one after the other, the last one for ever. */
async function asked(replies: readonly Reply[], key?: string) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { status, body } = replies[Math.min(seen.length, replies.length - 1)]!;
    seen.push(request.headers.authorization);
    request.resume();
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const problem = await problemOfAnswers(address, golden, { key, sleep: async () => undefined });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { problem, seen };
}

const right: Reply = { status: 200, body: { predictions: [{ value: 4 }] } };
const busy: Reply = { status: 503, body: { error: { code: 'serve-overloaded' } } };

it('asks a server that has too much to do again: that is no other answer', async () => {
  expect(await asked([busy, busy, right])).toMatchObject({ problem: undefined, seen: { length: 3 } });
  const never = await asked([busy]);
  expect(never.problem).toContain('it answered 503');
  expect(never.seen.length).toBeLessThan(30);
});

it('says what is otherwise, at the first answer', async () => {
  const wrong = await asked([{ status: 200, body: { predictions: [{ value: 5 }] } }, right]);
  expect(wrong.problem).toContain('golden request 1');
  expect(wrong.seen).toHaveLength(1);
  expect((await asked([{ status: 401, body: {} }, right])).problem).toContain('it answered 401');
});

it('P5 shows a key where there is one', async () => {
  expect((await asked([right], 'secret')).seen).toEqual(['Bearer secret']);
  expect((await asked([right])).seen).toEqual([undefined]);
});
