import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildReport } from '../../src/commands/index.ts';
import type { BuiltImage } from '../../src/deploy/index.ts';
import type { ServableManifest } from '../../src/servable/index.ts';
import { Repository } from '../rig/repository.ts';
import { addressOf, containerRig, docker, startContainer } from './rig/containers.ts';

const execute = promisify(execFile);
const rig = containerRig();
const name = `${rig.registry}/team/heart-disease:built`;
const locks = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges:true'];

let repository: Repository;
let built: BuiltImage;
/** By digest. */
let reference: string;
let output: string;
let servable: ServableManifest;

async function buildOf(...args: readonly string[]): Promise<BuildReport> {
  const answer = await repository.trainyard('build', 'run:latest', ...args, '--json');
  expect(answer.code, answer.stderr).toBe(0);
  return JSON.parse(answer.stdout) as BuildReport;
}

beforeAll(async () => {
  const program = (process.env['PATH'] ?? '').split(':').find((folder) => existsSync(join(folder, 'docker')));
  repository = Repository.withHeartDisease({
    programs: [program!],
    env: { DOCKER_HOST: process.env['DOCKER_HOST']!, DOCKER_CONFIG: process.env['DOCKER_CONFIG']! },
  });
  repository.edit('trainyard.yaml', 'version: 1\n', `version: 1\nimage: { base: "${rig.base}" }\n`);
  repository.commit('Choose a base image');
  const run = await repository.trainyard('run', 'heart-disease');
  expect(run.code, run.stderr).toBe(0);
  const report = await buildOf('--push', '--tag', name);
  built = report.image as BuiltImage;
  reference = `${built.repository}@${built.digest}`;
  ({ output } = report);
  const [model] = built.models;
  servable = JSON.parse(
    readFileSync(
      join(output, 'context/models/models/heart-disease', model!.modelVersion, 'model.json'),
      'utf8',
    ),
  ) as ServableManifest;
});
afterAll(() => repository[Symbol.dispose]());

async function predictions(origin: string): Promise<readonly unknown[]> {
  const body = JSON.stringify(servable.golden.map(({ row }) => row));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/predict/heart-disease`, {
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(30_000),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly predictions: readonly unknown[] }).predictions;
}

/** Until it says that it is ready. Docker's proxy takes connections before there is anybody to give them to. */
async function ready(origin: string): Promise<void> {
  const ask = async () => {
    const signal = AbortSignal.timeout(1000);
    const answer = await fetch(`${origin}/health/ready`, { signal }).catch(() => undefined);
    await answer?.arrayBuffer();
    return answer?.status;
  };
  await expect.poll(ask, { timeout: 60_000, interval: 20 }).toBe(200);
}

describe('an image that trainyard build pushed', () => {
  it('is found in the registry by its digest, with labels that hold the digests of everything inside (V5, P4)', async () => {
    const { stdout } = await execute('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${built.repository}@${built.digest}`,
    ]);
    const seen = JSON.parse(stdout) as { Digest: string; Labels: Record<string, string>; Layers: string[] };
    expect(seen.Digest).toBe(built.digest);
    const [model] = built.models;
    expect(seen.Labels).toMatchObject({
      'org.opencontainers.image.base.digest': built.base.digest,
      'trainyard.model.digest': model!.digest,
      'trainyard.servable.digest': model!.manifest,
      'trainyard.model.run': model!.run,
      'trainyard.model.commit': repository.git('rev-parse', 'HEAD').trim(),
      'trainyard.sbom.digest': built.parts.sbom,
      'trainyard.server.digest': built.parts.server,
    });
    expect(built.size.unpacked).toBeLessThan(250e6);
    expect(built.size.compressed).toBeLessThan(100e6);
  });

  it('is found with its bill of materials by whoever asks the registry what refers to it (P4)', async () => {
    const raw = async (reference: string): Promise<string> => {
      const args = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`];
      return (await execute('skopeo', args)).stdout;
    };
    // Debian's registry keeps no list of referrers, so it stands under the tag of the specification.
    const list = JSON.parse(await raw(`${built.repository}:${built.digest.replace(':', '-')}`)) as {
      readonly manifests: readonly { readonly artifactType: string; readonly digest: string }[];
    };
    expect(list.manifests).toMatchObject([{ artifactType: 'application/vnd.cyclonedx+json' }]);
    const artifact = JSON.parse(await raw(`${built.repository}@${list.manifests[0]!.digest}`)) as {
      readonly subject: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    expect(artifact.subject.digest).toBe(built.digest);
    expect(artifact.layers[0]!.digest).toBe(built.parts.sbom);
    const folder = join(repository.folder, 'bill');
    const from = `docker://${built.repository}@${list.manifests[0]!.digest}`;
    await execute('skopeo', ['copy', '--src-tls-verify=false', from, `dir:${folder}`]);
    const bill = readFileSync(join(folder, artifact.layers[0]!.digest.slice('sha256:'.length)), 'utf8');
    expect(bill).toBe(readFileSync(join(output, 'sbom.cdx.json'), 'utf8'));
    // It names every package that stands in the image itself.
    const { components } = JSON.parse(bill) as { readonly components: readonly { readonly name: string }[] };
    const inside = (await filesOf(reference)).flatMap(
      (line) => /app\/node_modules\/([^/@]+)\/package\.json$/.exec(line)?.[1] ?? [],
    );
    expect(inside.length).toBeGreaterThan(1);
    for (const name of inside) expect(components.map((each) => each.name)).toContain(name);
  });

  it('answers as the local server does, without root, rights, a network to others or a writable disk (S1)', async () => {
    await docker('pull', '--quiet', reference);
    expect(await docker('image', 'inspect', '--format', '{{.Id}} {{.Config.User}}', reference)).toBe(
      `${built.id} 65532:65532`,
    );
    await using container = await startContainer([...locks, '--publish=127.0.0.1::8080', reference]);
    const origin = `http://${await addressOf(container.id, 8080)}`;
    await ready(origin);
    const answers = await predictions(origin);
    for (const [i, { answer }] of servable.golden.entries())
      expect(answers[i]).toMatchObject(answer as object);
    expect(servable.golden.length).toBeGreaterThan(4);
  });

  it('becomes healthy by its own question without any network', async () => {
    await using container = await startContainer([...locks, '--network=none', reference]);
    const state = () => docker('inspect', '--format', '{{.State.Health.Status}}', container.id);
    await expect.poll(state, { timeout: 60_000, interval: 500 }).toBe('healthy');
  });

  it('answers what it has and ends with 0 on SIGTERM (S11)', async () => {
    await using container = await startContainer([...locks, '--publish=127.0.0.1::8080', reference]);
    const origin = `http://${await addressOf(container.id, 8080)}`;
    await ready(origin);
    // Requests of which a half has arrived when the end is announced.
    const body = JSON.stringify(servable.golden.map(({ row }) => row));
    const halves = Array.from({ length: 20 }, () => halfSent(`${origin}/predict/heart-disease`, body));
    await wait(500);
    await docker('kill', '--signal=TERM', container.id);
    await wait(200);
    expect(await Promise.all(halves.map((finish) => finish()))).toEqual(halves.map(() => 200));
    expect(await docker('wait', container.id)).toBe('0');
  });

  it('is ready soon after its process starts', async () => {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      await using container = await startContainer(['--publish=127.0.0.1::8080', reference]);
      const origin = `http://${await addressOf(container.id, 8080)}`;
      await ready(origin);
      const started = await docker('inspect', '--format', '{{.State.StartedAt}}', container.id);
      const logs = async () => Object.values(await execute('docker', ['logs', container.id])).join('');
      await expect.poll(logs, { timeout: 10_000 }).toContain('"started"');
      const lines = (await logs()).split('\n');
      const { time } = JSON.parse(lines.find((line) => line.includes('"started"'))!) as {
        readonly time: string;
      };
      times.push(Date.parse(time) - Date.parse(started));
    }
    process.stderr.write(`start of the process to all models loaded: ${times.join(', ')} ms\n`);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });
});

