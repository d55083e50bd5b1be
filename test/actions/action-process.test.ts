import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionRunner } from './rig.ts';
import { openActionRunner } from './rig.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let runner: ActionRunner;
let workspace: string;
const data = 'pipelines/heart-disease/data/cleveland.csv';

beforeAll(async () => {
  runner = await openActionRunner();
  workspace = await mkdtemp(join(tmpdir(), 'trainyard-workspace-'));
  await cp(join(root, 'pipelines'), join(workspace, 'pipelines'), { recursive: true });
  await cp(join(root, 'trainyard.yaml'), join(workspace, 'trainyard.yaml'));
  await writeFile(join(workspace, '.gitignore'), '.trainyard/\n');
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: workspace });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message=Begin');
}, 120_000);
afterAll(async () => {
  await runner[Symbol.asyncDispose]();
  await rm(workspace, { recursive: true, force: true });
});

describe('an action in its process', () => {
  it('T1: gives outputs and a summary from nothing but its committed files and the native packages', async () => {
    const step = await runner.run('validate', { workspace, with: { pipeline: 'heart-disease' } });
    expect(step).toMatchObject({ code: 0, commands: [], outputs: { verdict: 'pass' } });
    expect(step.summary).toContain('**pass** `patients`: 303 rows');
  });

  it('D1: shows broken rows at their lines, ten messages at most, and fails', async () => {
    const whole = await readFile(join(workspace, data), 'utf8');
    try {
      const lines = whole.split('\n');
      lines[4] = lines[4]!.replace(/^([^,]*),[^,]*,/, '$1,::warning title=owned::999,');
      await writeFile(join(workspace, data), lines.join('\n'));
      const step = await runner.run('validate', { workspace, with: { pipeline: 'heart-disease' } });
      expect(step.code).toBe(1);
      expect(step.outputs['verdict']).toBe('fail');
      expect(step.commands.length).toBeGreaterThan(0);
      expect(step.commands.length).toBeLessThanOrEqual(10);
      for (const command of step.commands) expect(command).toMatch(/^::error title=patients/);
      expect(step.commands.join('\n')).toContain(`file=${data},line=5`);
      expect(step.summary).toContain('### Data: fail');
    } finally {
      await writeFile(join(workspace, data), whole);
    }
  });

  it('T1: trains, and leaves the record in the clone', async () => {
    const step = await runner.run('train', {
      workspace,
      with: { pipeline: 'heart-disease', params: 'trees=10' },
      env: { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_ACTOR: 'ada' },
    });
    expect(step.log).toContain('gates |');
    expect(step.outputs).toMatchObject({ status: 'succeeded', verdict: 'pass' });
    expect(step.outputs['run']).toMatch(/^\d{8}-\d{6}-[0-9a-f]{8}$/);
    expect(step.code).toBe(0);
    const names = execFileSync('git', ['ls-tree', '-r', '--name-only', 'trainyard/runs'], { cwd: workspace });
    expect(String(names)).toContain(step.outputs['run']);
    expect(step.summary).toContain('#### Gates');
  });

  it('says all that is wrong with its inputs, and does nothing', async () => {
    const step = await runner.run('train', { workspace, with: { pipeline: '', jobs: 'two' } });
    expect(step.code).toBe(1);
    expect(step.commands).toEqual([
      expect.stringContaining('The input `pipeline` is missing'),
      expect.stringContaining('The input `jobs` is "two", not a whole number'),
    ]);
  });

  it('puts the command line on the PATH of the steps that follow', async () => {
    const step = await runner.run('setup', { workspace });
    expect(step).toMatchObject({ code: 0, outputs: { 'cache-hit': 'true' } });
    const said = execFileSync(join(step.outputs['path']!, 'trainyard'), ['runs', 'list', '--json'], {
      cwd: workspace,
      env: {},
    });
    expect(JSON.parse(String(said))).toBeTruthy();
  });

  it('P5: hides the token that it is given', async () => {
    const step = await runner.run('record', { workspace, with: { token: 'ghs_secret' } });
    expect(step.log).toContain('::add-mask::ghs_secret');
    expect(step.code).toBe(1);
    expect(step.log.replace('::add-mask::ghs_secret', '')).not.toContain('ghs_secret');
  });
});
