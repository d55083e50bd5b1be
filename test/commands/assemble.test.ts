import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlanRequest, RunReport } from '../../src/commands/index.ts';
import { init, processEffects, register, run } from '../../src/commands/index.ts';

const pipeline = 'pump-failure';
/** Of the one job that executes everything. */
const everything = ['data.rows', 'validate', 'train', 'evaluate', 'choose', 'gates'];
let folder: string;
const project = (): string => join(folder, 'project');
const results = (): string => join(folder, 'results');

function git(where: string, ...args: readonly string[]): string {
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', ['-C', where, ...author, ...args], { encoding: 'utf8' }).trim();
}

/** What a job finds: nothing but the repository. */
function freshClone(name: string): string {
  const clone = join(folder, name);
  execFileSync('git', ['clone', '-q', project(), clone]);
  return clone;
}

/** The store is one that all jobs reach. */
function effectsIn(cwd: string): ReturnType<typeof processEffects> {
  const env = { PATH: process.env['PATH'], HOME: folder, TRAINYARD_STORE: `file:${join(folder, 'store')}` };
  return processEffects({ cwd, env, signal: new AbortController().signal });
}

async function runIn(cwd: string, options: Partial<PlanRequest> & { readonly handOver?: string } = {}) {
  const request = { pipeline, trigger: { kind: 'manual' }, version: '1.0.0', ...options } as const;
  const done = await run(request, { ...effectsIn(cwd), listener: () => undefined });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value;
}

function statuses({ record }: RunReport): Readonly<Record<string, string>> {
  return Object.fromEntries(record.steps.map(({ id, status }) => [id, status]));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-assemble-'));
  execFileSync('git', ['init', '-q', '-b', 'main', project()]);
  await init({ version: '1.0.0', workflows: false }, { cwd: project(), env: {} });
  const file = join(project(), 'pipelines', pipeline, 'pipeline.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/estimator: \[.*\]/, 'estimator: [random-forest]')
    .replace('trees: 100', 'trees: 10')
    .replace('baseline: production', 'baseline: staging');
  writeFileSync(file, text);
  git(project(), 'add', '-A');
  git(project(), 'commit', '-q', '-m', 'Begin');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a version that comes to a stage while a run is under way is what its gates compare with (T4)', async () => {
  // As the button gives them to every job.
  const asked = { force: ['all'], param: ['trees=12'] };
  const made = await runIn(project(), { ...asked, only: everything, handOver: results() });
  expect(made.record).toMatchObject({ status: 'succeeded', verdict: 'pass' });
  expect(made.record.gates?.baselines).toMatchObject([{ name: 'staging' }]);
  expect(made.record.gates?.baselines?.[0]).not.toHaveProperty('digest');

  const registered = await register({ pipeline }, effectsIn(project()));
  expect(registered.ok).toBe(true);
  expect(git(project(), 'tag')).toContain(`${pipeline}#staging#1`);

  const last = await runIn(freshClone('last'), { ...asked, only: [], results: results() });
  expect(last.failures).toEqual([]);
  const { gates, ...others } = statuses(last);
  expect(gates).toBe('ran');
  expect(new Set(Object.values(others))).toEqual(new Set(['cached']));
  expect(last.record).toMatchObject({ status: 'succeeded', verdict: 'pass', params: { trees: 12 } });
  expect(last.record.gates?.baselines).toMatchObject([
    { name: 'staging', digest: made.record.model!.digest, origin: expect.stringContaining('v1.0.0') },
  ]);
}, 60_000);

it('gates fail the job that puts the run together, and none of those that execute its steps (T4)', async () => {
  const file = join(folder, 'last', 'pipelines', pipeline, 'pipeline.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/min: 0\.\d+/, 'min: 1'));
  const handOver = join(folder, 'rejected');
  const part = await runIn(join(folder, 'last'), { only: everything, handOver });
  expect(part.record).toMatchObject({ status: 'succeeded', verdict: 'fail' });
  expect(statuses(part)).toMatchObject({ gates: 'rejected' });

  const all = await runIn(join(folder, 'last'), { only: [], results: handOver });
  expect(all.record).toMatchObject({ status: 'failed', verdict: 'fail' });
  expect(all.record.steps.every(({ attempts }) => attempts === 0)).toBe(true);
}, 60_000);
