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
import { digestOf, fakeRegistry, manifestType, putBase } from './fake-registry.ts';
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
  const pushed = await pushImage(image.value, layoutFolder(output), {});
  expect(pushed).toMatchObject({
    ok: true,
    value: { reference: `${repository}@${image.value.digest}`, sent: 4 },
  });
  const writes = registry.seen.filter(({ method }) => method === 'POST' || method === 'PUT');
  expect(writes[2]).toMatchObject({ method: 'POST', status: 201 });
  expect(writes[2]!.path).toContain('mount=');
  expect(writes.at(-1)).toMatchObject({ method: 'PUT', path: '/v2/team/times/manifests/v1.0.0' });
  const stored = registry.manifests.get('team/times:v1.0.0')!;
  expect(stored.type).toBe(manifestType);
  expect(digestOf(stored.bytes)).toBe(image.value.digest);
  // Once more: everything is there.
  expect(await pushImage(image.value, layoutFolder(output), {})).toMatchObject({
    ok: true,
    value: { sent: 0 },
  });
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
