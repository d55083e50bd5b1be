import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { findBase } from '../../../src/deploy/image/base-image.ts';
import { draftImage, layoutFolder, pushImage, writeImage } from '../../../src/deploy/index.ts';
import type { FakeRegistry } from './fake-registry.ts';
import { digestOf, fakeRegistry, indexType, manifestType, putBase } from './fake-registry.ts';
import { requestOf, timesModel } from './models.ts';

const platform = 'linux/amd64';

/** A folder that `docker login` could have written. */
function dockerConfig(config: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-docker-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

const auth = Buffer.from('reader:secret').toString('base64');

async function codeOf(
  registry: FakeRegistry,
  environment: Record<string, string>,
): Promise<string | undefined> {
  const found = await findBase({ name: `${registry.host}/base:1`, platform, environment });
  return found.ok ? undefined : found.failure.code;
}

it.each(['basic', 'bearer'] as const)(
  'shows the password of docker login to a registry that asks by %s, and to nobody else',
  async (access) => {
    await using registry = await fakeRegistry({ access, login: 'reader:secret' });
    putBase(registry, 'base', '1');
    const nobody = { DOCKER_CONFIG: dockerConfig({}) };
    const other = { DOCKER_CONFIG: dockerConfig({ auths: { 'other.example.org': { auth } } }) };
    const reader = { DOCKER_CONFIG: dockerConfig({ auths: { [registry.host]: { auth } } }) };
    const wrong = {
      DOCKER_CONFIG: dockerConfig({
        auths: { [registry.host]: { auth: Buffer.from('a:b').toString('base64') } },
      }),
    };
    expect(await codeOf(registry, nobody)).toBe('deploy-registry-denied');
    expect(await codeOf(registry, other)).toBe('deploy-registry-denied');
    expect(await codeOf(registry, wrong)).toBe('deploy-registry-denied');
    expect(await codeOf(registry, reader)).toBeUndefined();
  },
);

it('asks the helper that docker login keeps passwords with, and changes an identity token for others', async () => {
  await using registry = await fakeRegistry({ access: 'basic', login: 'reader:secret' });
  putBase(registry, 'base', '1');
  const programs = mkdtempSync(join(tmpdir(), 'trainyard-helper-'));
  const helper = join(programs, 'docker-credential-safe');
  writeFileSync(
    helper,
    `#!/bin/sh\nread host\n[ "$host" = "${registry.host}" ] || exit 1\necho '{"Username":"reader","Secret":"secret"}'\n`,
  );
  chmodSync(helper, 0o755);
  const PATH = `${programs}:${process.env['PATH']}`;
  expect(
    await codeOf(registry, { PATH, DOCKER_CONFIG: dockerConfig({ credsStore: 'safe' }) }),
  ).toBeUndefined();
  const odd = dockerConfig({ credsStore: '../../bin/sh' });
  expect(await codeOf(registry, { PATH, DOCKER_CONFIG: odd })).toBe('deploy-registry-denied');

  await using second = await fakeRegistry({ access: 'bearer', identity: 'long-lived' });
  putBase(second, 'base', '1');
  const config = { auths: { [second.host]: { identitytoken: 'long-lived' } } };
  expect(await codeOf(second, { DOCKER_CONFIG: dockerConfig(config) })).toBeUndefined();
});

it('follows to where blobs are, and tells that place nothing of who asks', async () => {
  await using registry = await fakeRegistry({ access: 'basic', login: 'reader:secret' });
  putBase(registry, 'base', '1');
  const told: (string | undefined)[] = [];
  const place = createServer((request, response) => {
    told.push(request.headers.authorization);
    response.end(registry.blobs.get(request.url!.split('/').at(-1)!));
  });
  await new Promise<void>((resolve) => place.listen(0, '127.0.0.1', resolve));
  registry.behaviour.redirectBlobs = `http://127.0.0.1:${(place.address() as AddressInfo).port}`;
  const environment = { DOCKER_CONFIG: dockerConfig({ auths: { [registry.host]: { auth } } }) };
  // To an address without encryption nobody is sent.
  expect(await codeOf(registry, environment)).toBe('deploy-registry-unreachable');
  expect(told).toEqual([]);
  place.close();
});

it('tries again when a registry fails for a moment, and says so when it goes on', async () => {
  await using registry = await fakeRegistry({ failing: 2 });
  putBase(registry, 'base', '1');
  expect(await codeOf(registry, {})).toBeUndefined();
  registry.behaviour.failing = 2;
  registry.behaviour.status = 429;
  expect(await codeOf(registry, {})).toBeUndefined();
  registry.behaviour.failing = 99;
  expect(await codeOf(registry, {})).toBe('deploy-registry-broken');
});

it('pushes what is missing and the manifest last; takes the layers of the base from where they are', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const output = mkdtempSync(join(tmpdir(), 'trainyard-push-'));
  const base = `${registry.host}/base:1`;
  const repository = `${registry.host}/team/times`;
  const drafted = await draftImage(requestOf([await timesModel('times', 2)], { base, repository }));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const image = await writeImage(drafted.value, {
    output,
    layerCache: join(output, 'cache'),
    environment: {},
  });
  if (!image.ok) throw new Error(image.failure.message);
  // As if another job sent the same layers at this moment.
  registry.behaviour.besideAnother = 1;
  const pushed = await pushImage(image.value, layoutFolder(output), {});
  expect(pushed).toMatchObject({
    ok: true,
    value: { reference: `${repository}@${image.value.digest}`, sent: 4 },
  });
  const writes = registry.seen.filter(({ method }) => method === 'POST' || method === 'PUT');
  expect(writes[2]).toMatchObject({ method: 'POST', status: 201 });
  expect(writes[2]!.path).toContain('mount=');
  // The image is whole before its tag stands for it; then comes what refers to it.
  const tagged = writes.findIndex(({ path }) => path === '/v2/team/times/manifests/v1.0.0');
  expect(writes.slice(0, tagged).every(({ path }) => path.includes('/blobs/uploads/'))).toBe(true);
  const stored = registry.manifests.get('team/times:v1.0.0')!;
  expect(stored.type).toBe(manifestType);
  expect(digestOf(stored.bytes)).toBe(image.value.digest);
  // Once more: everything is there.
  expect(await pushImage(image.value, layoutFolder(output), {})).toMatchObject({
    ok: true,
    value: { sent: 0 },
  });
});

