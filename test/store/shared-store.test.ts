import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Store, StoreWorld } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import { fakeRegistry } from './fakes/registry.ts';
import { fakeS3 } from './fakes/s3.ts';
import { describeStore } from './store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function open(url: string, world: StoreWorld): Promise<Store> {
  const store = await openStore(url, world);
  if (!store.ok) throw new Error(store.failure.message);
  return store.value;
}

/** A cache that was deleted, so that the bytes come from afar. */
async function forgetCache(root: string): Promise<void> {
  await rm(join(root, '.trainyard'), { recursive: true, force: true });
}

const s3 = await fakeS3();
const registry = await fakeRegistry();
let prefixes = 0;

describeStore('bucket', async (folder) => {
  const prefix = `p${prefixes++}`;
  const store = await open(`s3://bucket/${prefix}/`, { root: folder, env: s3.env });
  return {
    store,
    damage: async (digest, bytes) => {
      const key = `bucket/${prefix}/sha256/${digest.slice(7, 9)}/${digest.slice(9)}`;
      s3.objects.set(key, { ...s3.objects.get(key)!, bytes: Buffer.from(bytes) });
      await forgetCache(folder);
    },
  };
});

describeStore('registry', async (folder) => {
  registry.blobs.clear();
  registry.manifests.clear();
  const store = await open(`oci://${registry.host}/team/store`, { root: folder, env: { HOME: folder } });
  return {
    store,
    damage: async (digest, bytes) => {
      registry.blobs.set(digest, Buffer.from(bytes));
      await forgetCache(folder);
    },
  };
});

describe('a bucket as a store', () => {
  it('is read by another machine, and asked once only', async () => {
    await using a = await temporaryFolder();
    await using b = await temporaryFolder();
    await using fake = await fakeS3();
    const digest = digestOfBytes('shared');
    const here = await open('s3://bucket/one', { root: a.path, env: fake.env });
    expect(await here.putBytes('shared')).toMatchObject({ ok: true });
    const there = await open('s3://bucket/one', { root: b.path, env: fake.env });
    expect(await there.read(digest)).toMatchObject({ ok: true });
    fake.asked.length = 0;
    const again = await open('s3://bucket/one', { root: b.path, env: fake.env });
    expect(await again.read(digest)).toMatchObject({ ok: true });
    expect(await again.copyTo(digest, join(b.path, 'x'))).toMatchObject({ ok: true });
    expect(fake.asked).toEqual([]);
    const other = await open('s3://bucket/two', { root: b.path, env: fake.env });
    expect(await other.has(digest)).toBe(false);
  });

  it('sends large files in parts, and completes no upload of a file that changed', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeS3();
    const store = await open('s3://bucket', { root: folder.path, env: fake.env });
    const bytes = Buffer.alloc(34_000_000, 'a model, ');
    await writeFile(join(folder.path, 'large'), bytes);
    const digest = digestOfBytes(bytes);
    expect(await store.putFile(join(folder.path, 'large'))).toMatchObject({ value: { digest } });
    expect(fake.asked.filter((line) => line.endsWith('?part'))).toHaveLength(3);
    await forgetCache(folder.path);
    expect(await store.copyTo(digest, join(folder.path, 'copy'))).toMatchObject({ ok: true });
    fake.fault = ({ url, method }) =>
      method === 'PUT' && url!.includes('partNumber=2') ? { status: 403, code: 'AccessDenied' } : undefined;
    await writeFile(join(folder.path, 'other'), Buffer.alloc(34_000_000, 'another model, '));
    const refused = await store.putFile(join(folder.path, 'other'));
    expect(refused).toMatchObject({ failure: { code: 'store-access-denied' } });
    expect([fake.uploads.size, fake.objects.size]).toEqual([0, 1]);
  });

  const refusals: readonly (readonly [number, string, string])[] = [
    [404, 'NoSuchBucket', 'store-bucket-missing'],
    [403, 'AccessDenied', 'store-access-denied'],
    [403, 'InvalidAccessKeyId', 'store-access-denied'],
    [400, 'ExpiredToken', 'store-access-denied'],
    [403, 'RequestTimeTooSkewed', 'store-clock-skewed'],
    [301, 'PermanentRedirect', 'store-region-wrong'],
    [503, 'SlowDown', 'store-objects-unreachable'],
  ];
  for (const [status, code, expected] of refusals) {
    it(`that answers ${code} is ${expected}, and nothing is there`, async () => {
      await using folder = await temporaryFolder();
      await using fake = await fakeS3();
      fake.fault = () => ({ status, code });
      const store = await open('s3://bucket/x', { root: folder.path, env: fake.env });
      const failure = { code: expected, remedy: expect.any(String) };
      expect(await store.check!()).toMatchObject({ ok: false, failure });
      // Tried again with longer and longer pauses: once is enough.
      if (status === 503) return;
      expect(await store.read(digestOfBytes('x'))).toMatchObject({ ok: false, failure });
      expect((await store.putBytes('x')).ok).toBe(false);
      expect(await store.has(digestOfBytes('x'))).toBe(false);
      fake.fault = () => undefined;
      expect(await store.putBytes('x')).toMatchObject({ ok: true });
    });
  }

  it('gives up what it does when it is interrupted', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeS3();
    const ending = new AbortController();
    const { signal } = ending;
    const store = await open('s3://bucket/x', { root: folder.path, env: fake.env, signal });
    ending.abort();
    expect(await store.putBytes('x')).toMatchObject({ failure: { code: 'store-cancelled' } });
  });

  it('mends the cache of a machine by itself', async () => {
    await using folder = await temporaryFolder();
    const store = await open('s3://bucket/mend', { root: folder.path, env: s3.env });
    const digest = digestOfBytes('whole');
    await store.putBytes('whole');
    const file = join(folder.path, '.trainyard/cache/store/sha256', digest.slice(7, 9), digest.slice(9));
    await rm(file);
    await writeFile(file, 'holed');
    expect(await store.read(digest)).toMatchObject({ ok: true });
  });

  it('wants a limit of its cache that is a size', async () => {
    const env = { TRAINYARD_CACHE_LIMIT: 'much' };
    expect(await openStore('s3://bucket', { root: '/', env })).toMatchObject({
      failure: { code: 'store-cache-limit-invalid', kind: 'input' },
    });
  });
});

