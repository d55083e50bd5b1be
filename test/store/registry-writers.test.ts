import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Depot } from '../../src/store/depot.ts';
import { registryDepot } from '../../src/store/oci/depot.ts';
import { manifestOf } from '../../src/store/oci/manifest.ts';
import { patienceUntil } from '../../src/store/oci/patience.ts';
import type { FakeRegistry, FakeRules } from './fakes/registry.ts';
import { fakeRegistry } from './fakes/registry.ts';
import { temporaryFolder } from './temporary-folder.ts';

type Fault = ReturnType<NonNullable<FakeRules['fault']>>;

const bytes = Buffer.from('what several send');
const digest = digestOfBytes(bytes);
const tag = `blob-${digest.slice(7)}`;
/** What Distribution says of a link that another writer has emptied and not yet filled. */
const halfWritten = { status: 400, code: 'DIGEST_INVALID' };

interface Place extends AsyncDisposable {
  readonly fake: FakeRegistry;
  readonly depot: Depot;
  /** How long it would have waited each time. */
  readonly waits: number[];
  readonly send: () => ReturnType<Depot['send']>;
  readonly count: (method: string, path: string) => number;
}

/** A registry with faults, and a depot in it that waits in thought only. */
async function place(fault: FakeRules['fault'] = () => undefined, inPause = (): void => {}): Promise<Place> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'file');
  await writeFile(file, bytes);
  const fake = await fakeRegistry({ fault });
  const waits: number[] = [];
  const patience = {
    ...patienceUntil(undefined),
    random: () => 1,
    sleep: async (ms: number) => {
      waits.push(ms);
      inPause();
    },
  };
  const { host } = fake;
  const env = { HOME: folder.path };
  const depot = await registryDepot({ name: 'oci://here', host, repository: 'team/store', env, patience });
  return {
    fake,
    depot,
    waits,
    send: () => depot.send(digest, file, bytes.length),
    count: (method, path) =>
      fake.asked.filter((line) => line.startsWith(`${method} /v2/team/store/${path}`)).length,
    [Symbol.asyncDispose]: async () => {
      await fake[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The first answers to requests of a kind. */
function first(times: number, method: string, path: string, fault: Fault): NonNullable<FakeRules['fault']> {
  let left = times;
  return (request) =>
    request.method === method && request.url!.includes(path) && left-- > 0 ? fault : undefined;
}

const always = Number.POSITIVE_INFINITY;

describe('a registry that many write the same to', () => {
  for (const times of [1, 3]) {
    const often = times === 1 ? 'once' : 'thrice';
    it(`may refuse a name ${often} for a link that is half written`, async () => {
      await using at = await place(first(times, 'PUT', '/manifests/', halfWritten));
      expect(await at.send()).toEqual({ ok: true, value: undefined });
      expect(at.waits).toEqual([400, 800, 1600].slice(0, times));
      expect(at.count('PUT', 'manifests/')).toBe(times + 1);
      expect(at.count('PUT', `blobs/uploads/`)).toBe(2);
      expect(await at.depot.holds(digest, bytes.length)).toEqual({ ok: true, value: true });
    });

    it(`may not know an upload ${often}`, async () => {
      const fault = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
      await using at = await place(first(times, 'PUT', '/blobs/uploads/', fault));
      expect(await at.send()).toEqual({ ok: true, value: undefined });
      expect(at.waits).toHaveLength(times);
    });

    it(`may break down ${often} while it is asked what it holds, and while it is sent to`, async () => {
      for (const [method, path] of [
        ['HEAD', '/blobs/'],
        ['HEAD', '/manifests/'],
        ['POST', '/blobs/uploads/'],
        ['PUT', '/blobs/uploads/'],
        ['PUT', '/manifests/'],
      ] as const) {
        await using at = await place(first(times, method, path, 500));
        expect(await at.send()).toEqual({ ok: true, value: undefined });
        expect(await at.depot.holds(digest, bytes.length)).toEqual({ ok: true, value: true });
        expect(at.waits).toHaveLength(times);
      }
    });

    it(`may refuse a removal ${often} for a link that is half written`, async () => {
      await using at = await place(first(times, 'DELETE', '/manifests/', halfWritten));
      await at.send();
      expect(await at.depot.remove(digest)).toEqual({ ok: true, value: undefined });
      expect(at.fake.manifests.size).toBe(0);
      expect(at.waits).toHaveLength(times);
    });
  }

  it('gets nothing again that somebody else has named in the pause', async () => {
    const manifest = manifestOf(digest, bytes.length);
    await using at = await place(first(always, 'PUT', '/manifests/', halfWritten), () => {
      at.fake.manifests.set(tag, manifest.bytes);
    });
    expect(await at.send()).toEqual({ ok: true, value: undefined });
    expect(at.count('PUT', 'manifests/')).toBe(1);
  });

  it('gets no bytes again that somebody else has sent in the pause', async () => {
    await using at = await place(first(always, 'PUT', '/blobs/uploads/', 500), () => {
      for (const each of [bytes, Buffer.from('{}')]) at.fake.blobs.set(digestOfBytes(each), each);
    });
    expect(await at.send()).toEqual({ ok: true, value: undefined });
    expect(at.count('PUT', 'blobs/uploads/')).toBe(1);
  });

  it('gets the bytes again that somebody removed before they had a name', async () => {
    let removals = 1;
    await using at = await place(({ method, url }) => {
      if (method === 'PUT' && url!.includes('/manifests/') && removals-- > 0) at.fake.blobs.clear();
      return undefined;
    });
    expect(await at.send()).toEqual({ ok: true, value: undefined });
    expect(at.count('PUT', 'blobs/uploads/')).toBe(4);
    expect(await at.depot.holds(digest, bytes.length)).toEqual({ ok: true, value: true });
  });

  const endless: readonly (readonly [string, string, Fault, string])[] = [
    ['PUT', '/manifests/', halfWritten, 'could not name sha256:'],
    ['PUT', '/manifests/', { status: 409, code: 'UNKNOWN' }, 'could not name sha256:'],
    ['PUT', '/manifests/', 500, 'could not name sha256:'],
    ['PUT', '/blobs/uploads/', 404, 'could not write sha256:'],
    ['PUT', '/blobs/uploads/', 503, 'could not write sha256:'],
    ['POST', '/blobs/uploads/', 503, 'could not write sha256:'],
    ['HEAD', '/blobs/', 500, 'could not look at sha256:'],
  ];
  for (const [method, path, fault, message] of endless) {
    const said = typeof fault === 'number' ? fault : `${fault!.status} ${fault!.code}`;
    it(`that always answers ${said} to ${method} of ${path} is given up after some seconds`, async () => {
      await using at = await place(first(always, method, path, fault));
      expect(await at.send()).toMatchObject({
        failure: { code: 'store-registry-refused', message: expect.stringContaining(message) },
      });
      expect(at.waits).toEqual([400, 800, 1600, 3200]);
      expect(at.fake.asked.length).toBeLessThan(25);
    });
  }

  const final: readonly (readonly [string, string, Fault, string])[] = [
    ['PUT', '/manifests/', 401, 'store-registry-denied'],
    ['PUT', '/manifests/', 403, 'store-registry-denied'],
    ['PUT', '/blobs/uploads/', 403, 'store-registry-denied'],
    ['POST', '/blobs/uploads/', 401, 'store-registry-denied'],
    ['POST', '/blobs/uploads/', 405, 'store-registry-refused'],
    ['PUT', '/manifests/', { status: 400, code: 'MANIFEST_INVALID' }, 'store-registry-refused'],
    ['PUT', '/manifests/', 413, 'store-registry-refused'],
  ];
  for (const [method, path, fault, code] of final) {
    const said = typeof fault === 'number' ? fault : `${fault!.status} ${fault!.code}`;
    it(`that answers ${said} to ${method} of ${path} is not asked again`, async () => {
      await using at = await place(first(always, method, path, fault));
      expect(await at.send()).toMatchObject({ failure: { code } });
      expect(at.waits).toEqual([]);
    });
  }
});
