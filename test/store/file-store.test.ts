import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import { describeStore } from './store-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function open(root: string, url = 'file:store'): Promise<Store> {
  const store = await openStore(url, { root });
  if (!store.ok) throw new Error(store.failure.message);
  return store.value;
}

describeStore('file', async (folder) => {
  const store = await open(dirname(folder), `file:${folder}`);
  return {
    store,
    damage: async (digest, bytes) => {
      await chmod(store.path!(digest), 0o600);
      await writeFile(store.path!(digest), bytes);
    },
  };
});

describe('a folder as a store', () => {
  test('is named by a path relative to the root, an absolute path, or a file URL', async () => {
    await using folder = await temporaryFolder();
    const digest = digestOfBytes('x');
    const rest = `sha256/${digest.slice(7, 9)}/${digest.slice(9)}`;
    expect((await open(folder.path, 'file:a/b')).path!(digest)).toBe(join(folder.path, 'a/b', rest));
    expect((await open(folder.path, 'file:/srv/s')).path!(digest)).toBe(`/srv/s/${rest}`);
    expect((await open(folder.path, 'FILE:///srv/a%20b')).path!(digest)).toBe(`/srv/a b/${rest}`);
  });

  test('is refused with a remedy when the name is of another kind', async () => {
    const root = '/';
    for (const url of ['ftp://bucket/prefix', 'gs://bucket', 'C:\\store']) {
      expect(await openStore(url, { root })).toMatchObject({ failure: { code: 'store-scheme-unsupported' } });
    }
    for (const url of ['', 'store', '.trainyard/store', 'file:', 'file://host/%zz', 'file:a\0b']) {
      expect(await openStore(url, { root })).toMatchObject({
        failure: { code: 'store-url-invalid', remedy: expect.stringContaining('file:') },
      });
    }
  });

  test('is not made by opening or reading it', async () => {
    await using folder = await temporaryFolder();
    const store = await open(folder.path);
    await store.has(digestOfBytes('x'));
    await store.read(digestOfBytes('x'));
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('holds read-only files, complete ones only', async () => {
    await using folder = await temporaryFolder();
    const store = await open(folder.path);
    await store.putBytes('x');
    const blob = await stat(store.path!(digestOfBytes('x')));
    expect(blob.mode & 0o777).toBe(0o444);
    expect(await readdir(join(folder.path, 'store', 'tmp'))).toEqual([]);
  });

  test('keeps damaged bytes aside for whoever wants to look', async () => {
    await using folder = await temporaryFolder();
    const store = await open(folder.path);
    const digest = digestOfBytes('sound');
    await store.putBytes('sound');
    await chmod(store.path!(digest), 0o600);
    await writeFile(store.path!(digest), 'rotten');
    await store.read(digest);
    const [aside] = await readdir(join(folder.path, 'store', 'corrupted'));
    expect(await readFile(join(folder.path, 'store', 'corrupted', aside!), 'utf8')).toBe('rotten');
  });

  test('copies to another file system as safely as to its own', async () => {
    const other = await stat('/dev/shm').catch(() => undefined);
    await using folder = await temporaryFolder();
    if (other === undefined || other.dev === (await stat(folder.path)).dev) return;
    await using elsewhere = await temporaryFolder('/dev/shm');
    const store = await open(folder.path);
    await store.putBytes('x');
    expect(await store.copyTo(digestOfBytes('x'), join(elsewhere.path, 'x'))).toMatchObject({ ok: true });
    expect(await readdir(elsewhere.path)).toEqual(['x']);
  });

  test('reports a place where it cannot write', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'store'), 'a file, not a folder');
    const store = await open(folder.path);
    expect(await store.putBytes('x')).toMatchObject({ failure: { code: 'store-io-failed', kind: 'world' } });
    expect(await store.read(digestOfBytes('x'))).toMatchObject({ failure: { code: 'store-blob-missing' } });
  });
});

describe('what killed writers leave', () => {
  test('is swept when the writer is dead or the file a day old, and nothing else is', async () => {
    await using folder = await temporaryFolder();
    const tmp = join(folder.path, 'store', 'tmp');
    await mkdir(tmp, { recursive: true });
    const dead = `${encodeURIComponent(hostname())}~4194999~a`;
    const living = `${encodeURIComponent(hostname())}~${process.pid}~b`;
    const elsewhere = 'another-host~4194999~c';
    const old = 'another-host~4194999~d';
    for (const name of [dead, living, elsewhere, old]) await writeFile(join(tmp, name), 'half');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    await utimes(join(tmp, old), twoDaysAgo, twoDaysAgo);
    await open(folder.path);
    expect((await readdir(tmp)).sort()).toEqual([elsewhere, living].sort());
  });

  test('is harmless: after kill -9 at 12 moments every stored blob is whole, and leftovers go', async () => {
    await using folder = await temporaryFolder();
    for (let i = 0; i < 12; i++) await writeAndKill(folder.path, 3 + i * 7);
    const store = await open(folder.path);
    expect(await readdir(join(folder.path, 'store', 'tmp'))).toEqual([]);
    let blobs = 0;
    for (const two of await readdir(join(folder.path, 'store', 'sha256'))) {
      for (const rest of await readdir(join(folder.path, 'store', 'sha256', two))) {
        expect(await store.verify(`sha256:${two}${rest}` as Digest)).toMatchObject({ ok: true });
        blobs++;
      }
    }
    expect(blobs).toBeGreaterThan(0);
  });
});

async function writeAndKill(root: string, afterMs: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./killed-writer.mjs', import.meta.url)), root],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout!, 'data');
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await once(child, 'close');
}
