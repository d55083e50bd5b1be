import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predict } from '../../src/commands/index.ts';
import { openObjects } from '../../src/store/index.ts';
import { goodRows, Rig } from '../batch/rig.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let server: S3Server;
let rig: Rig;
beforeAll(async () => {
  server = await startS3();
  await server.makeBucket('tables');
  rig = await Rig.open();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('batch scoring of objects', () => {
  it('S3: reads the objects that a pattern names, and stores output and rejects as objects', async () => {
    const opened = await openObjects('s3://tables', { root: rig.folder, env: server.env });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using objects = opened.value;
    const bad = `SELECT * REPLACE (CASE WHEN id = 'P17' THEN 99 ELSE a END AS a) FROM (${goodRows(10, 25)})`;
    for (const [name, query] of [
      ['one.csv', goodRows(0, 10)],
      ['two.csv', bad],
    ] as const) {
      await rig.csv(name, query);
      const put = await objects.putFile(`in/2026/${name}`, rig.path(name));
      expect(put.ok).toBe(true);
    }
    await objects.put('in/2026/readme.txt', Buffer.from('no table'));
    const machine = { platform: 'test', cpus: 2, memoryBytes: 1e9, node: '20' };
    const effects = { cwd: rig.folder, env: server.env, machine, signal: new AbortController().signal };
    const options = {
      model: rig.servable,
      input: 's3://tables/in/*/*.csv',
      output: 's3://tables/out/scored.parquet',
    };
    const done = await predict({ ...options, columns: 'key' }, effects);
    if (!done.ok) throw new Error(JSON.stringify(done.failure));
    expect(done.value).toMatchObject({
      rows: 25,
      scored: 24,
      rejected: 1,
      verdict: 'fail',
      output: options.output,
    });
    expect(done.value.rejects).toBe(`${options.output}.rejects.jsonl`);
    const rejects = await objects.get('out/scored.parquet.rejects.jsonl');
    expect(rejects.ok && JSON.parse(Buffer.from(rejects.value).toString())).toMatchObject({
      row: 18,
      file: 's3://tables/in/2026/two.csv',
      line: 9,
      column: 'a',
    });
    await objects.getFile('out/scored.parquet', rig.path('back.parquet'));
    await rig.score(rig.job(['one.csv', 'two.csv'], 'local.parquet', { columns: 'key' }));
    expect((await readFile(rig.path('back.parquet'))).equals(await readFile(rig.path('local.parquet')))).toBe(
      true,
    );
    expect(await readdir(rig.path('.trainyard/batch'))).toEqual([]);
  });

  it('says so when no object matches', async () => {
    const machine = { platform: 'test', cpus: 2, memoryBytes: 1e9, node: '20' };
    const effects = { cwd: rig.folder, env: server.env, machine, signal: new AbortController().signal };
    await writeFile(rig.path('x.csv'), 'a\n1\n');
    const done = await predict(
      { model: rig.servable, input: 's3://tables/none/*.csv', output: 'x.out.csv' },
      effects,
    );
    expect(!done.ok && done.failure[0]!.code).toBe('commands-objects-none');
  });
});
