import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeServable } from '../../../src/servable/index.ts';
import { sumModel } from '../../servable/sum-model.ts';
import { startServerProcess } from '../workers/server-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-drain-'));
  const { parts, bytes } = await sumModel();
  await writeServable(join(folder, 'sum'), parts, bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Load {
  /** What was asked and never answered in full; connections that could not be made do not count. */
  readonly dropped: string[];
  answered: number;
  refused: number;
  readonly closes: Set<string>;
}

/** Asks over connections that are kept, as balancers do, until it is told to end or nobody listens. */
async function load(url: string, seen: Load, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = '{"a":1,"b":2}';
  while (!signal.aborted) {
    const isDone = await new Promise<boolean>((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const asking = request(`${url}/predict/sum`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          if (response.statusCode === 200 && text.includes('"value":3')) seen.answered++;
          else seen.dropped.push(`${response.statusCode} ${text}`);
          seen.closes.add(response.headers.connection ?? '');
          resolve(false);
        });
        response.on('error', () => {
          seen.dropped.push('half an answer');
          resolve(true);
        });
      });
      asking.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') seen.refused++;
        else seen.dropped.push(`${error.code} on a ${asking.reusedSocket ? 'kept' : 'new'} connection`);
        resolve(error.code === 'ECONNREFUSED');
      });
      asking.end(body);
    });
    if (isDone) break;
  }
  agent.destroy();
}

describe('a server that is told to end', () => {
  it.each(['1', '2', '3'])(
    'S11: with %s processes it answers everything that it was asked, is not ready, and ends with 0',
    async (workers) => {
      const log: string[] = [];
      const server = await startServerProcess({
        TRAINYARD_PLAN: join(folder, 'sum'),
        TRAINYARD_WORKERS: workers,
        TRAINYARD_DRAIN_SECONDS: '1',
      });
      server.child.stderr?.on('data', (text) => log.push(String(text)));
      const seen: Load = { dropped: [], answered: 0, refused: 0, closes: new Set() };
      const end = new AbortController();
      const clients = Array.from({ length: 16 }, () => load(server.url, seen, end.signal));
      while (seen.answered < 500) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(seen.closes).toEqual(new Set(['keep-alive']));
      server.child.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const ready = await fetch(`${server.url}/health/ready`);
      expect([ready.status, ((await ready.json()) as { ready: boolean }).ready]).toEqual([503, false]);
      const before = seen.answered;
      expect(await server.exit).toBe(0);
      end.abort();
      await Promise.all(clients);
      expect(seen.dropped).toEqual([]);
      expect(seen.answered).toBeGreaterThan(before);
      expect(seen.closes).toContain('close');
      await server[Symbol.asyncDispose]();
    },
  );

  it('S11: waits for no connection that nobody uses', async () => {
    await using server = await startServerProcess({ TRAINYARD_PLAN: join(folder, 'sum') });
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      request(`${server.url}/health/live`, { agent }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });
    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(0);
    agent.destroy();
  });
});

describe('a server', () => {
  it('says in one line each what happens and, when asked to, what is asked; never a value', async () => {
    const server = await startServerProcess({
      TRAINYARD_PLAN: join(folder, 'sum'),
      TRAINYARD_LOG_REQUESTS: '1',
    });
    const lines: string[] = [];
    server.child.stderr?.on('data', (text) => lines.push(...String(text).trim().split('\n')));
    for (const body of ['{"a":4711,"b":2}', '{"a":"4712"}']) {
      await fetch(`${server.url}/predict/sum?who=4713`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-request-id': `r-${body.length}` },
      });
    }
    await server[Symbol.asyncDispose]();
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.map(({ event }) => event)).toEqual(['request', 'request', 'stopping']);
    expect(entries[0]).toMatchObject({
      level: 'info',
      request: 'r-16',
      route: '/predict/:model',
      model: 'sum',
      status: 200,
    });
    expect(entries[1]).toMatchObject({ request: 'r-12', status: 422, code: 'serve-row-invalid' });
    expect(lines.join()).not.toMatch(/471[123]/);
  });

  it('does not start with an access file that has mistakes', async () => {
    const access = join(folder, 'access.yaml');
    await writeFile(access, 'version: 1\nkeys: [{ name: a }]\n');
    const server = await startServerProcess({
      TRAINYARD_PLAN: join(folder, 'sum'),
      TRAINYARD_ACCESS: access,
    });
    expect(server.first).toMatchObject({
      event: 'failed',
      code: 'serve-access-file',
      place: { line: 2, column: 8 },
    });
    expect(await server.exit).toBe(2);
    await server[Symbol.asyncDispose]();
  });
});
