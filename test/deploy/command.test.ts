import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeployEffects, DeployOptions } from '../../src/commands/index.ts';
import { deploy, undeploy } from '../../src/commands/index.ts';
import { openDeployBranch, renderDeployment } from '../../src/deploy/index.ts';
import { lockText } from '../../src/deploy/lock/lock-text.ts';
import type { GitRig } from '../git/rig.ts';
import { gitRig } from '../git/rig.ts';
import { assignment, done, ledgerOfClone, registration } from '../registry/rig.ts';
import { digestOf as modelDigest } from '../registry/tags.ts';
import type { FakeRegistry } from './image/fake-registry.ts';
import { digestOf, fakeRegistry, manifestType } from './image/fake-registry.ts';
import { sample } from './sample.ts';

let rig: GitRig;
let registry: FakeRegistry;
let commit: string;

const balancer = `example.org/haproxy@sha256:${'1'.repeat(64)}`;
const project = `version: 1
stages:
  - { name: staging }
  - { name: production, from: staging }
  - { name: guarded, provenance: true }
  - { name: bare }
  - { name: here, deploy: { balancer: "${balancer}" } }
  - { name: lost, deploy: { balancer: "${balancer}", access-file: /nowhere/access.yaml } }
  - { name: locked, deploy: { balancer: "${balancer}", access-file: /etc/hostname } }
`;

beforeAll(async () => {
  rig = await gitRig();
  registry = await fakeRegistry();
  commit = await rig.repository('source');
  await rig.write('source/trainyard.yaml', project);
  await rig.git('source', 'add', '.');
  await rig.git('source', 'commit', '-q', '-m', 'stages');
  await rig.git('.', 'clone', '-q', '--bare', 'source', 'hub.git');
  await rig.git('.', 'clone', '-q', 'hub.git', 'mine');
  const ledger = await ledgerOfClone(await rig.open('mine'));
  for (const name of ['v1.0.0', 'v1.1.0']) await done(ledger, registration(name), { commit });
  await done(ledger, assignment('v1.0.0', 'production'), { commit });
  await done(ledger, assignment('v1.0.0', 'guarded'), { commit });
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});

interface ImageOptions {
  readonly version?: string;
  readonly digest?: string;
  readonly user?: string;
  readonly labels?: Record<string, string>;
}

/** Puts an image into the registry that says of itself what it holds; its reference. */
function image({
  version = 'v1.0.0',
  digest = modelDigest(version),
  user = '65532:65532',
  labels,
}: ImageOptions = {}): string {
  const models = [
    {
      model: 'heart-disease',
      modelVersion: version,
      digest,
      manifest: digest,
      provenance: { verdict: 'pass', because: '' },
    },
  ];
  const config = Buffer.from(
    JSON.stringify({
      config: {
        User: user,
        ExposedPorts: { '8080/tcp': {} },
        Labels: labels ?? { 'trainyard.models': JSON.stringify(models) },
      },
    }),
  );
  const configDigest = digestOf(config);
  registry.blobs.set(configDigest, config);
  registry.places.set(configDigest, new Set(['team/heart-disease']));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: configDigest,
        size: config.length,
      },
      layers: [],
    }),
  );
  const name = `team/heart-disease@${digestOf(manifest)}`;
  registry.manifests.set(name, { bytes: manifest, type: manifestType });
  return `${registry.host}/${name}`;
}

function run(options: Partial<DeployOptions> = {}, folder = 'mine') {
  return deploy({ reference: 'heart-disease', to: 'production', ...options }, effects(folder));
}

