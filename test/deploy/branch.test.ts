import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { DeployBranch, Deployment, DeploymentLock } from '../../src/deploy/index.ts';
import { decideChange, noteOf, openDeployBranch, renderDeployment } from '../../src/deploy/index.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig, value } from '../git/rig.ts';
import { sample } from './sample.ts';

const time = new Date('2026-11-21T10:00:00Z');
let rig: GitRig;

beforeEach(async () => {
  rig = await gitRig();
  await rig.repository('mine');
});
afterEach(() => rig[Symbol.asyncDispose]());

async function branchOf(folder: string, name = 'deploy/production'): Promise<DeployBranch> {
  const repository = await rig.open(folder);
  return openDeployBranch({
    repository,
    remote: value(await repository.remote()),
    branch: name,
    patience: {
      tries: 40,
      pauseMs: [1, 40],
      random: Math.random,
      sleep: (ms) => new Promise((r) => setTimeout(r, ms)),
    },
  });
}

async function deploy(branch: DeployBranch, deployment: Deployment) {
  const rendered = renderDeployment(deployment);
  return await branch.update((view) => decideChange(rendered, view), noteOf(deployment, time));
}

async function show(folder: string, path: string): Promise<string> {
  return await rig.git(folder, 'show', `deploy/production:${path}`);
}

async function filesAt(folder: string, revision = 'deploy/production'): Promise<string[]> {
  return (await rig.git(folder, 'ls-tree', '-r', '--name-only', revision)).split('\n');
}

/** Every lock names the files that stand beside it, by digest; the list of all models is that of the locks. */
async function problemOfBranch(folder: string, revision: string): Promise<string | undefined> {
  const files = await filesAt(folder, revision);
  const read = async (path: string): Promise<string> =>
    (await promisify(execFile)('git', ['show', `${revision}:${path}`], { cwd: join(rig.path, folder) }))
      .stdout;
  const locks = files.filter((path) => path.startsWith('locks/'));
  const whole = await read('kubernetes/kustomization.yaml');
  for (const path of locks) {
    const lock = JSON.parse(await read(path)) as DeploymentLock;
    if (!whole.includes(`- ${lock.model}/${lock.stage}`)) return `${lock.model} is not listed`;
    for (const [file, digest] of Object.entries(lock.files))
      if (digestOfBytes(await read(file)) !== digest) return `${file} is not what ${path} says`;
  }
  return locks.length === 0 ? 'there is no lock' : undefined;
}

