import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../src/base/index.ts';
import type { PlannedModel, ServingPlan } from '../../../src/serve/index.ts';
import type { ModelFiles } from '../v2/protocol-models.ts';
import { sumModel } from '../v2/protocol-models.ts';
import { ask, childrenOf, metricOf, startServerProcess, until } from './server-process.ts';

let sum: ModelFiles;
let other: ModelFiles;

beforeAll(async () => {
  sum = await sumModel('sum', { width: 2 });
  other = await sumModel('other', { width: 3 });
});

const row = { c0: 1, c1: 2 };

function planned(model: string, { folder, bytes }: ModelFiles): PlannedModel {
  const version = { name: 'v1.0.0', digest: digestOfBytes(bytes), folder };
  return { model, versions: [version], served: version.name, shadows: [] };
}

describe('processes that share a port', () => {
  it('keep answering when one is killed, start it again, and lose no count (S11)', async () => {
    await using server = await startServerProcess({
      TRAINYARD_PLAN: dirname(sum.folder),
      TRAINYARD_WORKERS: '2',
    });
    const predict = () => ask(`${server.url}/predict/sum`, row);
    const metrics = () => ask(`${server.url}/metrics`).then(({ text }) => text);
    for (let i = 0; i < 20; i++) expect((await predict()).status).toBe(200);
    expect(metricOf(await metrics(), 'trainyard_rows_total')).toBe(20);
    expect(metricOf(await metrics(), 'trainyard_workers')).toBe(2);
    const before = await childrenOf(server.child.pid!);
    expect(before).toHaveLength(2);

    let answered = 0;
    const broken: string[] = [];
    let isLoaded = true;
    const lanes = Array.from({ length: 4 }, async () => {
      while (isLoaded) {
        await predict().then(
          ({ status }) => (status === 200 ? answered++ : broken.push(String(status))),
          (error: unknown) => broken.push(String(error)),
        );
      }
    });
    await until(
      async () => answered,
      (count) => count > 50,
    );
    process.kill(before[0]!, 'SIGKILL');
    const atDeath = answered;
    await until(
      () => childrenOf(server.child.pid!),
      (now) => now.length === 2 && !now.includes(before[0]!),
    );
    await until(
      () => ask(`${server.url}/health/ready`),
      ({ status }) => status === 200,
    );
    isLoaded = false;
    await Promise.all(lanes);
    // What the killed process had in its hands is lost, nothing else.
    expect(broken.length).toBeLessThanOrEqual(4);
    expect(answered).toBeGreaterThan(atDeath);
    const after = await metrics();
    expect(metricOf(after, 'trainyard_worker_restarts_total')).toBe(1);
    expect(metricOf(after, 'trainyard_workers')).toBe(2);
    expect(metricOf(after, 'trainyard_rows_total')).toBeGreaterThanOrEqual(20);
  });

  it('answer what they have begun when they are told to end (S11)', async () => {
    await using server = await startServerProcess({
      TRAINYARD_PLAN: dirname(sum.folder),
      TRAINYARD_WORKERS: '2',
    });
    const { hostname, port } = new URL(server.url);
    const body = JSON.stringify(row);
    const half = `POST /predict/sum HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`;
    const begun = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(half);
        return socket;
      }),
    );
    // Both processes have read the headers once each of them has answered something that came later.
    for (let i = 0; i < 8; i++) await ask(`${server.url}/health/live`);
    server.child.kill('SIGTERM');
    await until(
      () =>
        ask(`${server.url}/health/ready`).then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status !== 200,
    );
    const answers = begun.map(async (socket) => {
      const parts: Buffer[] = [];
      socket.on('data', (part: Buffer) => parts.push(part));
      socket.write(body.slice(5));
      await once(socket, 'close');
      return Buffer.concat(parts).toString();
    });
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
      expect(answer).toContain('"value":3');
    }
    expect(await server.exit).toBe(0);
  });

  it('are ready when all of them are, and say how many are (S11)', async () => {
    await using server = await startServerProcess({
      TRAINYARD_PLAN: dirname(sum.folder),
      TRAINYARD_WORKERS: '2',
    });
    expect((await ask(`${server.url}/health/ready`)).status).toBe(200);
    const [first] = await childrenOf(server.child.pid!);
    process.kill(first!, 'SIGKILL');
    const without = await until(
      () => ask(`${server.url}/health/ready`),
      ({ status }) => status === 503,
    );
    expect(without.text).toContain('1 of 2 processes are ready');
    expect((await ask(`${server.url}/predict/sum`, row)).status).toBe(200);
    await until(
      () => ask(`${server.url}/health/ready`),
      ({ status }) => status === 200,
    );
  });

  it('all get a new plan, also one that a request asks for, and one that starts later (S7)', async () => {
    const plans: readonly ServingPlan[] = [
      { version: 1, models: [planned('sum', sum)] },
      { version: 1, models: [planned('other', other), planned('sum', sum)] },
    ];
    await using server = await startServerProcess(
      { PLANS: JSON.stringify(plans), TRAINYARD_WORKERS: '2' },
      new URL('./parent.mjs', import.meta.url),
    );
    const three = { c0: 1, c1: 2, c2: 3 };
    const predict = () => ask(`${server.url}/predict/other`, three);
    expect((await predict()).status).toBe(404);
    const { outcome } = await server.tell({ apply: 1 });
    expect(outcome).toEqual({
      loaded: [{ model: 'other', version: 'v1.0.0' }],
      refused: [],
      retired: [],
    });
    for (let i = 0; i < 6; i++) expect((await predict()).status).toBe(200);

    const { processes } = (await server.tell({})) as unknown as { processes: readonly number[] };
    process.kill(processes[0]!, 'SIGKILL');
    await until(
      () =>
        server.tell({}) as Promise<unknown> as Promise<{
          processes: readonly number[];
          readiness: { ready: boolean };
        }>,
      (state) =>
        state.readiness.ready && state.processes.length === 2 && !state.processes.includes(processes[0]!),
    );
    expect(server.died()).toBe(1);
    for (let i = 0; i < 6; i++) expect((await predict()).status).toBe(200);

    await server.tell({ apply: 0 });
    expect((await predict()).status).toBe(404);
    const looked = await ask(`${server.url}/v2/repository/models/other/load`, {});
    expect(looked.status).toBe(200);
    expect((await server.tell({})).looks).toBe(1);
    for (let i = 0; i < 6; i++) expect((await predict()).status).toBe(200);
  });
});

