import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/index.ts';
import type { RowBlock } from '../../../src/servable/index.ts';
import { onThreads } from '../../../src/serve/engines/on-threads.ts';
import { openEngines } from '../../../src/serve/engines/open-engines.ts';
import type { ThreadPool } from '../../../src/serve/engines/thread-pool.ts';
import { openThreadPool } from '../../../src/serve/engines/thread-pool.ts';
import type { ModelFiles } from '../v2/protocol-models.ts';
import { mixedModel, open, sumModel } from '../v2/protocol-models.ts';

const file = packageFile('dist/serve/main.js');
const clock = (): number => performance.now();
const later = (): number => performance.now() + 60_000;

let sum: ModelFiles;
let mixed: ModelFiles;
let pool: ThreadPool;

beforeAll(async () => {
  sum = await sumModel('sum', { width: 2 });
  mixed = await mixedModel('mixed');
  pool = openThreadPool({ threads: 2, file });
});

afterAll(async () => {
  await pool[Symbol.asyncDispose]();
});

let keys = 0;

async function modelOf({ folder }: ModelFiles) {
  await using servable = await open({ folder, bytes: new Uint8Array() });
  return { key: keys++, folder, digest: servable.manifest.digest };
}

function rowsOf(rows: number): RowBlock {
  return { rows, cells: Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? i / 2 : 1)) };
}

describe('threads for large blocks', () => {
  it('answer the rows of a block in their order, in parts (S11)', async () => {
    const elsewhere = onThreads(pool, await modelOf(sum), clock);
    const rows = 5003;
    const answer = await elsewhere.infer(rowsOf(rows), later());
    if (!answer?.ok || answer.value.prediction.task !== 'regression') throw new Error('no answer');
    expect([...answer.value.prediction.values]).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
    expect(elsewhere.queuedRows()).toBe(0);
  });

  it('answer texts, classes and labels as this thread does', async () => {
    await using servable = await open(mixed);
    const row = (i: number) => [
      18 + (i % 80),
      i % 7 === 0 ? Number.NaN : i,
      ['red', 'green', 'bleu'][i % 3]!,
      i % 4,
      i % 2,
      0,
      '',
    ];
    const block: RowBlock = { rows: 700, cells: Array.from({ length: 700 }, (_, i) => row(i)).flat() };
    const here = await servable.predict([block]);
    const there = await onThreads(pool, await modelOf(mixed), clock).infer(block, later());
    if (!here.ok || !there?.ok) throw new Error('no answer');
    expect(there.value.prediction).toEqual(here.value);
  });

  it('say of rows that the model cannot answer that it failed, and answer the next', async () => {
    const elsewhere = onThreads(pool, await modelOf(mixed), clock);
    const cells = [50, 0, 'green', Number.NaN, 0, 0, ''];
    const bad = await elsewhere.infer({ rows: 1, cells }, later());
    expect(bad).toMatchObject({ ok: false, failure: { code: 'serve-model-failed' } });
    const good = await elsewhere.infer(
      { rows: 1, cells: cells.map((cell) => (Number.isNaN(cell) ? 1 : cell)) },
      later(),
    );
    expect(good?.ok).toBe(true);
    expect(elsewhere.queuedRows()).toBe(0);
  });

  it('refuse what is too late, and what would be', async () => {
    let now = 0;
    const elsewhere = onThreads(pool, await modelOf(sum), () => now);
    expect(await elsewhere.infer(rowsOf(10), -1)).toMatchObject({ failure: { code: 'serve-timeout' } });
    const slow = elsewhere.infer(rowsOf(2000), 1e9);
    now = 100_000;
    expect((await slow)?.ok).toBe(true);
    const waiting = elsewhere.infer(rowsOf(2000), 1e9);
    expect(await elsewhere.infer(rowsOf(2000), now + 10)).toMatchObject({
      failure: { code: 'serve-overloaded', status: 503 },
    });
    expect((await waiting)?.ok).toBe(true);
  });

  it('are replaced when one dies, and its part is answered by another (S11)', async () => {
    const workers: { terminate(): Promise<number> }[] = [];
    await using own = openThreadPool({ threads: 1, file, onStart: (worker) => workers.push(worker) });
    const elsewhere = onThreads(own, await modelOf(sum), clock);
    expect((await elsewhere.infer(rowsOf(10), later()))?.ok).toBe(true);
    const answer = elsewhere.infer(rowsOf(3000), later());
    await workers[0]!.terminate();
    expect((await answer)?.ok).toBe(true);
    expect(workers).toHaveLength(2);
  });

  it('fail the part at which two of them died', async () => {
    await using own = openThreadPool({
      threads: 1,
      file,
      onStart: (worker) => void setImmediate(() => void worker.terminate()),
    });
    const answer = await onThreads(own, await modelOf(sum), clock).infer(rowsOf(10), later());
    expect(answer).toMatchObject({ ok: false, failure: { code: 'serve-model-failed' } });
  });

  it('leave to this thread what they cannot open (S11)', async () => {
    await using engines = openEngines({ clock, file, threads: 1 });
    const folder = join(await mkdtemp(join(tmpdir(), 'trainyard-threads-')), 'sum');
    await cp(sum.folder, folder, { recursive: true });
    await using engine = engines.engineOf(await open({ folder, bytes: sum.bytes }), folder);
    await rm(folder, { recursive: true });
    // Large by its rows, whatever the pace is.
    const answer = await engine.infer(rowsOf(20_000), later());
    if (!answer.ok || answer.value.prediction.task !== 'regression') throw new Error('no answer');
    expect(answer.value.prediction.values[19_999]).toBe(20_000);
  });
});
