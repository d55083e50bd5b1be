import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PullReport } from '../../src/report/index.ts';
import { Repository } from '../rig/repository.ts';

const pipeline = 'pipelines/hello/pipeline.yaml';
const data = 'pipelines/hello/rows.csv';

/** 240 rows of two classes that a feature tells apart, as a rule. */
function rows(shift = 0): string {
  const lines = Array.from({ length: 240 }, (_, i) => {
    const label = i % 2;
    const x = ((i * 37) % 100) / 50 + label * 1.2 + shift;
    return `r${i},${x.toFixed(3)},${((i * 61) % 89) / 10},${label === 1 ? 'yes' : 'no'}`;
  });
  return `id,x,noise,label\n${lines.join('\n')}\n`;
}

const text = `version: 1
name: hello
params: { rate: 0.5 }
data:
  rows: { path: ${data}, key: id, target: label, split: { test: 0.3, stratify: label } }
features:
  - { columns: [x], scale: standard }
steps:
  train: { uses: train, with: { data: rows, estimator: logistic-regression, seed: 1 } }
  evaluate: { uses: evaluate, needs: train, with: { data: rows, resamples: 200, importance-repeats: 1 } }
model:
  from: train
  gates: [{ metric: roc_auc, min: 0.6 }]
`;

/** A repository with a run on `main`, and a bare remote that knows it all. */
let origin: Repository;

const runOf = async (repository: Repository, ...more: string[]): Promise<void> => {
  const ran = await repository.trainyard('run', 'hello', ...more);
  if (ran.code !== 0) throw new Error(ran.stdout + ran.stderr);
};

async function reportOf(repository: Repository, ...more: string[]): Promise<PullReport> {
  const made = await repository.trainyard('report', 'hello', '--json', ...more);
  expect(made.code, made.stderr).toBe(0);
  return JSON.parse(made.stdout) as PullReport;
}

beforeAll(async () => {
  origin = new Repository();
  origin.write('.gitignore', '.trainyard/\nbare.git/\n');
  origin.write(pipeline, text);
  origin.write(data, rows());
  origin.git('init', '--quiet', '--initial-branch=main');
  origin.commit('Start');
  await runOf(origin);
  origin.write('README.md', 'Hello.\n');
  origin.commit('Say hello');
  origin.git('checkout', '--quiet', '-b', 'change');
  origin.edit(pipeline, 'columns: [x]', 'columns: [x, noise]');
  origin.write(data, `${rows()}${rows(3).split('\n').slice(1, 121).join('\n').replaceAll(/^r/gm, 'n')}\n`);
  origin.commit('Use both columns; more rows');
  await runOf(origin, '--param', 'rate=0.7');
  origin.git('clone', '--quiet', '--bare', '.', 'bare.git');
  origin.git('remote', 'add', 'origin', join(origin.folder, 'bare.git'));
}, 60_000);

afterAll(() => origin[Symbol.dispose]());

