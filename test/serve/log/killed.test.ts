import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPredictionLog } from '../../../src/serve/log/index.ts';
import { filesIn, linesIn, openLog, temporaryFolder, until } from './rig.ts';

const child = fileURLToPath(new URL('./logging-process.mjs', import.meta.url));

/** Requests that a process said to have answered until it was killed in the middle of it. */
async function answeredUntilKilled(
  root: string,
  mode: string,
  answers: number,
  ...segmentBytes: readonly string[]
): Promise<readonly string[]> {
  const killed = spawn(process.execPath, [child, root, mode, ...segmentBytes], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  killed.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > answers) killed.kill('SIGKILL');
  });
  await once(killed, 'close');
  return said.split('\n').slice(0, -1);
}

async function readRequests(root: string): Promise<readonly string[]> {
  const requests: string[] = [];
  for await (const rows of readPredictionLog(join(root, 'log'), { model: 'heart' }))
    requests.push(...rows.map(({ request }) => request));
  return requests;
}

describe('a process that is killed', () => {
  it('loses nothing that it answered, in the mode sync (S9)', async () => {
    await using folder = await temporaryFolder();
    const answered = await answeredUntilKilled(folder.path, 'sync', 400);
    const kept = await readRequests(folder.path);
    expect(answered.length).toBeGreaterThan(300);
    expect(answered.filter((request) => !kept.includes(request))).toEqual([]);
    expect(new Set(kept).size).toBe(kept.length);
  });

  it('loses at most what its buffer takes, in the mode buffered (S9)', async () => {
    await using folder = await temporaryFolder();
    const answered = await answeredUntilKilled(folder.path, 'buffered', 1000);
    const kept = new Set(await readRequests(folder.path));
    const lost = answered.filter((request) => !kept.has(request));
    expect(answered.length).toBeGreaterThan(900);
    expect(lost.length).toBeLessThanOrEqual(64);
    // Only the last ones.
    expect(lost).toEqual(answered.slice(answered.length - lost.length));
  });

  it('leaves a segment that the next process completes, without a line that broke off (S9)', async () => {
    await using folder = await temporaryFolder();
    // In segments that it cannot fill before it is killed: between two segments, none is open.
    await answeredUntilKilled(folder.path, 'sync', 30, String(2 ** 30));
    const left = (await filesIn(folder.path)).filter((file) => file.endsWith('.open'));
    expect(left).toHaveLength(1);
    const before = await readRequests(folder.path);
    await appendFile(left[0]!, '{"kind":"answer","v":1,"requ');
    {
      await using log = openLog(folder.path);
      expect(await log.open(['heart'])).toMatchObject({ ok: true });
      await until(async () => (await filesIn(folder.path)).every((file) => file.endsWith('.parquet')));
      expect(log.troubles).toEqual([]);
    }
    expect(await readRequests(folder.path)).toEqual(before);
  });

  it('does not make the next one touch what a living process writes', async () => {
    await using folder = await temporaryFolder();
    await using living = openLog(folder.path);
    living.of('heart');
    // In a segment that it cannot fill: between two segments, none is open.
    const other = spawn(process.execPath, [child, folder.path, 'sync', String(2 ** 30)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    {
      await using log = openLog(folder.path);
      await log.open(['heart']);
    }
    expect((await filesIn(folder.path)).filter((file) => file.endsWith('.open'))).toHaveLength(1);
    other.kill('SIGKILL');
    await once(other, 'close');
    expect((await linesIn(folder.path)).length).toBeGreaterThan(0);
  });
});

describe('what a process left', () => {
  it('is taken over by one of several that start at once (S11)', async () => {
    await using folder = await temporaryFolder();
    for (let i = 0; i < 3; i++) await answeredUntilKilled(folder.path, 'sync', 150);
    const before = await readRequests(folder.path);
    expect(before.length).toBeGreaterThan(400);
    const logs = Array.from({ length: 4 }, () => openLog(folder.path));
    await Promise.all(logs.map((log) => log.open(['heart'])));
    await until(async () => (await filesIn(folder.path)).every((file) => file.endsWith('.parquet')));
    await Promise.all(logs.map((log) => log[Symbol.asyncDispose]()));
    expect(logs.flatMap(({ troubles }) => troubles)).toEqual([]);
    expect([...(await readRequests(folder.path))].sort()).toEqual([...before].sort());
  });
});
