import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Repository } from '../rig/repository.ts';
import { docker } from './rig/containers.ts';
import { deployable, goldenRow, newVersion, succeeds, underLoad } from './rig/deployed.ts';

const execute = promisify(execFile);
const compose = process.env['TRAINYARD_TEST_COMPOSE']!;
const settings = mkdtempSync(join(tmpdir(), 'trainyard-settings-'));
const checkout = mkdtempSync(join(tmpdir(), 'trainyard-checkout-'));
const folder = join(checkout, 'compose/heart-disease');
let repository: Repository;
let url: string;
let row: string;

beforeAll(async () => {
  repository = await deployable();
  const port = await freePort();
  url = `http://127.0.0.1:${port}/predict/heart-disease`;
  repository.edit(
    'trainyard.yaml',
    'deploy: { balancer: ',
    `deploy: { ports: { heart-disease: ${port} }, replicas: 2, drain-seconds: 5, balancer: `,
  );
  repository.commit('Ports');
  await newVersion(repository);
  await succeeds(repository, 'promote', 'heart-disease', '--to', 'production');
  await deploy();
  row = goldenRow(repository);
});
afterAll(async () => {
  await up('down', '--timeout', '1').catch(() => undefined);
  repository[Symbol.dispose]();
});

/** What a machine has that follows the branch. */
async function deploy(): Promise<void> {
  await succeeds(repository, 'deploy', 'heart-disease', '--to', 'production');
  const archive = execFileSync('git', ['archive', 'deploy/production'], { cwd: repository.folder });
  mkdirSync(checkout, { recursive: true });
  execFileSync('tar', ['-xf', '-', '-C', checkout], { input: archive });
}

async function up(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await execute(compose, ['-f', join(folder, 'compose.yaml'), ...args]);
  return `${stdout}${stderr}`;
}

async function predict(key?: string): Promise<{ readonly status: number; readonly version?: string }> {
  const headers = {
    'content-type': 'application/json',
    connection: 'close',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(url, { method: 'POST', headers, body: row, signal }).catch(() => undefined);
  if (answer === undefined) return { status: 0 };
  const body: unknown = await answer.json().catch(() => ({}));
  return { status: answer.status, ...(body as object) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('S1 Docker Compose starts what the branch says, locked as the file says, and it answers', async () => {
  await up('up', '--detach', '--wait');
  await expect.poll(predict, { timeout: 30_000 }).toMatchObject({ status: 200, version: 'v1.0.0' });
  const ids = (await up('ps', '--quiet')).trim().split('\n');
  expect(ids).toHaveLength(3);
  for (const id of ids) {
    const [facts] = JSON.parse(await docker('inspect', id)) as [
      { Config: { User: string }; HostConfig: Record<string, unknown> },
    ];
    expect(facts.Config.User).toBe('65532:65532');
    expect(facts.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      RestartPolicy: { Name: 'unless-stopped' },
    });
    for (const limit of ['Memory', 'PidsLimit', 'NanoCpus'])
      expect(facts.HostConfig[limit], limit).toBeGreaterThan(0);
  }
});

it('S7 a new version takes over server by server as the page says, and no request fails', async () => {
  await newVersion(repository, '--param', 'seed=8');
  await succeeds(repository, 'promote', 'heart-disease', '--to', 'production');
  await deploy();
  const outcome = await underLoad(
    url,
    async () => {
      for (const server of ['server-1', 'server-2'])
        await up('up', '--detach', '--no-deps', '--wait', server);
    },
    row,
    30,
  );
  expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
  expect(Object.keys(outcome.versions)).toEqual(['v1.0.0', 'v1.0.1']);
  expect(await predict()).toMatchObject({ version: 'v1.0.1' });
});

it('P5 gives servers the access file and the variables of this machine, which no branch holds', async () => {
  const [access, env] = [join(settings, 'access.yaml'), join(settings, 'production.env')];
  const key = 'a-key-of-many-random-letters';
  const sha256 = createHash('sha256').update(key).digest('hex');
  writeFileSync(access, `version: 1\nkeys: [{ name: shop, sha256: ${sha256} }]\n`);
  writeFileSync(env, 'TRAINYARD_LOG_REQUESTS=1\n');
  repository.edit('trainyard.yaml', 'replicas: 2,', `replicas: 2, access-file: ${access}, env-file: ${env},`);
  await deploy();
  await up('up', '--detach', '--wait');
  await expect.poll(() => predict(key), { timeout: 30_000 }).toMatchObject({ status: 200 });
  expect(await predict()).toMatchObject({ status: 401 });
  const [server] = (await up('ps', '--quiet', 'server-1')).trim().split('\n');
  expect(await docker('inspect', '--format', '{{json .Config.Env}}', server!)).toContain(
    'TRAINYARD_LOG_REQUESTS=1',
  );
  expect(() => repository.git('grep', '--quiet', sha256, 'deploy/production')).toThrow();
});

it('takes down what it started, and leaves nothing', async () => {
  await up('down');
  const label = 'label=com.docker.compose.project=heart-disease-production';
  expect(await docker('ps', '--all', '--quiet', '--filter', label)).toBe('');
  expect(await docker('network', 'ls', '--quiet', '--filter', label)).toBe('');
});
