import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRegistry } from '../deploy/image/fake-registry.ts';
import { fakeRegistry } from '../deploy/image/fake-registry.ts';
import type { Repository } from '../rig/repository.ts';
import { docker } from './rig/containers.ts';
import {
  deployable,
  deploys,
  goldenRow,
  newVersion,
  removeAll,
  succeeds,
  underLoad,
} from './rig/deployed.ts';

const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
let repository: Repository;
let row: string;
let image: string;

beforeAll(async () => {
  await removeAll();
  repository = await deployable();
  await newVersion(repository);
});
afterAll(async () => {
  await removeAll();
  repository[Symbol.dispose]();
});

/** A program `docker` that does what Docker does, and then kills who called it, at one of the calls that change something. */
function deadlyDocker(): { readonly programs: string; readonly killAt: (call: number) => void } {
  const programs = mkdtempSync(join(tmpdir(), 'trainyard-deadly-'));
  const real = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'docker'))
    .find((file) => existsSync(file))!;
  writeFileSync(
    join(programs, 'docker'),
    `#!/bin/sh
case "$1" in
  create | start | stop | rm | rename | cp | kill)
    "${real}" "$@"
    code=$?
    echo "$*" >> "${programs}/calls"
    if [ "$(wc -l < "${programs}/calls")" -eq "$(cat "${programs}/at")" ]; then kill -9 "$PPID"; fi
    exit "$code" ;;
esac
exec "${real}" "$@"
`,
  );
  chmodSync(join(programs, 'docker'), 0o755);
  const killAt = (call: number): void => {
    writeFileSync(join(programs, 'calls'), '');
    writeFileSync(join(programs, 'at'), String(call));
  };
  return { programs, killAt };
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** One deployment; how it ended. */
async function deployment(
  args: readonly string[],
  { env = {}, onStart }: { env?: Record<string, string>; onStart?: (kill: () => void) => void } = {},
): Promise<Ended> {
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'deploy', 'heart-disease', ...args], {
      cwd: repository.folder,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    onStart?.(() => child.kill('SIGKILL'));
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

async function containers(): Promise<readonly string[]> {
  const filter = ['--filter', 'label=trainyard.place=staging/heart-disease'];
  const names = await docker('ps', '--all', ...filter, '--format', '{{.Names}}');
  return names.split('\n').sort();
}

async function answers(url: string): Promise<number> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const answer = await fetch(`${url}/predict/heart-disease`, { method: 'POST', headers, body: row });
  await answer.text();
  return answer.status;
}

/** Another limit makes other servers. */
function setLimit(millicores: number): void {
  const line = /^(\s+deploy: \{ target: docker.*ready-seconds: 15).*$/m;
  const limit = `, resources: { limits: { cpu: ${millicores}m } } }`;
  repository.write('trainyard.yaml', repository.read('trainyard.yaml').replace(line, `$1${limit}`));
}

/**
 * Kills a deployment after each of its calls that change something, until one ends before it is killed; after each, the
 * next one mends everything.
 */
async function killEverywhere(image: string, argsOf: (round: number) => readonly string[]): Promise<number> {
  const { programs, killAt } = deadlyDocker();
  const PATH = `${programs}:${process.env['PATH']}`;
  for (let call = 1; ; call++) {
    setLimit(500 + call);
    killAt(call);
    const args = ['--replicas', '1', '--image', image, ...argsOf(call)];
    const ended = await deployment(['--to', 'staging', ...args], { env: { PATH } });
    const calls = readFileSync(join(programs, 'calls'), 'utf8');
    if (ended.code !== null) {
      expect(ended, calls).toMatchObject({ code: 0 });
      return call;
    }
    expect(ended.signal, ended.stderr).toBe('SIGKILL');
    const { rollout } = await deploys(repository, ...args);
    expect(await containers(), calls).toEqual(
      [...rollout.servers, 'trainyard-heart-disease-staging-balancer'].sort(),
    );
    expect(await answers(rollout.url), calls).toBe(200);
  }
}

describe('a deployment that is killed after any call of Docker', () => {
  it('S11 leaves nothing that the next one does not mend, and no request of those who call fails', async () => {
    const deployed = await deploys(repository, '--replicas', '1');
    row = goldenRow(repository);
    ({ image } = deployed);
    let calls = 0;
    const outcome = await underLoad(
      `${deployed.rollout.url}/predict/heart-disease`,
      async () => {
        calls = await killEverywhere(image, () => []);
      },
      row,
      30,
    );
    expect(outcome.failures, JSON.stringify(outcome)).toEqual({});
    expect(calls).toBeGreaterThan(6);
  }, 900_000);

  it('S11 leaves no second balancer when the balancer moves to another port', async () => {
    const ports = await Promise.all([freePort(), freePort()]);
    const calls = await killEverywhere(image, (round) => ['--port', String(ports[round % 2])]);
    expect(calls).toBeGreaterThan(9);
  }, 900_000);
});

async function freePort(): Promise<number> {
  await using registry = await fakeRegistry();
  return Number(registry.host.split(':')[1]);
}

describe('a deployment to a branch that is killed', () => {
  let registry: FakeRegistry;

  it('P4 between its writes to the registry, leaves a branch that names only what is there whole', async () => {
    await succeeds(repository, 'promote', 'heart-disease', '--to', 'production');
    registry = await fakeRegistry();
    await using _ = registry;
    const settings = repository.read('trainyard.yaml');
    repository.write(
      'trainyard.yaml',
      settings.replace(/registry: "[^"]+"/, `registry: "${registry.host}/team"`),
    );
    const complete = (): void => {
      const text = repository.git('show', 'deploy/production:locks/heart-disease.json');
      const { image } = JSON.parse(text) as { readonly image: { readonly digest: string } };
      const found = registry.manifests.get(`team/heart-disease@${image.digest}`);
      const manifest = JSON.parse(found!.bytes.toString()) as {
        readonly config: { readonly digest: string };
        readonly layers: readonly { readonly digest: string }[];
      };
      for (const { digest } of [manifest.config, ...manifest.layers])
        expect(registry.places.get(digest)).toContain('team/heart-disease');
    };
    const branch = (): string => repository.git('branch', '--list', 'deploy/production').trim();
    let writes = 0;
    for (let at = 1; ; at += 3) {
      for (const map of [registry.blobs, registry.manifests, registry.places]) map.clear();
      if (branch() !== '') repository.git('branch', '-D', 'deploy/production');
      writes = 0;
      const ended = await deployment(['--to', 'production'], {
        onStart: (kill) => {
          registry.behaviour.after = (method) => {
            if ((method === 'POST' || method === 'PUT') && ++writes === at) kill();
          };
        },
      });
      delete registry.behaviour.after;
      if (branch() !== '') complete();
      if (ended.code === 0) break;
      expect(ended.signal, ended.stderr).toBe('SIGKILL');
      await succeeds(repository, 'deploy', 'heart-disease', '--to', 'production');
      complete();
      expect(repository.git('rev-list', '--count', 'deploy/production').trim()).toBe('1');
    }
    expect(writes).toBeGreaterThan(8);
    repository.write('trainyard.yaml', settings);
  }, 900_000);
});
