import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JoinedAnswer } from '../../src/serve/index.ts';
import { readPredictionLog } from '../../src/serve/index.ts';
import { openObjects } from '../../src/store/index.ts';
import { answer, filesIn, openLog, temporaryFolder, until, version } from '../serve/log/rig.ts';
import { servicesPath, startS3 } from './s3-server.ts';

const classifier = version({ classes: ['0', '1'] });

describe('the prediction log in a bucket', () => {
  it('waits while the service is away, goes up when it is back, and says the same there (S9, S11)', async () => {
    await using folder = await temporaryFolder();
    const first = await startS3();
    const { port, env: aws } = first;
    await first[Symbol.asyncDispose]();
    const env = { ...aws, TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    const settings = { to: 's3://predictions/of/models' };
    {
      await using log = openLog(folder.path, settings, { env, endMs: 20_000 });
      for (let i = 0; i < 50; i++) log.observer.answered(answer(classifier, { requestId: `r${i}` }));
      await log[Symbol.asyncDispose]();
      expect(log.troubles.map(({ code }) => code)).toContain('delivery-failed');
    }
    expect((await filesIn(folder.path)).length).toBeGreaterThan(0);
    await using server = await startS3(port);
    await server.makeBucket('predictions');
    {
      await using log = openLog(folder.path, settings, { env });
      expect(await log.open(['heart'])).toMatchObject({ ok: true });
      log.observer.answered(answer(classifier, { requestId: 'r50' }));
      await log.of('heart')!.labels.add([
        {
          kind: 'label',
          v: 1,
          time: '2026-11-21T10:00:00.000Z',
          request: 'r7',
          row: 0,
          model: 'heart',
          label: 1,
        },
      ]);
      await until(() => log.counters().get('heart')!.delivered > 0);
    }
    expect(await filesIn(folder.path)).toEqual([]);

    const opened = await openObjects(settings.to, { root: '/', env });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using objects = opened.value;
    const listed = await objects.list({ prefix: 'heart/' });
    if (!listed.ok) throw new Error(listed.failure.message);
    const keys = listed.value.objects.map(({ key }) => key);
    expect(keys.every((key) => /^heart\/(feedback\/)?2026\/11\/21\/09-[^/]+\.parquet$/.test(key))).toBe(true);
    for (const key of keys)
      expect(await objects.getFile(key, join(folder.path, 'down', key))).toMatchObject({ ok: true });
    const read: JoinedAnswer[] = [];
    for await (const rows of readPredictionLog(join(folder.path, 'down'), { model: 'heart' }))
      read.push(...rows);
    expect(read.map(({ request }) => request).sort()).toEqual(
      Array.from({ length: 51 }, (_, i) => `r${i}`).sort(),
    );
    expect(read.filter(({ label }) => label !== undefined)).toMatchObject([{ request: 'r7', label: 1 }]);
  });
});

describe('the prediction log as CloudEvents', () => {
  it('is what their own SDK reads (S9)', async () => {
    await using folder = await temporaryFolder();
    const batches: unknown[] = [];
    const receiver = createServer(async (request, response) => {
      batches.push(...(JSON.parse(await text(request)) as unknown[]));
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const env = { TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    {
      await using log = openLog(folder.path, { to: `http://127.0.0.1:${port}/` }, { env });
      for (let i = 0; i < 3; i++) log.observer.answered(answer(classifier, { requestId: `r${i}` }));
    }
    await new Promise((resolve) => receiver.close(resolve));
    const script = fileURLToPath(new URL('./cloud_events.py', import.meta.url));
    const reader = spawn(servicesPath('python'), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    reader.stdin.end(JSON.stringify(batches));
    const events = JSON.parse(await text(reader.stdout)) as Record<string, unknown>[];
    expect(events.map(({ type, source, subject }) => [type, source, subject])).toEqual([
      ['trainyard.prediction.version.v1', '/trainyard/heart', null],
      ...['r0', 'r1', 'r2'].map((request) => ['trainyard.prediction.answer.v1', '/trainyard/heart', request]),
    ]);
    expect(events.map(({ data }) => data)).toEqual(
      (batches as { readonly data: unknown }[]).map(({ data }) => data),
    );
    expect(events[1]!['time']).toBe('2026-11-21T09:30:00+00:00');
  });
});