function effects(folder = 'mine'): DeployEffects {
  return {
    cwd: join(rig.path, folder),
    env: { ...rig.environment, DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    now: () => new Date('2026-11-21T10:00:00Z'),
    monotonic: () => performance.now(),
    randomBytes: (count) => new Uint8Array(count).fill(7),
    machine: { platform: 'linux-x64', cpus: 2, memoryBytes: 2 ** 33, node: '20.20.2' },
    giveWay: () => undefined,
    signal: new AbortController().signal,
  };
}

function refusal(code: string, message = '') {
  return { ok: false, failure: [{ code, message: expect.stringContaining(message) }] };
}

describe('trainyard deploy', () => {
  it.each([
    [
      'a version that does not stand there',
      { reference: 'heart-disease@v1.1.0' },
      'deploy-not-assigned',
      'v1.0.0 does',
    ],
    ['a stage in which nothing stands', { to: 'staging' }, 'registry-stage-empty', 'staging'],
    ['a stage that is not declared', { to: 'prod' }, 'registry-stage-undeclared', 'prod'],
    ['a model that is not there', { reference: 'heart' }, 'registry-model-unknown', 'heart'],
    ['a file', { reference: './model.onnx' }, 'registry-reference-invalid', 'never promoted'],
    ['another stage in the reference', { reference: 'heart-disease#guarded' }, 'registry-stage-twice', ''],
    [
      'what nobody signed for, where the stage asks for signatures',
      { to: 'guarded' },
      'deploy-provenance',
      '',
    ],
  ] as const)('P4 refuses %s, with nothing written', async (_, options, code, message) => {
    expect(await run({ image: image(), ...options })).toMatchObject(refusal(code, message));
    expect(await rig.git('hub.git', 'branch', '--list', 'deploy/*')).toBe('');
  });

  it.each([
    ['by a tag', () => `${registry.host}/team/heart-disease:v1.0.0`, 'deploy-image-other', 'names no digest'],
    ['of another version', () => image({ version: 'v1.1.0' }), 'deploy-image-other', 'it holds v1.1.0'],
    [
      'with other bytes under the same name',
      () => image({ digest: modelDigest('other') }),
      'deploy-image-other',
      'was promoted',
    ],
    [
      'that says nothing of itself',
      () => image({ labels: {} }),
      'deploy-image-other',
      'which models it holds',
    ],
    ['of root', () => image({ user: '' }), 'deploy-image-unsafe', 'root'],
    ['of user 0', () => image({ user: '0:0' }), 'deploy-image-unsafe', '0:0'],
    ['of a user by name', () => image({ user: 'node' }), 'deploy-image-unsafe', 'node'],
    [
      'that the registry does not have',
      () => `${registry.host}/team/heart-disease@sha256:${'0'.repeat(64)}`,
      'deploy-registry-not-found',
      '',
    ],
  ] as const)('P4 refuses an image %s', async (_, make, code, message) => {
    expect(await run({ image: make() })).toMatchObject(refusal(code, message));
    expect(await rig.git('hub.git', 'branch', '--list', 'deploy/*')).toBe('');
  });

  it('changes nothing with --dry-run, and says what would change', async () => {
    expect(await run({ image: image(), dryRun: true })).toMatchObject({
      ok: true,
      value: { branch: { changed: expect.arrayContaining(['locks/heart-disease.json']) } },
    });
    expect(await rig.git('hub.git', 'branch', '--list', 'deploy/*')).toBe('');
  });

  it('P4 deploys the version that stands in the stage, by the digest of an image that holds its very bytes', async () => {
    const reference = image();
    expect(await run({ image: reference })).toMatchObject({
      ok: true,
      value: {
        version: 'v1.0.0',
        image: reference,
        branch: {
          name: 'deploy/production',
          lock: {
            name: 'v1.0.0',
            digest: modelDigest('v1.0.0'),
            assignment: { tag: 'heart-disease#production#1' },
          },
        },
      },
    });
    const text = await rig.git('hub.git', 'show', 'deploy/production:locks/heart-disease.json');
    expect(JSON.parse(text)).toMatchObject({ run: '20260301-120000-0123abcd', commit });
  });

  it('makes no commit for the same deployment again', async () => {
    const before = await rig.git('hub.git', 'rev-parse', 'deploy/production');
    expect(await run({ image: image() })).toMatchObject({
      ok: true,
      value: { branch: { changed: [], commit: before } },
    });
  });

  it('S7 lets servers on this machine answer first where it starts them here, and nowhere else', async () => {
    const ways: string[] = [];
    for (const target of ['docker', 'manifests'] as const) {
      for (const dryRun of [true, false]) {
        const giveWay = (): void => void ways.push(`${target} ${dryRun}`);
        await deploy(
          { reference: 'heart-disease', to: 'production', target, dryRun, image: image() },
          { ...effects(), giveWay },
        );
      }
    }
    expect(ways).toEqual(['docker false']);
  });

  it('S7 a rollback is the deployment of what the stage says after it; an older one does not come again', async () => {
    const ledger = await ledgerOfClone(await rig.open('mine'));
    await rig.git('.', 'clone', '-q', 'hub.git', 'late');
    await done(ledger, assignment('v1.1.0', 'production'), { commit });
    expect(await run({ image: image({ version: 'v1.1.0' }) })).toMatchObject({
      value: { version: 'v1.1.0' },
    });
    // A clone without its remote does not learn of the promotion, and deploys to a copy that does.
    cpSync(join(rig.path, 'hub.git'), join(rig.path, 'copy.git'), { recursive: true });
    execFileSync('git', ['tag', '-d', 'heart-disease#production#3'], { cwd: join(rig.path, 'copy.git') });
    execFileSync('git', ['update-ref', '-d', 'refs/trainyard/registry/heart-disease'], {
      cwd: join(rig.path, 'copy.git'),
    });
    await rig.git('late', 'remote', 'set-url', 'origin', join(rig.path, 'copy.git'));
    expect(await run({ image: image() }, 'late')).toMatchObject(refusal('deploy-overtaken', 'production#3'));
    const back = { ...assignment('v1.0.0', 'production'), cause: 'rollback', why: 'alarms at night' };
    await done(ledger, back as never, { commit });
    expect(await run({ image: image() })).toMatchObject({ value: { version: 'v1.0.0' } });
    expect(await rig.git('hub.git', 'log', '--format=%s', 'deploy/production')).toBe(
      ['v1.0.0', 'v1.1.0', 'v1.0.0'].map((name) => `Deploy heart-disease ${name} to production`).join('\n'),
    );
    expect(await rig.git('hub.git', 'log', '-1', '--format=%b', 'deploy/production')).toContain(
      'alarms at night',
    );
  });

  it('--remove takes a model off the branch of its stage, and leaves the others', async () => {
    const remove = (dryRun: boolean, reference = 'heart-disease') =>
      undeploy({ reference, to: 'production', dryRun }, effects());
    const other = {
      path: 'locks/other.json',
      text: lockText(renderDeployment(sample({ model: 'other' })).lock),
    };
    const branch = openDeployBranch({
      repository: await rig.open('hub.git'),
      remote: undefined,
      branch: 'deploy/production',
      patience: { tries: 1, pauseMs: [1, 1], random: () => 0, sleep: async () => undefined },
    });
    const note = { message: 'Another model\n', time: new Date(0) };
    await branch.update(async () => ({ ok: true, value: { write: [other], remove: [] } }), note);
    const before = await rig.git('hub.git', 'rev-parse', 'deploy/production');
    expect(await remove(true)).toMatchObject({ ok: true });
    expect(await rig.git('hub.git', 'rev-parse', 'deploy/production')).toBe(before);
    expect(await remove(false)).toMatchObject({ ok: true, value: { model: 'heart-disease' } });
    expect(await rig.git('hub.git', 'ls-tree', '-r', '--name-only', 'deploy/production')).toBe(
      ['kubernetes/kustomization.yaml', 'locks/other.json'].join('\n'),
    );
    expect(await rig.git('hub.git', 'show', 'deploy/production:kubernetes/kustomization.yaml')).toContain(
      'resources:\n  - other/production',
    );
    expect(await remove(false)).toMatchObject(refusal('deploy-not-deployed'));
    expect(await remove(false, 'heart-disease@v1.0.0')).toMatchObject(refusal('registry-reference-invalid'));
    // What stands in the stage stays there, and comes back with the next deployment.
    expect(await run({ image: image() })).toMatchObject({ ok: true, value: { version: 'v1.0.0' } });
  });

  it.each([
    ['there is no balancer', 'bare', {}, 'deploy-balancer-missing'],
    ['Docker is away', 'here', {}, 'deploy-docker-'],
    ['a file that the stage names is not there', 'lost', {}, 'deploy-file-unreadable'],
    ['nobody gives a key to servers that ask for one', 'locked', {}, 'deploy-key-missing'],
  ] as const)('P5 builds and pushes nothing for Docker when %s', async (_, to, options, code) => {
    const ledger = await ledgerOfClone(await rig.open('mine'));
    await done(ledger, assignment('v1.0.0', to), { commit });
    const before = registry.seen.length;
    const refused = await run({ to, target: 'docker', ...options });
    expect(refused).toMatchObject({ ok: false, failure: [{ code: expect.stringContaining(code) }] });
    expect(registry.seen.length).toBe(before);
  });
});
