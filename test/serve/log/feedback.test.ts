import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { success } from '../../../src/base/index.ts';
import type { AccessControl } from '../../../src/serve/access/access-control.ts';
import type { Engine } from '../../../src/serve/index.ts';
import { fixedFleet, openServer, readPredictionLog } from '../../../src/serve/index.ts';
import { answer, filesIn, linesIn, openLog, temporaryFolder, version } from './rig.ts';

function engineOf(model: string, classes?: readonly string[]): Engine {
  const { engine } = version(classes === undefined ? {} : { classes });
  const { servable } = engine;
  return { ...engine, servable: { ...servable, manifest: { ...servable.manifest, model } } };
}

async function serving(
  root: string,
  engines: readonly Engine[],
  logged: readonly string[] = ['heart', 'load'],
  access?: AccessControl,
) {
  const log = openLog(
    root,
    {},
    { settingsOf: (model) => (logged.includes(model) ? { to: 'file:log' } : undefined) },
  );
  const listener = await openServer({
    fleet: fixedFleet(engines),
    host: '127.0.0.1',
    port: 0,
    log,
    ...(access === undefined ? {} : { access }),
  });
  const post = async (path: string, body: unknown) => {
    const response = await fetch(listener.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return {
    log,
    post,
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

describe('feedback', () => {
  it('takes the later label of a request, and the log joins them (S9)', async () => {
    await using folder = await temporaryFolder();
    await using server = await serving(folder.path, [engineOf('heart', ['0', '1'])]);
    server.log.observer.answered(
      answer(version({ classes: ['0', '1'] }), { requestId: 'abc', rows: [{ age: 1 }, { age: 2 }] }),
    );
    expect(
      await server.post('/feedback/heart', {
        request: 'abc',
        row: 1,
        label: 1,
        time: '2026-12-01T08:00:00+01:00',
      }),
    ).toMatchObject({
      status: 202,
      body: { accepted: 1, repeated: 0, errors: [] },
    });
    await server.log.of('heart')!.answers.flush();
    const read = [];
    for await (const rows of readPredictionLog(join(folder.path, 'log'), { model: 'heart' }))
      read.push(...rows);
    expect(read).toMatchObject([
      { request: 'abc', row: 0 },
      { request: 'abc', row: 1, label: 1, labelKnown: '2026-12-01T07:00:00.000Z' },
    ]);
    expect(read[0]).not.toHaveProperty('label');
  });

  it('is one when the same comes twice; a correction is another, and the last one counts', async () => {
    await using folder = await temporaryFolder();
    await using server = await serving(folder.path, [engineOf('heart', ['no', 'yes'])]);
    const label = (value: string) => ({ request: 'abc', label: value });
    expect(
      (await server.post('/feedback', [label('yes'), { request: 'def', label: 'no' }])).body,
    ).toMatchObject({ accepted: 2, repeated: 0 });
    expect((await server.post('/feedback', [label('yes'), label('yes')])).body).toMatchObject({
      accepted: 0,
      repeated: 2,
    });
    expect((await server.post('/feedback', label('no'))).body).toMatchObject({ accepted: 1, repeated: 0 });
    expect(await linesIn(folder.path)).toHaveLength(3);
  });

  it('says what is wrong with each item, names no value, and takes the others (P5)', async () => {
    await using folder = await temporaryFolder();
    await using server = await serving(
      folder.path,
      [engineOf('heart', ['no', 'yes']), engineOf('load')],
      ['heart'],
    );
    const good = { request: 'abc', label: 'yes', model: 'heart' };
    const secret = 'Secret-Value';
    const items = [
      good,
      secret,
      { ...good, request: `${secret} with blanks` },
      { ...good, request: 'x'.repeat(129) },
      { ...good, row: -1 },
      { ...good, row: 1.5 },
      { ...good, label: secret },
      { ...good, label: null },
      { ...good, label: ['yes'] },
      { ...good, time: secret },
      { ...good, time: 17 },
      { ...good, [secret]: 1 },
      { ...good, model: secret },
      { request: 'abc', label: 'yes' },
      { request: 'abc', label: 1.5, model: 'load' },
      { request: 'abc', label: 'high', model: 'load' },
    ];
    const answered = await server.post('/feedback', items);
    expect(answered.status).toBe(202);
    expect(answered.body).toMatchObject({ accepted: 1, repeated: 0 });
    expect(
      (answered.body['errors'] as { item: number; code: string }[]).map(({ item, code }) => [item, code]),
    ).toEqual([
      [1, 'shape'],
      [2, 'request'],
      [3, 'request'],
      [4, 'row'],
      [5, 'row'],
      [6, 'label'],
      [7, 'label'],
      [8, 'label'],
      [9, 'time'],
      [10, 'time'],
      [11, 'shape'],
      [12, 'model'],
      [13, 'model'],
      [14, 'log-off'],
      [15, 'label'],
    ]);
    expect(JSON.stringify(answered.body)).not.toContain(secret);
    expect(JSON.stringify(server.log.troubles)).not.toContain(secret);
  });

  it('tells nobody of models for which they may give none (P5)', async () => {
    await using folder = await temporaryFolder();
    const identity = {
      name: 'key:shop',
      may: (permission: string, model: string | undefined) => permission === 'feedback' && model === 'load',
    };
    const access = { admit: () => success(identity), [Symbol.asyncDispose]: async () => undefined };
    await using server = await serving(
      folder.path,
      [engineOf('heart', ['no', 'yes']), engineOf('load')],
      ['heart', 'load'],
      access,
    );
    const item = { request: 'abc', label: 1.5 };
    const { body } = await server.post('/feedback', [
      { ...item, model: 'heart' },
      { ...item, model: 'none' },
      item,
    ]);
    expect(body['accepted']).toBe(1);
    const told = body['errors'] as { readonly code: string; readonly message: string; item: number }[];
    expect(told.map(({ item: _, ...error }) => error)).toEqual([
      { code: 'model', message: 'model: it is not served here' },
      { code: 'model', message: 'model: it is not served here' },
    ]);
  });

  it('is refused whole when nothing of it can be taken', async () => {
    await using folder = await temporaryFolder();
    await using server = await serving(
      folder.path,
      [engineOf('heart', ['no', 'yes']), engineOf('load')],
      ['heart'],
    );
    const code = (body: Record<string, unknown>) => (body['error'] as { code: string } | undefined)?.code;
    const of = async (path: string, body: unknown) => {
      const answered = await server.post(path, body);
      return [answered.status, code(answered.body)];
    };
    expect(await of('/feedback/heart', { request: 'a', label: 'maybe' })).toEqual([422, undefined]);
    expect(await of('/feedback/heart', '{')).toEqual([400, 'serve-body-not-json']);
    expect(await of('/feedback/heart', [])).toEqual([400, 'serve-rows-none']);
    expect(await of('/feedback/none', { request: 'a', label: 'yes' })).toEqual([404, 'serve-model-unknown']);
    expect(await of('/feedback/load', { request: 'a', label: 1 })).toEqual([404, 'serve-feedback-off']);
    const many = Array.from({ length: 10_001 }, () => ({ request: 'a', label: 'yes' }));
    expect(await of('/feedback/heart', many)).toEqual([413, 'serve-rows-too-many']);
    expect(await filesIn(folder.path)).toEqual([]);
  });

  it('is 503 when it cannot be written, and can be sent again (S11)', async () => {
    await using folder = await temporaryFolder();
    await using server = await serving(folder.path, [engineOf('load')]);
    const { writeFile, rm } = await import('node:fs/promises');
    await writeFile(join(folder.path, 'log'), '');
    const refused = await server.post('/feedback', { request: 'a', label: 1 });
    expect([refused.status, (refused.body['error'] as { code: string }).code]).toEqual([
      503,
      'serve-log-unavailable',
    ]);
    await rm(join(folder.path, 'log'));
    expect(await server.post('/feedback', { request: 'a', label: 1 })).toMatchObject({
      status: 202,
      body: { accepted: 1 },
    });
  });
});
