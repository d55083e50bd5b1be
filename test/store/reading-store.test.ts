import { expect, it } from 'vitest';
import type { Store, StoreWorld } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import { fakeRegistry } from './fakes/registry.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function open(url: string, world: StoreWorld): Promise<Store> {
  const store = await openStore(url, world);
  if (!store.ok) throw new Error(store.failure.message);
  return store.value;
}

const reading = { TRAINYARD_STORE_ACCESS: 'read' };

it('T2: a job that may only read uses what the shared store has, and keeps what it makes to itself', async () => {
  await using registry = await fakeRegistry();
  await using a = await temporaryFolder();
  await using b = await temporaryFolder();
  const url = `oci://${registry.host}/team/store`;
  const writer = await open(url, { root: a.path, env: { HOME: a.path } });
  const shared = await writer.putBytes('shared');
  const reader = await open(url, { root: b.path, env: { HOME: b.path, ...reading } });
  if (!shared.ok) throw new Error(shared.failure.message);
  expect(await reader.read(shared.value.digest)).toMatchObject({ ok: true });
  registry.asked.length = 0;
  const own = await reader.putBytes('own');
  if (!own.ok) throw new Error(own.failure.message);
  expect(registry.asked).toEqual([]);
  expect(reader.keepsToItself).toBe(true);
  expect([await reader.has(own.value.digest), await writer.has(own.value.digest)]).toEqual([true, false]);
  const text = await reader.read(own.value.digest);
  expect(text.ok && Buffer.from(text.value).toString()).toBe('own');
});

it('a shared store that nobody has made yet, or that refuses, is an empty one for who only reads', async () => {
  await using registry = await fakeRegistry({ fault: () => 403 });
  await using folder = await temporaryFolder();
  const url = `oci://${registry.host}/team/store`;
  const store = await open(url, { root: folder.path, env: { HOME: folder.path, ...reading } });
  expect(await store.check?.()).toMatchObject({ ok: true });
  const put = await store.putBytes('made here');
  if (!put.ok) throw new Error(put.failure.message);
  expect(await store.verify(put.value.digest)).toMatchObject({ ok: true });
  const absent = `sha256:${'0'.repeat(64)}` as typeof put.value.digest;
  expect(await store.has(absent)).toBe(false);
  expect(await store.read(absent)).toMatchObject({ ok: false, failure: { code: 'store-registry-denied' } });
});

it('refuses another word than read and write', async () => {
  const world = { root: '.', env: { TRAINYARD_STORE_ACCESS: 'all' } };
  expect(await openStore('s3://bucket/x', world)).toMatchObject({
    ok: false,
    failure: { code: 'store-access-invalid' },
  });
});
