import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { BatchJob, BatchProgress, BatchReport } from '../../src/batch/index.ts';
import { goodRows, Rig } from './rig.ts';

const rows = 80_000;
const kills = 4;

let rig: Rig;
let job: BatchJob;
beforeAll(async () => {
  rig = await Rig.open();
  const bad = `SELECT * REPLACE (CASE WHEN hash(id) % 1000 = 0 THEN 99 ELSE a END AS a) FROM (${goodRows(0, rows)})`;
  await rig.parquet('in.parquet', bad);
  job = rig.job(['in.parquet'], 'out.parquet', { partRows: 4096 });
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** Starts a job in a process; `kill -9` when so many rows were answered. */
async function start(one: BatchJob, killAt = Number.POSITIVE_INFINITY): Promise<BatchReport | undefined> {
  const script = fileURLToPath(new URL('./score-child.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(one)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let report: BatchReport | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) report = (JSON.parse(line) as { value: BatchReport }).value;
    else if (Number(line) >= killAt) child.kill('SIGKILL');
  }
  await ended;
  return report;
}

const bytesOf = (name: string): Promise<Buffer> => readFile(rig.path(name));

describe('an interrupted scoring', () => {
  it(`S3: killed ${kills} times, goes on with the last whole part, and ends with the bytes of an undisturbed one`, async () => {
    const undisturbed = await rig.score({ ...job, ...outputs('calm.parquet') });
    expect(undisturbed.rejected).toBeGreaterThan(50);
    const random = seededRandom(20_261_121);
    let answered = 0;
    for (let k = 0; k < kills; k++) {
      answered += Math.ceil(random() * (rows / kills));
      expect(await start(job, Math.min(answered, rows - 20_000))).toBeUndefined();
    }
    const report = await start(job);
    expect(report!.resumed).toBeGreaterThan(0);
    expect({ ...report, resumed: 0, output: '', rejects: '' }).toEqual({
      ...undisturbed,
      output: '',
      rejects: '',
    });
    expect((await bytesOf('out.parquet')).equals(await bytesOf('calm.parquet'))).toBe(true);
    expect(
      (await bytesOf('out.parquet.rejects.jsonl')).equals(await bytesOf('calm.parquet.rejects.jsonl')),
    ).toBe(true);
    expect(await readdir(rig.folder)).not.toContain('out.parquet.parts');
  });

  it('S3: starts anew, and says why, when the model, the input or the options are others', async () => {
    const half = async (one: BatchJob): Promise<void> => {
      const controller = new AbortController();
      const onProgress = ({ rows: done }: BatchProgress): unknown => done > 30_000 && controller.abort();
      await expect(rig.score(one, { signal: controller.signal, onProgress })).rejects.toThrow(
        'batch-interrupted',
      );
      expect(await readdir(one.work)).toContain('000000.json');
    };
    const other = { ...job, ...outputs('other.parquet') };
    await half(other);
    expect((await rig.score({ ...other, columns: 'key' })).startedAnew).toBe('the options are others');
    await half(other);
    await utimes(rig.path('in.parquet'), 1, 1);
    expect((await rig.score(other)).startedAnew).toBe('the input is another one, or was changed');
    await half(other);
    await rig.writeModel('v1.0.1');
    const report = await rig.score(other);
    expect(report.startedAnew).toBe('the parts are of another model');
    expect(report).toMatchObject({ resumed: 0, modelVersion: 'v1.0.1' });
  });

  it('S3: stops when it is told to, and goes on later', async () => {
    const told = { ...job, ...outputs('told.parquet') };
    const controller = new AbortController();
    const stopped = await rig
      .score(told, {
        signal: controller.signal,
        onProgress: ({ rows: done }) => done > 30_000 && controller.abort(),
      })
      .catch((error: Error) => error.message);
    expect(stopped).toContain('batch-interrupted');
    expect(await rig.score(told)).toMatchObject({ rows });
  });
});

function outputs(name: string): Pick<BatchJob, 'output' | 'rejects' | 'work'> {
  return {
    output: rig.path(name),
    rejects: rig.path(`${name}.rejects.jsonl`),
    work: rig.path(`${name}.parts`),
  };
}
