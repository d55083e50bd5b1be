import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonScalar } from '../../src/base/index.ts';
import type { Exported, ExportFormat, ExportOptions, RunRecord } from '../../src/runs/index.ts';
import { exportCancelled, writeExport } from '../../src/runs/index.ts';
import { openSession, quoteText } from '../../src/sql/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { sampleRecord } from './sample-record.ts';

const { signal } = new AbortController();

function record(n: number, more: Partial<RunRecord> = {}): RunRecord {
  return sampleRecord({ id: `20261121-0315${String(n).padStart(2, '0')}-1f4a9c1e`, ...more });
}

async function exported(
  rig: GitRig,
  to: ExportFormat,
  records: readonly RunRecord[],
  more: Partial<ExportOptions> = {},
): Promise<{ readonly output: string; readonly done: Awaited<ReturnType<typeof writeExport>> }> {
  const output = join(rig.path, `out.${to}`);
  const options = { output, force: false, escapeFormulas: false, signal, ...more };
  const read: ExportOptions['read'] = async (each) => {
    for (const one of records) await each(one);
    return { ok: true, value: undefined };
  };
  return { output, done: await writeExport(to, { read, ...options }) };
}

function whole(done: Awaited<ReturnType<typeof writeExport>>): Exported {
  return value(done.ok ? done : { ok: false, failure: done.failure[0]! });
}

