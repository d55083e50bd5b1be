import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPredictionLog } from '../../../src/serve/log/index.ts';
import { answer, filesIn, linesIn, openLog, temporaryFolder, version } from './rig.ts';

const regression = version();

async function requestsIn(root: string): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const rows of readPredictionLog(join(root, 'log'), { model: 'heart' }))
    all.push(...rows.map(({ request }) => request));
  return all;
}

describe('when the log cannot be written', () => {
  it('answers go on, losses are counted and told, and the log itself says how many there were (S9, S11)', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path);
    const { answers } = log.of('heart')!;
    await writeFile(join(folder.path, 'log'), 'a file stands where the folder should be');
    for (let i = 0; i < 3; i++) {
      const event = answer(regression, { requestId: `lost${i}` });
      log.observer.answered(event);
      expect(log.observer.settled?.(event)).toBeUndefined();
    }
    expect(await answers.flush()).toBe(false);
    expect(log.observer.kept?.()).toEqual({ written: 0, dropped: 3, waiting: 0 });
    expect(log.counters().get('heart')!.dropped['write-failed']).toBe(3);
    expect(log.troubles).toMatchObject([{ model: 'heart', code: 'write-failed' }]);
    await rm(join(folder.path, 'log'));
    log.observer.answered(answer(regression, { requestId: 'kept' }));
    expect(await answers.flush()).toBe(true);
    expect(await linesIn(folder.path)).toMatchObject([
      { kind: 'gap', dropped: 3, model: 'heart' },
      { kind: 'version' },
      { kind: 'answer', request: 'kept' },
    ]);
  });

  it('an answer without a record goes out in the mode sync, unless the pipeline says otherwise (S9)', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'log'), '');
    await using tolerant = openLog(folder.path, { mode: 'sync' });
    await using strict = openLog(folder.path, { mode: 'sync', 'when-lost': 'refuse' });
    const event = answer(regression);
    tolerant.observer.answered(event);
    expect(await tolerant.observer.settled!(event)).toBeUndefined();
    strict.observer.answered(event);
    expect(await strict.observer.settled!(event)).toMatchObject({
      code: 'serve-log-unavailable',
      status: 503,
      retryAfter: 1,
    });
    await rm(join(folder.path, 'log'));
    strict.observer.answered(event);
    expect(await strict.observer.settled!(event)).toBeUndefined();
  });

  it('makes the folder again when somebody removed it, and loses nothing of what it has in hand', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path);
    const { answers } = log.of('heart')!;
    log.observer.answered(answer(regression, { requestId: 'removed' }));
    await answers.flush();
    await rm(join(folder.path, 'log'), { recursive: true });
    log.observer.answered(answer(regression, { requestId: 'kept' }));
    expect(await answers.flush()).toBe(true);
    expect(log.observer.kept?.().dropped).toBe(0);
    expect(await requestsIn(folder.path)).toEqual(['kept']);
  });

  it('drops what comes faster than it can be written, and holds no more rows and bytes than it may (S11)', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path, {}, { buffer: { rows: 10, bytes: 1e6 } });
    for (let i = 0; i < 25; i++) log.observer.answered(answer(regression, { requestId: `r${i}` }));
    expect(log.observer.kept?.()).toEqual({ written: 0, dropped: 15, waiting: 10 });
    await log.of('heart')!.answers.flush();
    expect(log.observer.kept?.()).toEqual({ written: 10, dropped: 15, waiting: 0 });
    expect(log.counters().get('heart')!.dropped['buffer-full']).toBe(15);

    const wide = version({
      columns: [
        { name: 'note', type: 'string', required: false, unique: false, primaryKey: false, personal: false },
      ],
    });
    const rows = [{ note: 'x'.repeat(400_000) }];
    for (let i = 0; i < 5; i++) log.observer.answered(answer(wide, { rows }));
    expect(log.observer.kept?.()).toMatchObject({ waiting: 2 });
  });

  it('takes one request of more rows than the buffer, when nothing else waits', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path, {}, { buffer: { rows: 10 } });
    log.observer.answered(answer(regression, { rows: Array.from({ length: 500 }, (_, age) => ({ age })) }));
    await log.of('heart')!.answers.flush();
    expect(log.observer.kept?.()).toEqual({ written: 500, dropped: 0, waiting: 0 });
    const ages = (await linesIn(folder.path)).slice(1).map((line) => (line['input'] as { age: number }).age);
    expect(ages).toEqual(Array.from({ length: 500 }, (_, age) => age));
  });
});

