import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Reproduction, RunRecord } from '../../src/runs/index.ts';
import { Repository } from '../rig/repository.ts';

/** Rows that Git ignores, a program, and a command that reads both. */
const pipeline = (run: string, more = ''): string => `version: 1
name: sums
params: { times: 2 }
data:
  rows: { path: pipelines/sums/data/*.csv${more} }
steps:
  sum:
    run: |
      ${run}
    deps: [sum.sh]
    outs: { metrics: metrics.json }
`;

const sound = './sum.sh "$TRAINYARD_DATA_ROWS" "${{ params.times }}" > "$TRAINYARD_OUT/metrics.json"';
const program = `#!/bin/sh
awk -F, -v times="$2" 'NR > 1 { s += $1 * times } END { print "{\\"sum\\": " s "}" }' "$1"
`;

function project(run = sound, more = ''): Repository {
  const repository = new Repository();
  repository.write('pipelines/sums/pipeline.yaml', pipeline(run, more));
  repository.write('pipelines/sums/sum.sh', program);
  chmodSync(join(repository.folder, 'pipelines/sums/sum.sh'), 0o755);
  repository.write('.gitignore', '.trainyard/\ndata/\ntemporary/\n');
  // Other line ends than in what steps are handed, whose bytes the store has anyway.
  repository.write('pipelines/sums/data/a.csv', 'x\r\n1\r\n2\r\n');
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.commit('Start');
  return repository;
}

async function ran(repository: Repository, ...args: string[]): Promise<RunRecord> {
  const run = await repository.trainyard('run', 'sums', '--json', ...args);
  expect(run.code, run.stderr).toBe(0);
  return JSON.parse(run.stdout) as RunRecord;
}

async function reproduced(repository: Repository, ...args: string[]): Promise<Reproduction> {
  const answer = await repository.trainyard('runs', 'reproduce', '--json', ...args);
  expect([0, 1], answer.stdout + answer.stderr).toContain(answer.code);
  const reproduction = JSON.parse(answer.stdout) as Reproduction;
  expect(answer.code).toBe(reproduction.identical ? 0 : 1);
  return reproduction;
}

