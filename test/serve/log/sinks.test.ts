import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer, filesIn, openLog, temporaryFolder, until, version } from './rig.ts';

const regression = version();

interface Event {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly data: { readonly kind: string; readonly request?: string };
}

/** Takes batches as the specification of CloudEvents 1.0 has them, and answers 400 to everything else. */
async function openReceiver(status: (batch: number) => number = () => 200) {
  const events: Event[] = [];
  const requests: { readonly headers: IncomingMessage['headers']; readonly problems: readonly string[] }[] =
    [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const problems = problemsOf(request, text);
    requests.push({ headers: request.headers, problems });
    const answered = problems.length > 0 ? 400 : status(requests.length);
    if (answered === 200) events.push(...(JSON.parse(text) as Event[]));
    response.writeHead(answered).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    events,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function problemsOf({ method, headers }: IncomingMessage, text: string): readonly string[] {
  if (method !== 'POST') return ['method'];
  if (headers['content-type'] !== 'application/cloudevents-batch+json; charset=utf-8')
    return ['content-type'];
  const batch = JSON.parse(text) as readonly Record<string, unknown>[];
  if (!Array.isArray(batch) || batch.length === 0) return ['no batch'];
  return batch.flatMap((event) =>
    [
      event['specversion'] === '1.0' || 'specversion',
      (typeof event['id'] === 'string' && event['id'] !== '') || 'id',
      (typeof event['source'] === 'string' && URL.canParse(event['source'], 'x://y')) || 'source',
      (typeof event['type'] === 'string' && event['type'] !== '') || 'type',
      !Number.isNaN(Date.parse(String(event['time']))) || 'time',
      event['subject'] === undefined ||
        (typeof event['subject'] === 'string' && event['subject'] !== '') ||
        'subject',
      event['datacontenttype'] === 'application/json' || 'datacontenttype',
      typeof event['data'] === 'object' || 'data',
      Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name)) || 'attribute names',
    ].filter((problem) => problem !== true),
  ) as readonly string[];
}

describe('the sink of CloudEvents', () => {
  it('gets every line once, in batches, with what authorizes them (S9)', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const env = {
      TRAINYARD_LOG_SPOOL: join(folder.path, 'spool'),
      TRAINYARD_LOG_AUTHORIZATION: 'Bearer abc',
      TRAINYARD_LOG_AUTHORIZATION_ORIGIN: new URL(receiver.url).origin,
    };
    {
      await using log = openLog(folder.path, { to: receiver.url }, { env });
      for (let i = 0; i < 700; i++) log.observer.answered(answer(regression, { requestId: `r${i}` }));
      await log.of('heart')!.answers.flush();
      await log.of('heart')!.labels.add([
        {
          kind: 'label',
          v: 1,
          time: '2026-11-21T10:00:00.000Z',
          request: 'r1',
          row: 0,
          model: 'heart',
          label: 1,
        },
      ]);
    }
    expect(receiver.requests.map(({ problems }) => problems)).toEqual(receiver.requests.map(() => []));
    expect(receiver.requests.length).toBeGreaterThan(2);
    expect(receiver.requests.every(({ headers }) => headers.authorization === 'Bearer abc')).toBe(true);
    const answers = receiver.events.filter(({ type }) => type === 'trainyard.prediction.answer.v1');
    expect(answers.map(({ subject }) => subject)).toEqual(Array.from({ length: 700 }, (_, i) => `r${i}`));
    expect(new Set(receiver.events.map(({ type }) => type))).toEqual(
      new Set([
        'trainyard.prediction.version.v1',
        'trainyard.prediction.answer.v1',
        'trainyard.prediction.label.v1',
      ]),
    );
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length);
    expect(receiver.events[0]).toMatchObject({ source: '/trainyard/heart' });
    expect(await filesIn(folder.path)).toEqual([]);
  });

  it('may be away: events wait in a folder, and the next process sends what the last one could not (S9, S11)', async () => {
    await using folder = await temporaryFolder();
    const env = { TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    let isAway = true;
    await using receiver = await openReceiver(() => (isAway ? 503 : 200));
    {
      await using log = openLog(folder.path, { to: receiver.url }, { env });
      for (let i = 0; i < 3; i++) log.observer.answered(answer(regression, { requestId: `r${i}` }));
      await log[Symbol.asyncDispose]();
      expect(log.troubles.map(({ code }) => code)).toContain('delivery-failed');
      expect(log.counters().get('heart')).toMatchObject({ undelivered: 1, delivered: 0 });
    }
    expect((await filesIn(folder.path)).map((file) => file.slice(-6))).toEqual(['.jsonl']);
    isAway = false;
    await using next = openLog(folder.path, { to: receiver.url }, { env });
    await next.open(['heart']);
    await until(() => receiver.events.length === 4);
    await until(() => next.counters().get('heart')!.undelivered === 0);
    expect(next.counters().get('heart')).toMatchObject({ delivered: 1 });
    expect(await filesIn(folder.path)).toEqual([]);
  });

  it('is tried again while the process lives, and does not get a batch twice that it took', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver((request) => (request === 2 ? 500 : 200));
    const env = { TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    await using log = openLog(
      folder.path,
      { to: receiver.url },
      { env, segments: { ms: 10 }, random: () => 0 },
    );
    for (let i = 0; i < 900; i++) log.observer.answered(answer(regression, { requestId: `r${i}` }));
    await log.of('heart')!.answers.flush();
    await until(() => receiver.events.length >= 901);
    expect(
      receiver.events.filter(({ data }) => data.kind === 'answer').map(({ data }) => data.request),
    ).toEqual(Array.from({ length: 900 }, (_, i) => `r${i}`));
  });

  it('may refuse what it will never take: that is dropped and counted, and the rest goes on', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver((request) => (request === 1 ? 422 : 200));
    const env = { TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    const log = openLog(folder.path, { to: receiver.url }, { env });
    for (let i = 0; i < 700; i++) log.observer.answered(answer(regression));
    await log[Symbol.asyncDispose]();
    expect(log.counters().get('heart')!.dropped.rejected).toBe(500);
    expect(receiver.events).toHaveLength(201);
    expect(log.troubles).toMatchObject([{ code: 'rejected' }]);
  });

  it('is away for too long: what waits stays, and what is new is dropped and counted (S11)', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver(() => 503);
    const env = { TRAINYARD_LOG_SPOOL: join(folder.path, 'spool') };
    await using log = openLog(
      folder.path,
      { to: receiver.url },
      { env, spoolBytes: 4000, segments: { bytes: 1500 } },
    );
    for (let i = 0; i < 40; i++) {
      log.observer.answered(answer(regression));
      await log.of('heart')!.answers.flush();
    }
    const { written, dropped } = log.counters().get('heart')!;
    expect(written).toBeGreaterThan(0);
    expect(dropped['spool-full']).toBe(40 - written);
    expect(dropped['spool-full']).toBeGreaterThan(10);
  });
});
