import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ExportFormat, RunRecord } from '../../src/runs/index.ts';
import { writeExport } from '../../src/runs/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { estimate, model, sampleRecord } from '../runs/sample-record.ts';

/** Programs of the second environment that scripts/test-python.sh makes. */
function exchangePath(program: string): string {
  const folder = process.env['TRAINYARD_EXCHANGE'];
  if (folder === undefined)
    throw new Error('TRAINYARD_EXCHANGE is not set: start with `npm run test:python`');
  return join(folder, program);
}

function run(n: number, auc: number, more: Partial<RunRecord> = {}): RunRecord {
  const best = model('train[random-forest]', { roc_auc: estimate(auc, auc - 0.1, auc + 0.05) });
  return sampleRecord({
    id: `20261121-03150${n}-1f4a9c1e`,
    models: [best],
    model: { step: best.step, digest: best.digest, from: 'choose' },
    ...more,
  });
}

async function exported(
  rig: GitRig,
  to: ExportFormat,
  records: readonly RunRecord[],
  output: string,
): Promise<void> {
  const done = await writeExport(to, {
    output,
    force: true,
    escapeFormulas: false,
    signal: new AbortController().signal,
    read: async (each) => {
      for (const record of records) await each(record);
      return { ok: true, value: undefined };
    },
  });
  value(done.ok ? done : { ok: false, failure: done.failure[0]! });
  expect(output.startsWith(rig.path)).toBe(true);
}

describe('what other tools read of our exports', () => {
  it('V2: MLflow searches the runs, with our values to the last bit', async () => {
    await using rig = await gitRig();
    const text = 'yes: "no"\n= 1 é';
    const store = join(rig.path, 'a store of runs');
    const records = [
      run(1, 0.1 + 0.2),
      run(2, 0.92, { params: { trees: 10, text, flag: true } }),
      run(3, 0.97, { pipeline: 'other', status: 'failed' }),
    ];
    await exported(rig, 'mlflow', records, store);
    const ask = async (query: string) => {
      const script = fileURLToPath(new URL('mlflow_store.py', import.meta.url));
      const { stdout } = await promisify(execFile)(exchangePath('python'), [script, store, query], {
        env: { PATH: process.env['PATH'], HOME: rig.path },
      });
      return JSON.parse(stdout) as {
        readonly experiments: readonly string[];
        readonly runs: readonly Readonly<Record<string, unknown>>[];
      };
    };
    const all = await ask('');
    expect([...all.experiments].sort()).toEqual(['heart-disease', 'other']);
    expect(all.runs.map(({ id }) => id)).toEqual([3, 2, 1].map((n) => `20261121-03150${n}-1f4a9c1e`));
    expect(all.runs[0]).toMatchObject({ status: 'FAILED' });
    expect(all.runs[1]).toEqual({
      id: records[1]!.id,
      status: 'FINISHED',
      start: Date.parse(records[1]!.startedAt),
      end: Date.parse(records[1]!.startedAt) + 12_345,
      params: { trees: '10', text, flag: 'true' },
      metrics: { roc_auc: 0.92, 'roc_auc.low': 0.92 - 0.1, 'roc_auc.high': 0.92 + 0.05 },
      tags: expect.objectContaining({
        'mlflow.source.git.commit': 'a'.repeat(40),
        'trainyard.verdict': 'pass',
        'trainyard.model.digest': records[1]!.model!.digest,
      }),
      artifacts: 0,
    });
    expect(all.runs[2]).toMatchObject({ metrics: { roc_auc: 0.1 + 0.2 } });
    const found = await ask(
      "metrics.roc_auc > 0.5 and params.trees = '10' and tags.`trainyard.verdict` = 'pass'",
    );
    expect(found.runs.map(({ id }) => id)).toEqual([records[1]!.id]);
  });

  it('V2: DVC shows the metrics and tells which parameters differ', async () => {
    await using rig = await gitRig();
    const dvc = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(exchangePath('dvc'), args, {
        cwd: join(rig.path, 'r'),
        env: { PATH: process.env['PATH'], HOME: rig.path, DVC_NO_ANALYTICS: 'true' },
      });
      return stdout === '' ? undefined : JSON.parse(stdout);
    };
    await rig.repository('r');
    await promisify(execFile)(exchangePath('dvc'), ['init', '--quiet'], {
      cwd: join(rig.path, 'r'),
      env: { PATH: process.env['PATH'], HOME: rig.path, DVC_NO_ANALYTICS: 'true' },
    });
    const folder = join(rig.path, 'r');
    await exported(rig, 'dvc', [run(1, 0.9)], folder);
    await rig.git('r', 'add', '.');
    await rig.git('r', 'commit', '-q', '-m', 'first run');
    await exported(rig, 'dvc', [run(2, 0.95, { params: { seed: 7, trees: 300 } })], folder);
    const shown = await dvc('metrics', 'show', '--json', 'metrics.json');
    expect(shown['']['data']['metrics.json']['data']).toEqual({
      roc_auc: { value: 0.95, low: 0.95 - 0.1, high: 0.95 + 0.05 },
    });
    const metrics = await dvc('metrics', 'diff', '--json', 'HEAD', '--targets', 'metrics.json');
    expect(metrics['metrics.json']['roc_auc.value']).toMatchObject({ old: 0.9, new: 0.95 });
    const params = await dvc('params', 'diff', '--json', 'HEAD');
    expect(params).toEqual({ 'params.yaml': { trees: { old: 200, new: 300, diff: 100 } } });
  });
});