describe('a log that is opened', () => {
  it('and cannot be, loses what it should keep, counts it, and gives no answer to whoever wants none without it (P5)', async () => {
    await using folder = await temporaryFolder();
    const event = answer(regression, { rows: [{ age: 1 }, { age: 2 }] });
    await using tolerant = openLog(folder.path, { personal: 'hash' });
    await using strict = openLog(folder.path, { personal: 'hash', mode: 'sync', 'when-lost': 'refuse' });
    for (const log of [tolerant, strict]) {
      expect(await log.open(['heart'])).toMatchObject({ ok: false });
      log.observer.answered(event);
      expect(log.observer.kept?.()).toMatchObject({ written: 0, dropped: 2 });
      expect(log.troubles).toMatchObject([{ code: 'write-failed' }]);
    }
    expect(await tolerant.observer.settled!(event)).toBeUndefined();
    expect(await strict.observer.settled!(event)).toMatchObject({ code: 'serve-log-unavailable' });
    expect(await filesIn(folder.path)).toEqual([]);
  });

  it('is refused without the key that hashing needs, with a key that is short, and for places that are none (P5)', async () => {
    await using folder = await temporaryFolder();
    const codes = async (settings: Parameters<typeof openLog>[1], env = {}) => {
      await using log = openLog(folder.path, settings, { env });
      const opened = await log.open(['heart']);
      return opened.ok ? [] : opened.failure.map(({ code }) => code);
    };
    expect(await codes({ personal: 'hash' })).toEqual(['serve-log-key-missing']);
    expect(await codes({ personal: 'hash' }, { TRAINYARD_LOG_KEY: 'short' })).toEqual([
      'serve-log-key-missing',
    ]);
    expect(await codes({ personal: 'hash' }, { TRAINYARD_LOG_KEY: 'k'.repeat(32) })).toEqual([]);
    for (const to of [
      'file:',
      'ftp://x/y',
      's3://B',
      's3://bucket/a?b',
      'nonsense',
      'https://user:secret@host/',
    ])
      expect(await codes({ to })).toEqual(['serve-log-target-invalid']);
    expect(await codes({ to: 's3://bucket/some/prefix' })).toEqual([]);
  });

  it('starts anew when the plan says something else, and ends the old one', async () => {
    await using folder = await temporaryFolder();
    let to: string | undefined = 'file:log';
    const settings = () => (to === undefined ? undefined : { to });
    {
      await using log = openLog(folder.path, {}, { settingsOf: settings });
      log.observer.answered(answer(regression, { requestId: 'a' }));
      to = 'file:other';
      log.observer.answered(answer(regression, { requestId: 'b' }));
      to = undefined;
      log.observer.answered(answer(regression, { requestId: 'c' }));
    }
    const files = await filesIn(folder.path);
    expect(files.map((file) => file.slice(folder.path.length).split('/')[1])).toEqual(['log', 'other']);
    expect(await requestsIn(folder.path)).toEqual(['a']);
  });

  it('stands beside those of other processes in one folder (S11)', async () => {
    await using folder = await temporaryFolder();
    const logs = Array.from({ length: 4 }, () => openLog(folder.path, {}, { segments: { bytes: 2000 } }));
    for (let i = 0; i < 200; i++) logs[i % 4]!.observer.answered(answer(regression, { requestId: `r${i}` }));
    await Promise.all(logs.map((log) => log[Symbol.asyncDispose]()));
    expect([...(await requestsIn(folder.path))].sort()).toEqual(
      Array.from({ length: 200 }, (_, i) => `r${i}`).sort(),
    );
  });
});