describe('runs reproduce', () => {
  it('V5, D3: makes the heart-disease run again, the same to the last bit, from nothing but its commit', async () => {
    using repository = Repository.withHeartDisease();
    const run = await repository.trainyard('run', 'heart-disease', '--param', 'trees=40', '--json');
    expect(run.code, run.stderr).toBe(0);
    const record = JSON.parse(run.stdout) as RunRecord;
    // Neither the files nor the bytes of that run are there any more.
    rmSync(join(repository.folder, '.trainyard'), { recursive: true });
    repository.edit('pipelines/heart-disease/data/cleveland.csv', 'P002,67,male', 'P002,66,male');
    repository.write('pipelines/heart-disease/pipeline.yaml', 'broken');
    const status = repository.git('status', '--porcelain');
    const again = await reproduced(repository, record.id);
    expect(again.differences).toEqual([]);
    expect(again).toMatchObject({ identical: true, run: record.id, commit: record.code?.commit });
    expect(again.data.map(({ from }) => from)).toEqual(['commit']);
    expect(again.compared).toMatchObject({ files: 1, models: 4, gates: 3 });
    expect(again.compared.values).toBeGreaterThan(500);
    expect(again.compared.outputs).toBeGreaterThan(15);
    expect(repository.git('status', '--porcelain')).toBe(status);
    expect(repository.git('branch', '--list', '--format=%(refname:short)').split('\n')).toContain('main');
  }, 120_000);

  it('D3: brings ignored data back by its digest when the file has changed since', async () => {
    using repository = project();
    const record = await ran(repository, '--param', 'times=3');
    const digest = record.data['rows']?.files[0]?.digest;
    expect((await reproduced(repository, record.id)).data.map(({ from }) => from)).toEqual(['work-tree']);

    repository.write('pipelines/sums/data/a.csv', 'x\n10\n20\n');
    const again = await reproduced(repository, record.id);
    expect(again.data).toEqual([
      { dataset: 'rows', path: 'pipelines/sums/data/a.csv', digest, from: 'store' },
    ]);
    expect(again.identical).toBe(true);
    expect(repository.read('pipelines/sums/data/a.csv')).toBe('x\n10\n20\n');

    rmSync(join(repository.folder, '.trainyard/store'), { recursive: true });
    const refused = await repository.trainyard('runs', 'reproduce', record.id);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('runs-reproduce-data-missing');
    expect(refused.stderr).toContain('pipelines/sums/data/a.csv');
    expect(refused.stderr).toContain(digest);
  });

  it('D8: leaves data where it is when the dataset says keep: false', async () => {
    using repository = project(sound, ', keep: false');
    const record = await ran(repository);
    const digest = record.data['rows']!.files[0]!.digest.slice('sha256:'.length);
    const stored = join(repository.folder, '.trainyard/store/sha256', digest.slice(0, 2), digest.slice(2));
    expect(existsSync(stored)).toBe(false);
    expect((await reproduced(repository)).identical).toBe(true);
  });

  it('says what differs, by how much, where it began, and why that could be', async () => {
    using repository = project(`${sound}; echo '{"sum": '$(date +%s%N)'}' > "$TRAINYARD_OUT/metrics.json"`);
    await ran(repository);
    const again = await reproduced(repository);
    expect(again.identical).toBe(false);
    const value = again.differences.find(({ kind }) => kind === 'value');
    expect(value).toMatchObject({ step: 'sum', name: 'self-reported.sum' });
    expect((value as { by: number }).by).toBeGreaterThan(0);
    expect(again.differences.map(({ kind }) => kind)).toEqual(['output', 'value']);
    expect(again.explanations.join()).toMatch(/sum is a command that gave other bytes for the same inputs/);
    const text = await repository.trainyard('runs', 'reproduce');
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/✗ differs {2}sums/);
    expect(text.stdout).toMatch(/sum self-reported\.sum .*\+/);
  });

  it('refuses a run with uncommitted changes, and one outside of Git, with the reason', async () => {
    using repository = project();
    repository.edit('pipelines/sums/sum.sh', '$1 * times', '$1 + times');
    const record = await ran(repository);
    const dirty = await repository.trainyard('runs', 'reproduce', record.id);
    expect(dirty.code).toBe(2);
    expect(dirty.stderr.replace(/\s+/g, ' ')).toMatch(
      /runs-reproduce-impossible.*the work tree was other than its commit/,
    );
    using outside = new Repository();
    outside.write('pipelines/sums/pipeline.yaml', pipeline(sound));
    outside.write('pipelines/sums/sum.sh', program);
    chmodSync(join(outside.folder, 'pipelines/sums/sum.sh'), 0o755);
    outside.write('pipelines/sums/data/a.csv', 'x\n1\n');
    await ran(outside);
    const none = await outside.trainyard('runs', 'reproduce');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('it ran outside of Git');
  });

  it('keeps executable bits, runs no filter or hook, leaves out links that lead outside, and keeps its folder when asked', async () => {
    using repository = project();
    repository.write('.gitattributes', '*.sh filter=evil\n');
    repository.git('config', 'filter.evil.smudge', 'touch smudged; cat');
    repository.git('config', 'filter.evil.clean', 'cat');
    symlinkSync('sums', join(repository.folder, 'pipelines/inside'));
    symlinkSync('/etc', join(repository.folder, 'pipelines/outside'));
    symlinkSync('inside/../../..', join(repository.folder, 'pipelines/round'));
    repository.commit('Links');
    await ran(repository);
    const again = await reproduced(repository, '--keep');
    expect(again.identical).toBe(true);
    const folder = again.folder!;
    try {
      expect(statSync(join(folder, 'tree/pipelines/sums/sum.sh')).mode & 0o111).not.toBe(0);
      expect(readdirSync(join(folder, 'tree/pipelines')).sort()).toEqual(['inside', 'sums']);
      expect(readFileSync(join(folder, 'tree/pipelines/inside/sum.sh'), 'utf8')).toBe(program);
      expect(again.notes.filter((note) => note.includes('leads out of the repository'))).toHaveLength(2);
      expect(existsSync(join(repository.folder, 'smudged'))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves no folder behind when it is interrupted', async () => {
    using repository = project(
      `if [ -e /proc/$PPID/cwd ] && pwd | grep -q trainyard-reproduce; then sleep 60; fi; ${sound}`,
    );
    await ran(repository);
    const temporary = join(repository.folder, 'temporary');
    const main = new URL('../../dist/bin/trainyard.js', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, 'runs', 'reproduce'], {
      cwd: repository.folder,
      env: { PATH: process.env['PATH'], HOME: repository.folder, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    for await (const chunk of child.stderr) {
      said += String(chunk);
      if (said.includes('sum: started') && !child.killed) child.kill('SIGINT');
    }
    if (child.exitCode === null) await once(child, 'close');
    expect(child.exitCode, said).toBe(130);
    expect(said).toContain('interrupted');
    expect(readdirSync(temporary)).toEqual([]);
  });
});