/** As any strict reader of RFC 4180 sees a CSV: `undefined` is a missing value. */
function parseCsv(text: string): (string | undefined)[][] {
  const rows: (string | undefined)[][] = [];
  const cell = /("(?:[^"]|"")*"|[^,"\n]*)([,\n])/gy;
  let row: (string | undefined)[] = [];
  for (let at = cell.exec(text); at !== null; at = cell.exec(text)) {
    const [, raw, end] = at as unknown as [string, string, string];
    row.push(raw === '' ? undefined : raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

async function parquetRows(file: string): Promise<Record<string, unknown>[]> {
  await using session = await openSession({ allowedPaths: [file] });
  return await session.rows(`SELECT * FROM read_parquet(${quoteText(file)})`);
}

describe('a table of runs', () => {
  it('V2: has one row a run, newest first as given, with params, metrics and their intervals, commit and digests', async () => {
    await using rig = await gitRig();
    const old = record(1, { params: { seed: 7 } });
    const { done, output } = await exported(rig, 'csv', [record(2), old]);
    expect(whole(done)).toMatchObject({ runs: 2, formulas: [] });
    const [head, ...rows] = parseCsv(await readFile(output, 'utf8')) as [string[], ...string[][]];
    const at = (row: number, name: string) => rows[row]![head.indexOf(name)];
    expect(rows).toHaveLength(2);
    expect(at(0, 'id')).toBe(record(2).id);
    expect(at(0, 'ended_at')).toBe('2026-11-21T03:15:12.845Z');
    expect(at(0, 'model_digest')).toBe(record(2).model!.digest);
    expect([at(0, 'params.trees'), at(1, 'params.trees')]).toEqual(['200', undefined]);
    expect(['', '.low', '.high'].map((end) => at(0, `metrics.roc_auc${end}`))).toEqual([
      '0.912',
      '0.838',
      '0.967',
    ]);
    const metrics = head.filter((name) => name.startsWith('metrics.log_loss'));
    expect(metrics).toEqual(['metrics.log_loss', 'metrics.log_loss.low', 'metrics.log_loss.high']);
    expect(await readdir(rig.path)).toEqual(['global.config', 'out.csv']);
  });

  it('V2: is typed in Parquet, and says the same there to the last bit', async () => {
    await using rig = await gitRig();
    const params = {
      rate: 0.1 + 0.2,
      rows: 9_007_199_254_740_991,
      flag: true,
      mixed: 'a',
      empty: '',
      nothing: null,
    };
    const records = [
      record(1, { params }),
      record(2, { params: { ...params, rows: 1, mixed: 3, nothing: null } }),
    ];
    const { done, output } = await exported(rig, 'parquet', records);
    whole(done);
    const [first, second] = await parquetRows(output);
    expect(first).toMatchObject({
      id: records[0]!.id,
      dirty: false,
      seconds: 12.345,
      'params.rate': 0.30000000000000004,
      'params.rows': 9_007_199_254_740_991,
      'params.flag': true,
      'params.mixed': 'a',
      'params.empty': '',
      'params.nothing': null,
      'metrics.roc_auc': 0.912,
    });
    expect(second).toMatchObject({ 'params.mixed': '3' });
    expect(String(first!['started_at'])).toBe('2026-11-21 03:15:00.5');
  });

  it('carries any text through both forms unchanged', async () => {
    const texts = fc.array(
      fc.record({
        a: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null)),
        b: fc.double({ noNaN: true, noDefaultInfinity: true }),
      }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await using rig = await gitRig();
    await fc.assert(
      fc.asyncProperty(texts, async (rows) => {
        const clean = rows.map(({ a, b }) => ({
          a: a === null ? null : Buffer.from(a).toString().replaceAll('\0', ''),
          b,
        }));
        const records = clean.map((params, i) => record(i, { params: params as Record<string, JsonScalar> }));
        const csv = await exported(rig, 'csv', records, { force: true });
        whole(csv.done);
        const parsed = parseCsv(await readFile(csv.output, 'utf8'));
        const column = parsed[0]!.indexOf('params.a');
        expect(parsed.slice(1).map((row) => row[column] ?? null)).toEqual(clean.map(({ a }) => a));
        const parquet = await exported(rig, 'parquet', records, { force: true });
        whole(parquet.done);
        const typed = await parquetRows(parquet.output);
        expect(typed.map((row) => row['params.a'] ?? null)).toEqual(clean.map(({ a }) => a));
        expect(typed.map((row) => row['params.b'])).toEqual(clean.map(({ b }) => b + 0));
      }),
      { numRuns: 10 },
    );
  });

  it('changes no text, says which columns a spreadsheet would run, and puts an apostrophe before them when asked', async () => {
    await using rig = await gitRig();
    const evil = record(1, {
      code: { ...sampleRecord().code!, branch: '=HYPERLINK("http://evil")' },
      params: { at: '@SUM(1)', number: -1, text: '-1.5', plain: 'a=b' },
    });
    const plain = await exported(rig, 'csv', [evil]);
    expect(whole(plain.done).formulas).toEqual(['branch', 'params.at']);
    expect(await readFile(plain.output, 'utf8')).toContain(',"=HYPERLINK(""http://evil"")",');
    const safe = await exported(rig, 'csv', [evil], { force: true, escapeFormulas: true });
    expect(whole(safe.done).formulas).toEqual([]);
    const text = await readFile(safe.output, 'utf8');
    expect(text).toContain(',"\'=HYPERLINK(""http://evil"")",');
    expect(text).toContain(",'@SUM(1),");
    expect(text).toContain(',-1,a=b,-1.5');
  });
});

describe('MLflow and DVC', () => {
  it('has the layout of a tracking store, one experiment a pipeline, with the ids of runs as they are', async () => {
    await using rig = await gitRig();
    const params = { note: 'no: yes\n"x"', seed: 7, none: null };
    const { done, output } = await exported(rig, 'mlflow', [
      record(1, { params }),
      record(2, { pipeline: 'other' }),
    ]);
    expect(whole(done).runs).toBe(2);
    const experiments = (await readdir(output)).filter((name) => !name.startsWith('.'));
    expect(experiments).toHaveLength(2);
    for (const id of experiments) expect(id).toMatch(/^[1-9][0-9]{17}$/);
    const files = await readdir(output, { recursive: true });
    const run = files.find((path) => path.endsWith(record(1).id))!;
    const read = (path: string) => readFile(join(output, run, path), 'utf8');
    expect(await read('params/note')).toBe(params.note);
    expect(await read('params/none')).toBe('null');
    expect(await read('metrics/roc_auc.low')).toBe('1795230912845 0.838 0\n');
    expect(await read('meta.yaml')).toContain('status: 3\n');
    expect(await readdir(join(output, run, 'artifacts'))).toEqual([]);
  });

  it('writes metrics.json and params.yaml of the newest run into a folder that may hold other things', async () => {
    await using rig = await gitRig();
    await rig.write('out.dvc/other.txt', 'other');
    const { done, output } = await exported(rig, 'dvc', [record(2), record(1, { params: {} })]);
    expect(whole(done).runs).toBe(1);
    expect((await readdir(output)).sort()).toEqual(['metrics.json', 'other.txt', 'params.yaml']);
    const metrics = JSON.parse(await readFile(join(output, 'metrics.json'), 'utf8'));
    expect(metrics.roc_auc).toEqual({ value: 0.912, low: 0.838, high: 0.967 });
    expect(await readFile(join(output, 'params.yaml'), 'utf8')).toBe('seed: 7\ntrees: 200\n');
    expect((await exported(rig, 'dvc', [record(1)])).done.ok).toBe(false);
    expect((await exported(rig, 'dvc', [record(1)], { force: true })).done.ok).toBe(true);
  });
});

it('writes no file outside of the folder for MLflow, whatever a parameter is called', async () => {
  await using rig = await gitRig();
  const { done } = await exported(rig, 'mlflow', [record(1, { params: { '../../../../escaped': 'text' } })]);
  expect(done).toMatchObject({ ok: false, failure: [{ code: 'runs-export-io-failed' }] });
  expect(await readdir(rig.path)).toEqual(['global.config']);
});

describe.each(['csv', 'parquet', 'mlflow'] as const)('writing %s', (to) => {
  it('replaces nothing without force, and with it only what an export wrote', async () => {
    await using rig = await gitRig();
    whole((await exported(rig, to, [record(1)])).done);
    const again = await exported(rig, to, [record(1)]);
    expect(again.done.ok ? '' : again.done.failure[0]?.code).toBe('runs-export-exists');
    whole((await exported(rig, to, [record(1), record(2)], { force: true })).done);

    const precious = join(rig.path, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'thesis.txt'), 'years of work');
    const refused = await exported(rig, to, [record(1)], { force: true, output: precious });
    expect(refused.done.ok ? '' : refused.done.failure[0]?.code).toBe('runs-export-foreign-folder');
    expect(await readdir(precious)).toEqual(['thesis.txt']);
  });

  it('leaves nothing, and an earlier export as it was, when it is interrupted, empty or fails', async () => {
    await using rig = await gitRig();
    const { output } = await exported(rig, to, [record(1)]);
    const before = await readdir(rig.path, { recursive: true });
    const interrupted = await exported(rig, to, [], {
      force: true,
      read: async (each) => {
        await each(record(2));
        return { ok: false, failure: [exportCancelled()] };
      },
    });
    expect(interrupted.done.ok).toBe(false);
    const empty = await exported(rig, to, [], { force: true });
    expect(empty.done.ok ? '' : empty.done.failure[0]?.code).toBe('runs-export-nothing');
    const broken = await exported(rig, to, [], {
      force: true,
      read: async () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    });
    expect(broken.done.ok ? '' : broken.done.failure[0]?.code).toBe('runs-export-io-failed');
    expect(await readdir(rig.path, { recursive: true })).toEqual(before);
    expect(before.join()).toContain(output.slice(rig.path.length + 1));
  });
});
