import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Objects, StoreFailure } from '../../src/store/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What every place for objects does. `open` gives an empty one each time. */
export function objectsContract(name: string, open: () => Promise<Objects>): void {
  describe(name, () => {
    it('gives back what it was told under a name, the last of several', async () => {
      await using objects = await open();
      value(await objects.put('a/b c+ü%20.txt', Buffer.from('one')));
      value(await objects.put('a/b c+ü%20.txt', Buffer.from('two')));
      value(await objects.put('a/empty', new Uint8Array()));
      expect(Buffer.from(value(await objects.get('a/b c+ü%20.txt'))).toString()).toBe('two');
      expect(value(await objects.get('a/empty'))).toHaveLength(0);
    });

    it('says that there is no such object', async () => {
      await using objects = await open();
      await using folder = await temporaryFolder();
      value(await objects.put('a/b', Buffer.from('x')));
      const file = join(folder.path, 'file');
      for (const missing of ['a/c', 'a/b/c', 'b']) {
        expect(code(await objects.get(missing))).toBe('store-object-missing');
        expect(code(await objects.getFile(missing, file))).toBe('store-object-missing');
      }
      await expect(readFile(file)).rejects.toThrow('ENOENT');
    });

    it('lists names in the order of their bytes, below a prefix, a page at a time', async () => {
      await using objects = await open();
      const names = Array.from({ length: 1003 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
      for (let i = 0; i < names.length; i += 50)
        await Promise.all(names.slice(i, i + 50).map((key) => objects.put(key, Buffer.from(key))));
      value(await objects.put('other', Buffer.from('x')));
      const first = value(await objects.list({ prefix: 'many/' }));
      expect([first.objects.length, first.isCut]).toEqual([1000, true]);
      const second = value(await objects.list({ prefix: 'many/', after: first.objects.at(-1)!.key }));
      expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(names);
      expect(second.isCut).toBe(false);
      expect(first.objects[0]).toMatchObject({ bytes: 9 });
      expect(first.objects[0]!.modified).toBeGreaterThan(Date.UTC(2020));
      expect(value(await objects.list({ prefix: 'none' }))).toEqual({ objects: [], isCut: false });
      value(await objects.put('z', Buffer.from('')));
      value(await objects.put('Z', Buffer.from('')));
      value(await objects.put('ä', Buffer.from('')));
      const all = value(await objects.list({ after: 'other' })).objects.map(({ key }) => key);
      expect(all).toEqual(['z', 'ä']);
    });

    it('knows the length of what it has, removes it, and moves it unless it has changed', async () => {
      await using objects = await open();
      value(await objects.put('a/b', Buffer.from('one')));
      const facts = value(await objects.head('a/b'))!;
      expect(facts.bytes).toBe(3);
      value(await objects.put('a/b', Buffer.from('other')));
      expect(value(await objects.move('a/b', 'c/d', facts))).toBe('changed');
      const now = value(await objects.head('a/b'))!;
      expect(value(await objects.move('a/b', 'c/d', now))).toBe('moved');
      expect(value(await objects.head('a/b'))).toBeUndefined();
      expect(Buffer.from(value(await objects.get('c/d'))).toString()).toBe('other');
      value(await objects.remove('c/d'));
      value(await objects.remove('c/d'));
      expect(value(await objects.head('c/d'))).toBeUndefined();
    });

    it('takes no file whose bytes are not those that were announced', async () => {
      await using objects = await open();
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'file');
      await writeFile(file, 'these');
      expect(code(await objects.putFile('x', file, digestOfBytes('those')))).toMatch(/^store-/);
      expect(value(await objects.head('x'))).toBeUndefined();
      value(await objects.putFile('x', file, digestOfBytes('these')));
    });

    it('stores and gives back files, also such as go in parts', async () => {
      await using objects = await open();
      await using folder = await temporaryFolder();
      const [from, to] = [join(folder.path, 'from'), join(folder.path, 'deep/er/to')];
      for (const megabytes of [0.001, 33]) {
        const bytes = Buffer.alloc(megabytes * 2 ** 20, 'some text that repeats, ');
        bytes.write('and an end', bytes.length - 10);
        await writeFile(from, bytes);
        value(await objects.putFile('large', from));
        value(await objects.getFile('large', to));
        expect(digest(await readFile(to))).toBe(digest(bytes));
      }
      expect(code(await objects.putFile('large', join(folder.path, 'none')))).toMatch(/^store-/);
    });
  });
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function value<T>(result: Result<T, StoreFailure>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

function code(result: Result<unknown, StoreFailure>): string {
  return result.ok ? 'ok' : result.failure.code;
}