describe('the same image again', () => {
  it('has the same digest when it is built later, from nothing (V5)', async () => {
    await wait(2000);
    const again = (await buildOf('--push', '--tag', name, '--output', 'elsewhere')).image;
    expect(again).toEqual(built);
  });

  it('has the same id when Docker loads it, and runs there', async () => {
    const local = 'trainyard/loaded:1';
    const { image, done } = await buildOf('--tag', local);
    expect(done).toBe('loaded');
    expect(await docker('image', 'inspect', '--format', '{{.Id}}', local)).toBe(image.id);
    // Only the labels of an image depend on its name.
    expect(image.parts.server).toBe(built.parts.server);
  });

  it.each(['0', '1'])(
    'is built by Docker from the context, too (DOCKER_BUILDKIT=%s), with the same files and settings',
    async (buildKit) => {
      const tag = `trainyard/by-docker:${buildKit}`;
      const { stderr } = await execute('docker', ['build', '--tag', tag, join(output, 'context')], {
        env: { ...process.env, DOCKER_BUILDKIT: buildKit },
        maxBuffer: 64 * 2 ** 20,
      });
      expect(stderr).not.toContain('Error');
      const settings = async (image: string) => {
        const [facts] = JSON.parse(await docker('image', 'inspect', image));
        const { User, ExposedPorts, Env, Entrypoint, WorkingDir, Labels, StopSignal, Healthcheck } =
          facts.Config;
        return { User, ExposedPorts, Env, Entrypoint, WorkingDir, Labels, StopSignal, Healthcheck };
      };
      expect(await settings(tag)).toEqual(await settings(reference));
      expect(await filesOf(tag)).toEqual(await filesOf(reference));
    },
  );

  it('is not built by Docker when a model answers otherwise in the base image than it did', async () => {
    const context = join(repository.folder, 'lying');
    await execute('cp', ['-r', join(output, 'context'), context]);
    const [model] = built.models;
    const path = `lying/models/models/heart-disease/${model!.modelVersion}/model.json`;
    repository.write(
      path,
      repository.read(path).replace(/"probabilities":\{"([^"]+)":[\d.]+/, '"probabilities":{"$1":0.123'),
    );
    await expect(execute('docker', ['build', context])).rejects.toThrow();
  });
});

/** Sends half of a request; sends the rest when asked to, and gives the status. */
function halfSent(url: string, body: string): () => Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(url, { method: 'POST', headers, agent: false });
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
  });
  status.catch(() => undefined);
  sent.write(body.slice(0, 100));
  return () => {
    sent.end(body.slice(100));
    return status;
  };
}

/** Mode, owner, size and path of every file and folder of the app in an image. */
async function filesOf(image: string): Promise<readonly string[]> {
  const id = await docker('create', image);
  const line = `docker export ${id} | tar -tvf - --numeric-owner app | awk '{ print $1, $2, $3, $6 }' | sort -k 4`;
  try {
    const { stdout } = await execute('bash', ['-o', 'pipefail', '-c', line]);
    return stdout.trim().split('\n');
  } finally {
    await docker('rm', id);
  }
}