it.each([
  ['that lists what refers to an image itself', true],
  ['that does not: under the tag of the specification', false],
])('attaches the bill of materials to the image in a registry %s (P4)', async (_, lists) => {
  await using registry = await fakeRegistry({ referrers: lists });
  putBase(registry, 'base', '1');
  const output = mkdtempSync(join(tmpdir(), 'trainyard-push-'));
  const repository = `${registry.host}/team/times`;
  const base = `${registry.host}/base:1`;
  const drafted = await draftImage(requestOf([await timesModel('times', 2)], { base, repository }));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const options = { output, layerCache: join(output, 'cache'), environment: {} };
  const image = await writeImage(drafted.value, options);
  if (!image.ok) throw new Error(image.failure.message);
  const tag = image.value.digest.replace(':', '-');
  const foreign = { mediaType: manifestType, digest: `sha256:${'f'.repeat(64)}`, size: 7 };
  const list = { schemaVersion: 2, mediaType: indexType, manifests: [foreign] };
  if (!lists)
    registry.manifests.set(`team/times:${tag}`, {
      bytes: Buffer.from(JSON.stringify(list)),
      type: indexType,
    });
  for (const _round of [1, 2]) {
    const pushed = await pushImage(image.value, layoutFolder(output), {});
    if (!pushed.ok || !('digest' in pushed.value.sbom)) throw new Error('not pushed');
    const { digest } = pushed.value.sbom;
    const artifact = registry.manifests.get(`team/times@${digest}`)!;
    const { artifactType, config, layers, subject } = JSON.parse(artifact.bytes.toString());
    expect(artifactType).toBe('application/vnd.cyclonedx+json');
    expect(config).toMatchObject({ mediaType: 'application/vnd.oci.empty.v1+json', size: 2 });
    expect(subject).toEqual({
      mediaType: manifestType,
      digest: image.value.digest,
      size: registry.manifests.get('team/times:v1.0.0')!.bytes.length,
    });
    expect(registry.blobs.get(layers[0].digest)!.toString()).toBe(drafted.value.sbom);
    // Once, and beside what others have attached.
    const listed = registry.manifests.get(`team/times:${tag}`);
    if (lists) expect(listed).toBeUndefined();
    else
      expect(JSON.parse(listed!.bytes.toString()).manifests).toMatchObject([
        foreign,
        { digest, artifactType: 'application/vnd.cyclonedx+json' },
      ]);
  }
});

it('pushes the image to a registry that takes nothing but images, and says what is missing there', async () => {
  await using registry = await fakeRegistry({ onlyImages: true });
  putBase(registry, 'base', '1');
  const output = mkdtempSync(join(tmpdir(), 'trainyard-push-'));
  const repository = `${registry.host}/team/times`;
  const base = `${registry.host}/base:1`;
  const drafted = await draftImage(requestOf([await timesModel('times', 2)], { base, repository }));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const options = { output, layerCache: join(output, 'cache'), environment: {} };
  const image = await writeImage(drafted.value, options);
  if (!image.ok) throw new Error(image.failure.message);
  expect(await pushImage(image.value, layoutFolder(output), {})).toMatchObject({
    ok: true,
    value: { sbom: { problem: expect.stringContaining('it answers 400') } },
  });
});

it('uploads nothing to where a registry sends it without encryption', async () => {
  await using registry = await fakeRegistry();
  await using elsewhere = await fakeRegistry();
  putBase(registry, 'base', '1');
  const output = mkdtempSync(join(tmpdir(), 'trainyard-push-'));
  const repository = `${registry.host}/team/times`;
  const base = `${registry.host}/base:1`;
  const drafted = await draftImage(requestOf([await timesModel('times', 2)], { base, repository }));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const options = { output, layerCache: join(output, 'cache'), environment: {} };
  const image = await writeImage(drafted.value, options);
  if (!image.ok) throw new Error(image.failure.message);
  registry.behaviour.uploadsTo = `http://${elsewhere.host}`;
  expect(await pushImage(image.value, layoutFolder(output), {})).toMatchObject({
    failure: { code: 'deploy-registry-unreachable' },
  });
  expect(elsewhere.seen).toEqual([]);
});

it('pushes nowhere when the name of an image has no registry', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const output = mkdtempSync(join(tmpdir(), 'trainyard-push-'));
  const request = requestOf([await timesModel('times', 2)], {
    base: `${registry.host}/base:1`,
    repository: 'trainyard/times',
  });
  const drafted = await draftImage(request);
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const image = await writeImage(drafted.value, {
    output,
    layerCache: join(output, 'cache'),
    environment: {},
  });
  if (!image.ok) throw new Error(image.failure.message);
  expect(await pushImage(image.value, layoutFolder(output), {})).toMatchObject({
    failure: { code: 'deploy-image-registry-missing', kind: 'input' },
  });
});
