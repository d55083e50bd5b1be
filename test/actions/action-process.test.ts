import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

  it('T4: the verdict of the gates fails the job that assembles, and not those that execute steps', async () => {
    const file = join(workspace, 'pipelines/heart-disease/pipeline.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('min: 0.85', 'min: 1'));
    try {
      const inputs = { pipeline: 'heart-disease', params: 'trees=10' };
      const part = await runner.run('train', { workspace, with: { ...inputs, steps: 'evaluate\ngates' } });
      expect(part).toMatchObject({ code: 0, outputs: { verdict: 'fail' } });
      const all = await runner.run('train', { workspace, with: { ...inputs, assemble: 'true' } });
      expect(all).toMatchObject({ code: 1, outputs: { status: 'failed', verdict: 'fail' } });
    } finally {
      await writeFile(file, text);
    }
  });

  it('warns of a step that may fail, and does not fail for it', async () => {
    const folder = join(workspace, 'pipelines/tolerant');
    await mkdir(folder);
    const steps = '  may: { run: exit 3, continue-on-error: true }';
    await writeFile(join(folder, 'pipeline.yaml'), `version: 1\nname: tolerant\nsteps:\n${steps}\n`);
    try {
      const step = await runner.run('train', { workspace, with: { pipeline: 'tolerant' } });
      expect(step).toMatchObject({ code: 0, outputs: { status: 'succeeded' } });
      expect(step.commands.filter((each) => !each.startsWith('::add-mask::'))).toEqual([
        expect.stringMatching(/^::warning title=pipeline-command-failed.*may: The command ended/),
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says that the file of the event is no event, and that it is no bug', async () => {
    const step = await runner.run('validate', {
      workspace,
      with: { pipeline: 'heart-disease' },
      env: { GITHUB_EVENT_PATH: join(workspace, 'trainyard.yaml') },
    });
    expect(step.code).toBe(1);
    expect(step.log).toContain('actions-event-unreadable');
    expect(step.log).not.toMatch(/bug| {4}at /);
  });

  it('says all that is wrong with its inputs, and does nothing', async () => {
    const step = await runner.run('train', { workspace, with: { pipeline: '', jobs: 'two' } });
    expect(step.code).toBe(1);
    expect(step.commands.filter((command) => !command.startsWith('::add-mask::'))).toEqual([
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

  it('P5: reads what a fork left without installing anything', async () => {
    const tools = await mkdtemp(join(tmpdir(), 'trainyard-tools-'));
    const run = { id: 1, event: 'push', head_sha: '0'.repeat(40) };
    const env = { RUNNER_TOOL_CACHE: tools };
    const step = await runner.run('report', { workspace, env, event: { workflow_run: run } });
    expect(step).toMatchObject({ code: 0, outputs: { commented: 'false' } });
    expect(await readdir(tools)).toEqual([]);
    await rm(tools, { recursive: true });
  });

  it('P5: gives a hostile step no commands, files or secrets of the runner', async () => {
    const folder = join(workspace, 'pipelines/hostile');
    await mkdir(folder);
    const said = ['::set-output name=verdict::pass', '::add-path::/tmp', '##[add-path]/tmp', '::error::x'];
    const prints = said.flatMap((each) => [
      `echo '${each}'`,
      `printf 'x\\r${each}\\n'`,
      `echo '${each}' >&2`,
    ]);
    await writeFile(
      join(folder, 'pipeline.yaml'),
      `version: 1
name: hostile
steps:
  print:
    matrix: { of: ["::error::from a name", "##[add-path]/tmp"] }
    run: |
${[...prints, 'env', 'touch "$TRAINYARD_OUT/a"'].map((line) => `      ${line}`).join('\n')}
    outs: { a: a }
`,
    );
    try {
      const env = { SECRET_OF_ANOTHER: 'S3cr3t', GITHUB_HEAD_REF: '::error::from a branch' };
      const step = await runner.run('train', { workspace, with: { pipeline: 'hostile' }, env });
      expect(step.code).toBe(0);
      expect(step.outputs['verdict']).not.toBe('fail');
      expect(step.log).toContain('::set-output name=verdict::pass');
      expect(step.commands.filter((each) => !each.startsWith('::add-mask::'))).toEqual([]);
      expect(step.log).toMatch(/print.* \| PATH=/);
      expect(step.log).not.toMatch(/\| (?:GITHUB_|RUNNER_|ACTIONS_|INPUT_|SECRET_)\w*=|S3cr3t/);
      expect(step.summary).not.toMatch(/^\s*(?:::|##\[)/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('P5: hides the token that it is given', async () => {
    const step = await runner.run('record', { workspace, with: { token: 'ghs_secret' } });
    expect(step.log).toContain('::add-mask::ghs_secret');
    expect(step.code).toBe(1);
    expect(step.log.replace('::add-mask::ghs_secret', '')).not.toContain('ghs_secret');
  });

  it('T3: takes nothing of an event that is more than it may be, and lets it say nothing to the runner', async () => {
    const env = { GITHUB_EVENT_NAME: 'repository_dispatch', GITHUB_REF: 'refs/heads/main' };
    const event = {
      action: 'trainyard',
      client_payload: { data: { dataset: 'patients', rows: [{}], '::error::@all <img src=x>\n::x': 1 } },
    };
    for (const action of ['receive', 'plan']) {
      const step = await runner.run(action, { workspace, env, event });
      expect(step.code).toBe(1);
      expect(step.outputs).toEqual({});
      const said = step.commands.filter((command) => !command.startsWith('::add-mask::'));
      expect(said).toEqual([expect.stringMatching(/^::error title=commands-payload-key::/)]);
      expect(step.summary).not.toContain('<img');
      expect(step.summary).not.toMatch(/(^|[^\\])@all/);
    }
  });
});