describe('the access file of some processes', () => {
  it('is told of once when it has mistakes, and the one before counts in all of them', async () => {
    const file = join(sum.folder, '..', 'access.yaml');
    const key = (text: string): string =>
      `version: 1\nkeys:\n  - name: shop\n    sha256: ${createHash('sha256').update(text).digest('hex')}\n`;
    // At once, so that nobody reads half a file.
    const write = async (text: string): Promise<void> => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    await write(key('old'));
    await using server = await startServerProcess({
      TRAINYARD_PLAN: dirname(sum.folder),
      TRAINYARD_WORKERS: '3',
      TRAINYARD_ACCESS: file,
    });
    const told: string[] = [];
    server.child.stderr!.on('data', (bytes: Buffer) => told.push(String(bytes)));
    const statuses = async (text: string): Promise<ReadonlySet<number>> => {
      const asked = Array.from({ length: 20 }, () =>
        ask(`${server.url}/predict/sum`, row, { authorization: `Bearer ${text}` }),
      );
      return new Set((await Promise.all(asked)).map(({ status }) => status));
    };
    expect(await statuses('old')).toEqual(new Set([200]));
    await write('version: 1\nkeys: nobody\n');
    const lines = (): readonly string[] =>
      told
        .join('')
        .split('\n')
        .filter((line) => line.includes('access'));
    await until(
      async () => lines(),
      ({ length }) => length > 0,
    );
    // The others look at it within two seconds.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain('2: keys must be array');
    expect(await statuses('old')).toEqual(new Set([200]));
    await write(key('new'));
    await until(
      () => statuses('new'),
      (all) => all.size === 1 && all.has(200),
    );
    await until(
      () => statuses('old'),
      (all) => all.size === 1 && all.has(401),
    );
  });
});

describe('a machine that can start no process', () => {
  it('is told so, instead of waiting for one', async () => {
    await using server = await startServerProcess(
      {
        PLANS: JSON.stringify([{ version: 1, models: [planned('sum', sum)] }]),
        EXECUTABLE: join(sum.folder, 'none'),
      },
      new URL('./parent-without-processes.mjs', import.meta.url),
    );
    expect(server.first).toMatchObject({ event: 'failed', code: 'serve-worker-ended' });
    expect(server.first['message']).toContain('ENOENT');
    expect(await server.exit).toBe(0);
  });
});

describe('a server that is alone', () => {
  it('answers for the servables of a folder, and ends at SIGTERM (S1)', async () => {
    await using server = await startServerProcess({ TRAINYARD_PLAN: dirname(sum.folder) });
    expect(server.first).toMatchObject({ event: 'started', loaded: [{ model: 'sum', version: 'v1.0.0' }] });
    expect((await ask(`${server.url}/predict/sum`, row)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(0);
  });

  it.each(['1', '2'])('says that its port is taken, with %s processes', async (workers) => {
    await using server = await startServerProcess({ TRAINYARD_PLAN: dirname(sum.folder) });
    const { port } = new URL(server.url);
    await using second = await startServerProcess({
      TRAINYARD_PLAN: dirname(sum.folder),
      PORT: port,
      TRAINYARD_WORKERS: workers,
    });
    expect(second.first).toMatchObject({ event: 'failed', code: 'serve-listen' });
    expect(await second.exit).toBe(3);
  });

  it.each([
    [{ PORT: 'http' }, 'serve-setting'],
    [{ TRAINYARD_WORKERS: '-1' }, 'serve-setting'],
    [{ TRAINYARD_THREADS: '1.5' }, 'serve-setting'],
    [{ TRAINYARD_PLAN: '/nowhere' }, 'serve-plan'],
  ])('refuses the settings %j', async (settings, code) => {
    await using server = await startServerProcess({ TRAINYARD_PLAN: dirname(sum.folder), ...settings });
    expect(server.first).toMatchObject({ event: 'failed', code });
    expect(await server.exit).toBe(2);
  });
});