describe('the branch of a stage', () => {
  it('gets lock and manifests in one commit that says what, from where, and who decided', async () => {
    const written = value(await deploy(await branchOf('mine'), sample()));
    expect(written.changed).toContain('locks/heart-disease.json');
    expect(await rig.git('mine', 'rev-parse', 'deploy/production')).toBe(written.commit);
    expect(await rig.git('mine', 'rev-list', '--count', 'deploy/production')).toBe('1');
    expect(await problemOfBranch('mine', 'deploy/production')).toBeUndefined();
    const message = await rig.git('mine', 'log', '-1', '--format=%B', 'deploy/production');
    expect(message.split('\n')[0]).toBe('Deploy heart-disease v1.4.0 to production');
    const trailers = await rig.git('mine', 'log', '-1', '--format=%(trailers:only)', 'deploy/production');
    expect(trailers).toContain('Assignment: heart-disease#production#7');
    expect(trailers).toContain('Decided-By: @ada');
    expect(await rig.git('mine', 'status', '--short')).toBe('');
  });

  it('gets no commit for what is so already', async () => {
    const branch = await branchOf('mine');
    const first = value(await deploy(branch, sample()));
    expect(value(await deploy(branch, sample()))).toEqual({ commit: first.commit, changed: [] });
    expect(await rig.git('mine', 'rev-list', '--count', 'deploy/production')).toBe('1');
  });

  it('replaces a version, takes away what the new one has no more, and leaves other models alone', async () => {
    const branch = await branchOf('mine');
    value(await deploy(branch, sample({ model: 'load' })));
    value(await deploy(branch, sample({ deploy: { host: 'models.example.org' } })));
    const load = await rig.git('mine', 'rev-parse', 'deploy/production:kubernetes/load');
    const { changed } = value(await deploy(branch, sample({ version: 'v2.0.0', counter: 8 })));
    expect(changed).toContain('kubernetes/heart-disease/production/ingress.yaml');
    expect(await filesAt('mine')).not.toContain('kubernetes/heart-disease/production/ingress.yaml');
    expect(await rig.git('mine', 'rev-parse', 'deploy/production:kubernetes/load')).toBe(load);
    expect(JSON.parse(await show('mine', 'locks/heart-disease.json'))).toMatchObject({ name: 'v2.0.0' });
    expect(await problemOfBranch('mine', 'deploy/production')).toBeUndefined();
  });

  it('an older assignment never takes the place of a newer one', async () => {
    const branch = await branchOf('mine');
    value(await deploy(branch, sample({ version: 'v2.0.0', counter: 8 })));
    const tip = await rig.git('mine', 'rev-parse', 'deploy/production');
    expect(await deploy(branch, sample({ counter: 7 }))).toMatchObject({
      ok: false,
      failure: { code: 'deploy-overtaken', kind: 'verdict' },
    });
    expect(await rig.git('mine', 'rev-parse', 'deploy/production')).toBe(tip);
  });

  it('mends by the next deployment what somebody changed by hand', async () => {
    const branch = await branchOf('mine');
    value(await deploy(branch, sample()));
    await rig.git('mine', 'checkout', '-q', 'deploy/production');
    await rig.write('mine/kubernetes/heart-disease/base/deployment.yaml', 'kind: Nothing\n');
    await rig.git('mine', 'commit', '-qam', 'by hand');
    await rig.git('mine', 'checkout', '-q', 'main');
    expect(value(await deploy(branch, sample())).changed).toEqual([
      'kubernetes/heart-disease/base/deployment.yaml',
    ]);
    expect(await problemOfBranch('mine', 'deploy/production')).toBeUndefined();
  });

  it('refuses a branch of that name which holds something else, and a lock that it cannot read', async () => {
    await rig.git('mine', 'branch', 'deploy/production');
    const branch = await branchOf('mine');
    expect(await deploy(branch, sample())).toMatchObject({ failure: { code: 'deploy-branch-taken' } });
    await rig.git('mine', 'branch', '-D', 'deploy/production');
    value(await deploy(branch, sample()));
    await rig.git('mine', 'checkout', '-q', 'deploy/production');
    await rig.write('mine/locks/heart-disease.json', '{"version":9}');
    await rig.git('mine', 'commit', '-qam', 'by hand');
    await rig.git('mine', 'checkout', '-q', 'main');
    expect(await deploy(branch, sample())).toMatchObject({ failure: { code: 'deploy-lock-invalid' } });
  });

  it('S11 deployments of different models at once from several clones lose nothing', async () => {
    await rig.git('.', 'clone', '-q', '--bare', 'mine', 'hub.git');
    const clones = ['a', 'b', 'c'];
    for (const clone of clones) await rig.git('.', 'clone', '-q', 'hub.git', clone);
    const written = await Promise.all(
      clones.flatMap(async (clone) => {
        const branch = await branchOf(clone);
        const results = [];
        for (const i of [1, 2])
          results.push(value(await deploy(branch, sample({ model: `model-${clone}${i}`, counter: i }))));
        return results;
      }),
    );
    expect(written.flat().every(({ changed }) => changed.length > 0)).toBe(true);
    const locks = (await filesAt('hub.git')).filter((path) => path.startsWith('locks/'));
    expect(locks).toEqual(clones.flatMap((clone) => [1, 2].map((i) => `locks/model-${clone}${i}.json`)));
    expect(await rig.git('hub.git', 'rev-list', '--count', 'deploy/production')).toBe('6');
    expect(await problemOfBranch('hub.git', 'deploy/production')).toBeUndefined();
  });

  it('of one model deployed at once, the newest assignment stands at the end', async () => {
    await rig.git('.', 'clone', '-q', '--bare', 'mine', 'hub.git');
    await Promise.all(
      [3, 9, 5].map(async (counter) => {
        await rig.git('.', 'clone', '-q', 'hub.git', `clone-${counter}`);
        const branch = await branchOf(`clone-${counter}`);
        await deploy(branch, sample({ version: `v1.${counter}.0`, counter }));
      }),
    );
    const lock = JSON.parse(await show('hub.git', 'locks/heart-disease.json')) as DeploymentLock;
    expect(lock).toMatchObject({ name: 'v1.9.0', assignment: { counter: 9 } });
  });

  it('the branch of a clone goes along with the remote, and commits that somebody made there stay', async () => {
    await rig.git('.', 'clone', '-q', '--bare', 'mine', 'hub.git');
    for (const clone of ['a', 'b']) await rig.git('.', 'clone', '-q', 'hub.git', clone);
    const [a, b] = [await branchOf('a'), await branchOf('b')];
    value(await deploy(a, sample()));
    value(await deploy(b, sample({ counter: 8, version: 'v2.0.0' })));
    const { commit } = value(await deploy(a, sample({ counter: 9, version: 'v3.0.0' })));
    expect(await rig.git('a', 'rev-parse', 'deploy/production')).toBe(commit);
    await rig.git('b', 'checkout', '-q', 'deploy/production');
    await rig.git('b', 'commit', '-q', '--allow-empty', '-m', 'by hand');
    const own = await rig.git('b', 'rev-parse', 'HEAD');
    await rig.git('b', 'checkout', '-q', 'main');
    value(await deploy(b, sample({ counter: 10, version: 'v4.0.0' })));
    expect(await rig.git('b', 'rev-parse', 'deploy/production')).toBe(own);
    expect(await rig.git('hub.git', 'log', '-1', '--format=%s', 'deploy/production')).toContain('v4.0.0');
  });

  it('S11 killed at any moment, it leaves the branch as it was or as it should be', async () => {
    const program = fileURLToPath(new URL('./deployer.mjs', import.meta.url));
    let commits = 0;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [program, join(rig.path, 'mine'), String(round)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...rig.environment },
      });
      const closed = new Promise((resolve) => child.on('close', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 60 + 70 * round));
      child.kill('SIGKILL');
      await closed;
      const tip = await rig.git('mine', 'rev-parse', '--verify', '-q', 'deploy/production').catch(() => '');
      if (tip === '') continue;
      commits = Number(await rig.git('mine', 'rev-list', '--count', tip));
      expect(await problemOfBranch('mine', tip)).toBeUndefined();
    }
    await rig.git('mine', 'fsck', '--no-dangling', '--strict');
    expect(commits).toBeGreaterThan(0);
    expect(await deploy(await branchOf('mine'), sample({ counter: 10_000 }))).toMatchObject({ ok: true });
  });
});