describe('trainyard report', () => {
  test('compares with the run nearest to the merge base, both models on the rows of this branch (P1)', async () => {
    const report = await reportOf(origin);
    expect(report.base).toMatchObject({ kind: 'record', target: 'main', behind: 1 });
    expect(report).toMatchObject({
      version: 1,
      pipeline: 'hello',
      changed: true,
      heldOut: 'different',
      params: [{ name: 'rate', base: '0.5', head: '0.7' }],
      features: [{ column: 'noise', head: 'scale standard' }],
      reproduce: { params: [{ name: 'rate', value: '0.7' }] },
      data: [{ dataset: 'rows', rows: { base: 240, head: 360 }, files: { changed: 1 } }],
    });
    const auc = report.metrics.find(({ metric }) => metric === 'roc_auc')!;
    expect(auc.basis).toBe('paired');
    expect(auc.difference!.value).toBeCloseTo(auc.head!.value - auc.base!.value, 9);
    expect(report.data[0]!.drift!.columns.map(({ column }) => column)).toContain('x');
    expect(report.curves.map(({ kind }) => kind)).toEqual(['roc', 'precision-recall', 'calibration']);
    expect(report.notes).toEqual([]);
  });

  test('shows it as Markdown, and writes it to a file', async () => {
    const shown = await origin.trainyard('report', 'hello');
    expect(shown.stdout).toMatch(/^<!-- trainyard:report pipeline=hello -->\n### ✅ hello: pass\n/);
    expect(shown.stdout).toContain('--param rate=0.7\n');
    const written = await origin.trainyard('report', 'hello', '--json', '--out', '.trainyard/report.json');
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(join(origin.folder, '.trainyard/report.json'), 'utf8'))).toMatchObject({
      version: 1,
    });
    const refused = await origin.trainyard('report', 'hello', '--out', 'no/such/folder/report.md');
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('commands-output-unwritable') });
  });

  test('of a run on the target branch itself compares with the one before it, and says when there is none', async () => {
    const first = JSON.parse((await origin.trainyard('runs', 'list', '--json')).stdout).at(-1).id;
    const report = await reportOf(origin, '--run', first, '--base', 'main');
    expect(report.base).toMatchObject({
      kind: 'none',
      because: expect.stringMatching(
        /^[0-9a-f]{7} is on main itself, and no run is recorded of a commit before it$/,
      ),
    });
    expect(report.changed).toBe(true);
  });

  test('in a shallow clone fetches target branch, records and history, as far as it takes (V4)', async () => {
    using clone = new Repository();
    clone.git('clone', '--quiet', '--depth=1', '--branch=change', `file://${origin.folder}/bare.git`, '.');
    expect(clone.git('rev-list', '--count', 'HEAD').trim()).toBe('1');
    const missing = await clone.trainyard('report', 'hello');
    // Its own run is not known before records were fetched: the report asks for it by itself only for the baseline.
    expect(missing.stderr).toContain('commands-report-without-run');
    expect((await clone.trainyard('runs', 'pull')).code).toBe(0);
    const report = await reportOf(clone, '--base', 'main');
    expect(report.base).toMatchObject({ kind: 'record', target: 'main', behind: 1 });
    // The models are in the other clone's store: what could not be measured is said.
    expect(report.metrics[0]!.basis).toBe('unpaired');
    expect(report.notes.join(' ')).toMatch(/not in this store.*separate measurements/);
    expect(report.curves).toEqual([]);
  });

  test('in a shallow clone without its remote says what is missing, and what mends it', async () => {
    using clone = new Repository();
    clone.git(
      'clone',
      '--quiet',
      '--depth=1',
      '--no-single-branch',
      '--branch=change',
      `file://${origin.folder}/bare.git`,
      '.',
    );
    clone.git('branch', 'trainyard/runs', 'origin/trainyard/runs');
    clone.git('remote', 'set-url', 'origin', `file://${origin.folder}/gone.git`);
    expect(existsSync(join(origin.folder, 'gone.git'))).toBe(false);
    const report = await reportOf(clone, '--base', 'main');
    expect(report.base).toMatchObject({ kind: 'none', because: expect.stringContaining('shallow') });
    expect(report.notes.join(' ')).toMatch(/fetch-depth: 0.*git fetch --unshallow/);
    const shown = await clone.trainyard('report', 'hello', '--base', 'main');
    expect(shown.stdout).toContain('**No baseline:**');
  });

  test('without a run before the branch measures the model of the target branch on the rows of this one', async () => {
    using repository = new Repository();
    repository.write('.gitignore', '.trainyard/\n');
    repository.write(pipeline, text);
    repository.write(data, rows());
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.commit('Start');
    repository.git('checkout', '--quiet', '-b', 'change');
    repository.edit(pipeline, 'columns: [x]', 'columns: [x, noise]');
    repository.commit('Use both columns');
    await runOf(repository);
    const alone = await reportOf(repository);
    expect(alone.base).toMatchObject({ kind: 'none', target: 'main' });
    repository.git('checkout', '--quiet', 'main');
    repository.write('README.md', 'Later.\n');
    repository.commit('Go on');
    await runOf(repository);
    repository.git('checkout', '--quiet', 'change');
    const report = await reportOf(repository);
    expect(report.base).toMatchObject({
      kind: 're-evaluated',
      target: 'main',
      because: expect.stringContaining('no run is recorded at the merge base'),
    });
    expect(report.metrics.find(({ metric }) => metric === 'roc_auc')).toMatchObject({ basis: 'paired' });
  });

  test('names a target that is nowhere', async () => {
    const refused = await origin.trainyard('report', 'hello', '--base', 'nowhere');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('commands-base-unknown') });
  });
});
