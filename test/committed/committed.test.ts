import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { honest } from '../actions/hostile-rig.ts';
import { makeZip } from '../github/fake/index.ts';
import { githubRig, repository } from '../github/rig.ts';
import type { CommittedFiles } from './rig.ts';
import { takeCommittedFiles } from './rig.ts';

let machine: CommittedFiles;
beforeAll(() => {
  machine = takeCommittedFiles();
});
afterAll(() => machine[Symbol.dispose]());

/** The command line of the bundle, where the action `setup` says that it put it on the PATH. */
async function commandLine(): Promise<(...args: readonly string[]) => Promise<string>> {
  const setup = await machine.run('setup', { workspace: machine.workspace });
  expect(setup, setup.log).toMatchObject({ code: 0 });
  const env = { ...machine.env, PATH: `${setup.outputs['path']}:${machine.env['PATH']}` };
  return async (...args) => {
    const { stdout } = await promisify(execFile)('trainyard', [...args], { cwd: machine.workspace, env });
    return stdout;
  };
}

describe('nothing but the files of a commit', () => {
  it('holds no packages and nothing built but the bundle', () => {
    expect(existsSync(join(machine.files, 'node_modules'))).toBe(false);
    expect(existsSync(join(machine.files, 'dist'))).toBe(false);
    expect(existsSync(join(machine.files, 'actions/dist/bin/action-train.js'))).toBe(true);
  });

  it('P5: comments what a fork left, and installs nothing for it', async () => {
    await using rig = await githubRig();
    const { github } = rig;
    const fork = await github.fork('mallory/hearts');
    await rig.git('work', 'checkout', '-q', '-b', 'better');
    await rig.write('work/train.py', 'print(1)\n');
    await rig.git('work', 'add', '.');
    await rig.git('work', 'commit', '-q', '-m', 'Better');
    await rig.git('work', 'push', '-q', fork, 'better');
    const head = { headRepository: 'mallory/hearts', headRef: 'better' };
    const { number, headSha } = await github.openPull('mallory', head);
    const run = await github.addRun({
      ...{ path: '.github/workflows/trainyard-pull-request.yml', event: 'pull_request', actor: 'mallory' },
      ...{ headSha, headBranch: 'better', headRepository: 'mallory/hearts' },
    });
    const zip = makeZip([{ name: 'report.json', bytes: Buffer.from(JSON.stringify(honest)) }]);
    github.addArtifact({ run: run.id, name: 'trainyard-report-heart-disease', zip });
    await github.finishRun(run.id, 'success');
    const token = github.token('comment', { permissions: { actions: 'read', 'pull-requests': 'write' } });
    const step = await machine.run('report', {
      workspace: machine.workspace,
      with: { token },
      event: github.events.at(-1)!.payload,
      env: { GITHUB_API_URL: github.origin, GITHUB_SERVER_URL: github.origin, GITHUB_REPOSITORY: repository },
    });
    expect(step, step.log).toMatchObject({ code: 0, outputs: { commented: 'true' } });
    expect([...github.world.comments.values()].map(({ issue }) => issue)).toEqual([number]);
    expect(existsSync(machine.tools) ? readdirSync(machine.tools) : []).toEqual([]);
  });

  it('T1: installs the native packages from the lock file on first use, and never again', async () => {
    const { workspace } = machine;
    const first = await machine.run('setup', { workspace });
    expect(first, first.log).toMatchObject({ code: 0, outputs: { 'cache-hit': 'false' } });
    const second = await machine.run('setup', { workspace });
    expect(second).toMatchObject({ code: 0, outputs: { 'cache-hit': 'true', path: first.outputs['path'] } });
    const [only, ...others] = readdirSync(join(machine.tools, 'trainyard'));
    expect(others).toEqual([]);
    const packages = readdirSync(join(machine.tools, 'trainyard', only!, 'node_modules'));
    expect(packages).toEqual(expect.arrayContaining(['@duckdb', 'onnxruntime-node']));
  });

  it('T1: validates and trains', async () => {
    const { workspace } = machine;
    const validated = await machine.run('validate', { workspace, with: { pipeline: 'heart-disease' } });
    expect(validated, validated.log).toMatchObject({ code: 0, outputs: { verdict: 'pass' } });
    const trained = await machine.run('train', { workspace, with: { pipeline: 'heart-disease' } });
    expect(trained, trained.log).toMatchObject({ code: 0, outputs: { status: 'succeeded' } });
  });

  it('V6: builds the site, with packages of its own', async () => {
    const { workspace } = machine;
    const built = await machine.run('site', { workspace });
    expect(built, built.log).toMatchObject({ code: 0, outputs: { runs: '1' } });
    for (const page of ['index.html', 'runs.html', 'docs/first-hour.html'])
      expect(existsSync(join(built.outputs['folder']!, page)), page).toBe(true);
  });

  it('T1: has every action, which says what it misses and never breaks', async () => {
    const names = readdirSync(join(machine.files, 'actions')).filter((name) =>
      existsSync(join(machine.files, 'actions', name, 'action.yml')),
    );
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const step = await machine.run(name, { workspace: machine.workspace, with: { token: 'none' } });
      expect(step.log, name).not.toMatch(/ERR_MODULE_NOT_FOUND|This is a bug/);
    }
  });

  it('T1: has the whole command line', async () => {
    const trainyard = await commandLine();
    const model = 'run:latest';
    const data = 'pipelines/heart-disease/data/cleveland.csv';
    await trainyard('check');
    expect(JSON.parse(await trainyard('runs', 'list', '--json'))).toBeTruthy();
    expect(await trainyard('why', 'heart-disease', 'train[baseline]')).toBeDefined();
    const scored = join(machine.tools, 'scored.parquet');
    await trainyard('predict', model, '--input', data, '--output', scored);
    expect(existsSync(scored)).toBe(true);
    await trainyard('register', 'heart-disease');
    expect(await trainyard('models', 'list')).toContain('v1.0.0');
    expect(await trainyard('models', 'show', 'heart-disease')).toContain('v1.0.0');
  });
});
