import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../src/base/index.ts';
import type { JoinedAnswer, ServingPlan } from '../../../src/serve/index.ts';
import { readPredictionLog } from '../../../src/serve/index.ts';
import { served } from '../http/rig.ts';
import { sumModel } from '../v2/protocol-models.ts';
import { ask, childrenOf, startServerProcess, until } from '../workers/server-process.ts';
import { filesIn, openLog, temporaryFolder } from './rig.ts';

async function read(folder: string, model: string): Promise<readonly JoinedAnswer[]> {
  const all: JoinedAnswer[] = [];
  for await (const rows of readPredictionLog(folder, { model })) all.push(...rows);
  return all;
}

const requestOf = (text: string) => (JSON.parse(text) as { request: string }).request;

describe('a server that keeps a prediction log', () => {
  it('keeps everything that its processes answered, though one is killed, and ends with Parquet (S9, S11, V5)', async () => {
    await using folder = await temporaryFolder();
    const { folder: servable, bytes } = await sumModel('sum', { width: 2 });
    const version = { name: 'v1.0.0', digest: digestOfBytes(bytes), folder: servable };
    const log = { to: `file:${join(folder.path, 'log')}`, mode: 'sync' as const };
    const plan: ServingPlan = {
      version: 1,
      models: [{ model: 'sum', versions: [version], served: 'v1.0.0', shadows: [], log }],
    };
    await writeFile(join(folder.path, 'plan.json'), JSON.stringify(plan));
    const answered: string[] = [];
    {
      await using server = await startServerProcess({
        TRAINYARD_PLAN: join(folder.path, 'plan.json'),
        TRAINYARD_WORKERS: '2',
      });
      const predict = async (i: number) => {
        const reply = await ask(`${server.url}/predict/sum`, [
          { c0: i, c1: 1 },
          { c0: i, c1: 2 },
        ]).catch(() => undefined);
        if (reply?.status === 200) answered.push(requestOf(reply.text));
      };
      for (let i = 0; i < 20; i++) await predict(i);
      const [victim] = await childrenOf(server.child.pid!);
      const lanes = Array.from({ length: 4 }, async (_, lane) => {
        for (let i = 0; i < 12; i++) {
          if (lane === 0 && i === 5) process.kill(victim!, 'SIGKILL');
          await predict(i);
        }
      });
      await Promise.all(lanes);
      // What a killed process left is taken over by the one that comes in its place.
      await until(
        async () => (await childrenOf(server.child.pid!)).filter((pid) => pid !== victim),
        (children) => children.length === 2,
      );
      await until(
        () => filesIn(join(folder.path, 'log')),
        (all) => all.filter((file) => file.endsWith('.open') && file.includes(`~${victim}~`)).length === 0,
      );
      const label = await ask(`${server.url}/feedback/sum`, { request: answered[0], row: 1, label: 2.5 });
      expect([label.status, JSON.parse(label.text)]).toMatchObject([202, { accepted: 1 }]);
    }
    const files = await filesIn(join(folder.path, 'log'));
    expect(files.filter((file) => !file.endsWith('.parquet'))).toEqual([]);
    const kept = await read(join(folder.path, 'log'), 'sum');
    const found = new Set(kept.map(({ request, row }) => `${request} ${row}`));
    expect(answered.length).toBeGreaterThan(50);
    expect(answered.flatMap((id) => [`${id} 0`, `${id} 1`]).filter((each) => !found.has(each))).toEqual([]);
    expect(kept.filter(({ label }) => label !== undefined)).toMatchObject([
      { request: answered[0], row: 1, label: 2.5, digest: version.digest },
    ]);
  });

  it('writes what is buffered when it is told to end, where the environment says (S9)', async () => {
    await using folder = await temporaryFolder();
    const { folder: servable } = await sumModel('sum', { width: 2 });
    const answered: string[] = [];
    {
      await using server = await startServerProcess({
        TRAINYARD_PLAN: servable,
        TRAINYARD_LOG: `file:${folder.path}/elsewhere`,
      });
      for (let i = 0; i < 10; i++)
        answered.push(requestOf((await ask(`${server.url}/predict/sum`, { c0: i, c1: 1 })).text));
    }
    const kept = await read(join(folder.path, 'elsewhere'), 'sum');
    expect(kept.map(({ request }) => request)).toEqual(answered);
    expect(kept.map(({ input }) => input?.['c0'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('does not start without what the log needs, and says so (S9, P5)', async () => {
    const { folder: servable } = await sumModel('sum', { width: 2 });
    await expect(
      startServerProcess({ TRAINYARD_PLAN: servable, TRAINYARD_LOG: 'nowhere' }).then(({ first }) => first),
    ).resolves.toMatchObject({
      event: 'failed',
      code: 'serve-log-target-invalid',
    });
  });

  it('gives no answer without a record when the pipeline says so, and describes its feedback (S1, S9)', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path, { mode: 'sync', 'when-lost': 'refuse' });
    await using server = await served({ log });
    const row = JSON.stringify({ a: 1, b: 2 });
    expect((await server.post(row)).status).toBe(200);
    await writeFile(join(folder.path, 'other'), '');
    await using broken = openLog(folder.path, { to: 'file:other', mode: 'sync', 'when-lost': 'refuse' });
    await using strict = await served({ log: broken });
    const refused = await strict.post(row);
    expect([refused.status, refused.json.error.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'serve-log-unavailable',
      '1',
    ]);
    const { json } = await server.get('/openapi.json');
    expect(Object.keys(json.paths)).toEqual(expect.arrayContaining(['/feedback', '/feedback/sum']));
    expect(
      json.paths['/feedback/sum'].post.requestBody.content['application/json'].schema.anyOf[0].properties
        .label,
    ).toEqual({ type: 'number' });
  });
});