describe('a registry as a store', () => {
  const login = {
    auths: (host: string) => ({ [host]: { auth: Buffer.from('user:secret').toString('base64') } }),
  };
  const asUser = async (root: string, host: string): Promise<StoreWorld> => {
    await writeFile(join(root, 'config.json'), JSON.stringify({ auths: login.auths(host) }));
    return { root, env: { HOME: root, DOCKER_CONFIG: root } };
  };

  it('gets a token for what is to be done, and is refused without one', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeRegistry({ isPrivate: true });
    const url = `oci://${fake.host}/team/store`;
    const nobody = await open(url, { root: folder.path, env: { HOME: folder.path } });
    expect(await nobody.check!()).toMatchObject({ failure: { code: 'store-registry-denied' } });
    expect(await nobody.putBytes('x')).toMatchObject({ failure: { code: 'store-registry-denied' } });
    const store = await open(url, await asUser(folder.path, fake.host));
    expect(await store.check!()).toMatchObject({ ok: true });
    expect(await store.putBytes('x')).toMatchObject({ ok: true });
    const handed = {
      HOME: folder.path,
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: login.auths(fake.host) }),
    };
    expect(await (await open(url, { root: folder.path, env: handed })).check!()).toMatchObject({ ok: true });
    expect(await store.remove(digestOfBytes('x'))).toMatchObject({ ok: true });
    expect(await store.has(digestOfBytes('x'))).toBe(false);
  });

  it('does not hand the token of a workflow to other registries', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeRegistry({ isPrivate: true });
    const env = { HOME: folder.path, GITHUB_TOKEN: 'secret', GITHUB_ACTOR: 'user' };
    const store = await open(`oci://${fake.host}/team/store`, { root: folder.path, env });
    expect(await store.check!()).toMatchObject({ failure: { code: 'store-registry-denied' } });
  });

  it('names every blob by a manifest, without which it is not there', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeRegistry();
    const store = await open(`oci://${fake.host}/team/store`, {
      root: folder.path,
      env: { HOME: folder.path },
    });
    const digest = digestOfBytes('named');
    await store.putBytes('named');
    const manifest = JSON.parse(fake.manifests.get(`blob-${digest.slice(7)}`)!.toString()) as object;
    expect(manifest).toMatchObject({
      artifactType: 'application/vnd.trainyard.blob.v1',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
      layers: [{ digest, size: 5 }],
    });
    fake.manifests.clear();
    const later = await open(`oci://${fake.host}/team/store`, {
      root: folder.path,
      env: { HOME: folder.path },
    });
    expect(await later.has(digest)).toBe(false);
    await later.putBytes('named');
    expect(fake.manifests.size).toBe(2);
  });

  it('that takes only so much at once gets chunks', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeRegistry({ mostBytes: 4 * 2 ** 20 });
    const store = await open(`oci://${fake.host}/team/store`, {
      root: folder.path,
      env: { HOME: folder.path },
    });
    const bytes = Buffer.alloc(10_000_000, 'some weights, ');
    expect(await store.putBytes(bytes)).toMatchObject({ ok: true });
    expect(fake.asked.filter((line) => line.startsWith('PATCH'))).toHaveLength(3);
    expect(fake.blobs.get(digestOfBytes(bytes))?.equals(bytes)).toBe(true);
  });

  it('that sends readers elsewhere does so without credentials, and never to where nothing is encrypted', async () => {
    await using folder = await temporaryFolder();
    await using other = await fakeRegistry();
    await using fake = await fakeRegistry({ isPrivate: true });
    const store = await open(`oci://${fake.host}/team/store`, await asUser(folder.path, fake.host));
    await store.putBytes('x');
    await rm(join(folder.path, '.trainyard'), { recursive: true });
    fake.rules = { isPrivate: true, elsewhere: `http://${other.host}/v2/team/store/blobs` };
    expect(await store.read(digestOfBytes('x'))).toMatchObject({
      failure: {
        code: 'store-registry-unreachable',
        message: expect.stringContaining('nothing is encrypted'),
      },
    });
    expect(other.asked).toEqual([]);
  });

  it('is asked again when it is busy, and no more than a few times', async () => {
    await using folder = await temporaryFolder();
    let refusals = 2;
    await using fake = await fakeRegistry({ fault: () => (refusals-- > 0 ? 503 : undefined) });
    const store = await open(`oci://${fake.host}/team/store`, {
      root: folder.path,
      env: { HOME: folder.path },
    });
    expect(await store.check!()).toMatchObject({ ok: true });
  });

  it('that lets nobody remove says so, also of damaged bytes', async () => {
    await using folder = await temporaryFolder();
    await using fake = await fakeRegistry({ isUndeletable: true });
    const store = await open(`oci://${fake.host}/team/store`, {
      root: folder.path,
      env: { HOME: folder.path },
    });
    const digest = digestOfBytes('kept');
    await store.putBytes('kept');
    expect(await store.remove(digest)).toMatchObject({ failure: { code: 'store-removal-refused' } });
    fake.blobs.set(digest, Buffer.from('lost'));
    await rm(join(folder.path, '.trainyard'), { recursive: true });
    expect(await store.read(digest)).toMatchObject({ failure: { code: 'store-blob-corrupted' } });
  });

  it('is refused by name where it cannot be reached', async () => {
    await using folder = await temporaryFolder();
    const ending = new AbortController();
    const env = { HOME: folder.path };
    const store = await open('oci://127.0.0.1:9/team/store', {
      root: folder.path,
      env,
      signal: ending.signal,
    });
    const asked = store.check!();
    setTimeout(() => ending.abort(), 300);
    expect(await asked).toMatchObject({
      failure: { code: expect.stringMatching(/^store-(cancelled|registry)/) },
    });
    expect(await store.has(digestOfBytes('x') as Digest)).toBe(false);
  });
});
