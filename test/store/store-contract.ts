import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Store } from '../../src/store/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A store under test, and a way to harm its bytes behind its back. */
export interface StoreRig {
  readonly store: Store;
  readonly damage: (digest: Digest, bytes: Uint8Array) => Promise<void>;
}

/** What every store promises, whatever it is made of. */
export function describeStore(name: string, open: (folder: string) => Promise<StoreRig>): void {
  const rig = async () => {
    const folder = await temporaryFolder();
    const opened = await open(join(folder.path, 'store'));
    return { ...opened, folder: folder.path, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
  };
  const absent = digestOfBytes('nobody stored this');

  describe(`${name} store`, () => {
    test('gives back the bytes that were put, under their SHA-256', async () => {
      await using it = await rig();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
          const put = await it.store.putBytes(bytes);
          expect(put).toEqual({ ok: true, value: { digest: digestOfBytes(bytes), bytes: bytes.length } });
          const read = await it.store.read(digestOfBytes(bytes));
          expect(read.ok && Buffer.from(read.value).equals(bytes)).toBe(true);
        }),
        { numRuns: 20 },
      );
    });

    test('stores text as UTF-8, and nothing at all', async () => {
      await using it = await rig();
      expect(await it.store.putBytes('é')).toMatchObject({ value: { bytes: 2, digest: digestOfBytes('é') } });
      expect(await it.store.putBytes('')).toMatchObject({ value: { bytes: 0, digest: digestOfBytes('') } });
      expect(await it.store.read(digestOfBytes(''))).toMatchObject({ ok: true });
    });

    test('stores a file that is larger than any buffer, and copies it out again', async () => {
      await using it = await rig();
      const bytes = Buffer.alloc(5_000_001, 'trainyard');
      const source = join(it.folder, 'source.bin');
      await writeFile(source, bytes);
      const put = await it.store.putFile(source);
      expect(put).toEqual({ ok: true, value: { digest: digestOfBytes(bytes), bytes: bytes.length } });
      const target = join(it.folder, 'a', 'b', 'target.bin');
      expect(await it.store.copyTo(digestOfBytes(bytes), target)).toEqual({ ok: true, value: undefined });
      expect((await readFile(target)).equals(bytes)).toBe(true);
      expect(await it.store.verify(digestOfBytes(bytes))).toEqual({ ok: true, value: undefined });
    });

    test('gives writable copies whose change does not reach the store', async () => {
      await using it = await rig();
      await it.store.putBytes('original');
      const target = join(it.folder, 'target');
      await it.store.copyTo(digestOfBytes('original'), target);
      await writeFile(target, 'changed!');
      expect(await it.store.verify(digestOfBytes('original'))).toMatchObject({ ok: true });
    });

    test('replaces what stands at the target, and leaves nothing else beside it', async () => {
      await using it = await rig();
      await it.store.putBytes('new');
      const target = join(it.folder, 'out', 'target');
      await mkdir(join(it.folder, 'out'));
      await writeFile(target, 'old and longer');
      await it.store.copyTo(digestOfBytes('new'), target);
      expect(await readFile(target, 'utf8')).toBe('new');
      expect(await readdir(join(it.folder, 'out'))).toEqual(['target']);
    });

    test('says that it does not hold what it does not hold', async () => {
      await using it = await rig();
      const target = join(it.folder, 'target');
      expect(await it.store.has(absent)).toBe(false);
      expect(await it.store.read(absent)).toMatchObject({ failure: { code: 'store-blob-missing' } });
      expect(await it.store.verify(absent)).toMatchObject({ failure: { code: 'store-blob-missing' } });
      expect(await it.store.copyTo(absent, target)).toMatchObject({
        failure: { code: 'store-blob-missing' },
      });
      await expect(stat(target)).rejects.toThrow('ENOENT');
      expect(await it.store.putFile(join(it.folder, 'no-such-file'))).toMatchObject({
        failure: { code: 'store-source-missing', kind: 'input' },
      });
      expect(await it.store.putFile(it.folder)).toMatchObject({ failure: { code: 'store-source-missing' } });
    });

    test('forgets what is removed, and removes what is not there', async () => {
      await using it = await rig();
      const digest = digestOfBytes('short-lived');
      await it.store.putBytes('short-lived');
      expect(await it.store.has(digest)).toBe(true);
      expect(await it.store.remove(digest)).toEqual({ ok: true, value: undefined });
      expect(await it.store.has(digest)).toBe(false);
      expect(await it.store.remove(digest)).toEqual({ ok: true, value: undefined });
    });

    const damages: readonly (readonly [string, Uint8Array])[] = [
      ['emptied', Buffer.alloc(0)],
      ['cut short', Buffer.from('the bytes of a mo')],
      ['changed in one bit', Buffer.from('the bytes of a modem')],
      ['longer than they were', Buffer.from('the bytes of a model and more')],
    ];
    for (const [how, bytes] of damages) {
      test(`reports bytes that were ${how}, never uses them, and takes sound ones again`, async () => {
        await using it = await rig();
        const text = 'the bytes of a model';
        const digest = digestOfBytes(text);
        const target = join(it.folder, 'target');
        const calls = [
          () => it.store.read(digest),
          () => it.store.verify(digest),
          () => it.store.copyTo(digest, target),
        ];
        for (const call of calls) {
          await it.store.putBytes(text);
          await it.damage(digest, bytes);
          expect(await call()).toMatchObject({ ok: false, failure: { code: 'store-blob-corrupted' } });
          await expect(stat(target)).rejects.toThrow('ENOENT');
          expect(await it.store.has(digest)).toBe(false);
          expect(await call()).toMatchObject({ ok: false, failure: { code: 'store-blob-missing' } });
        }
        await it.store.putBytes(text);
        expect(await it.store.copyTo(digest, target)).toMatchObject({ ok: true });
      });
    }

    test('mends damaged bytes when the same bytes are stored again', async () => {
      await using it = await rig();
      await it.store.putBytes('sound');
      await it.damage(digestOfBytes('sound'), Buffer.from('rotten'));
      await it.store.putBytes('sound');
      expect(await it.store.read(digestOfBytes('sound'))).toMatchObject({ ok: true });
    });

    test('lets many write and read the same bytes at once', async () => {
      await using it = await rig();
      const bytes = Buffer.alloc(200_000, 'same');
      const digest = digestOfBytes(bytes);
      const writers = Array.from({ length: 20 }, () => it.store.putBytes(bytes));
      await writers[0];
      const readers = Array.from({ length: 20 }, () => it.store.read(digest));
      for (const written of await Promise.all(writers)) expect(written).toMatchObject({ ok: true });
      for (const read of await Promise.all(readers)) expect(read).toMatchObject({ ok: true });
    });

    test('takes no digest that could be a path', async () => {
      await using it = await rig();
      for (const digest of ['sha256:../../etc/passwd', 'md5:00', '', `sha256:${'A'.repeat(64)}`]) {
        await expect(it.store.read(digest as Digest)).rejects.toThrow(TypeError);
      }
    });
  });
}
