import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';
import { tellStory } from './story.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface RealStore {
  /** Of a place where nothing is yet. */
  readonly url: () => Promise<string>;
  readonly env: () => Readonly<Record<string, string>>;
}

/** What is shown on real services only: death of a writer, size, many at once, and a whole story. */
export function describeRealStore(name: string, { url, env }: RealStore): void {
  const at = async (place: string, root: string): Promise<Store> => {
    const store = await openStore(place, { root, env: env() });
    if (!store.ok) throw new Error(store.failure.message);
    return store.value;
  };
  describe(`a store in ${name}`, () => {
    it('holds whole what it has taken, whenever its writer is killed', async () => {
      await using folder = await temporaryFolder();
      const place = await url();
      const taken: Digest[] = [];
      for (const afterMs of [600, 1100, 1700]) {
        const child = spawn(process.execPath, [script('killed-sender.mjs'), place, folder.path], {
          env: { PATH: process.env['PATH']!, HOME: folder.path, ...env() },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let said = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
        await once(child.stdout, 'data');
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        child.kill('SIGKILL');
        await once(child, 'close');
        taken.push(...(said.trim().split('\n') as Digest[]));
      }
      await using elsewhere = await temporaryFolder();
      const store = await at(place, elsewhere.path);
      expect(taken.length).toBeGreaterThan(3);
      for (const digest of taken) expect(await store.verify(digest)).toMatchObject({ ok: true });
    });

    it('takes the same bytes from 20 writers at once', async () => {
      await using folder = await temporaryFolder();
      const place = await url();
      const bytes = Buffer.alloc(300_000, 'the same');
      const writers = Array.from({ length: 20 }, async (_, i) =>
        (await at(place, join(folder.path, String(i)))).putBytes(bytes),
      );
      const refused = (await Promise.all(writers)).flatMap((put) => (put.ok ? [] : [put.failure]));
      // With their messages, which tell what the service answered.
      expect(refused).toEqual([]);
      const reader = await at(place, join(folder.path, 'reader'));
      expect(await reader.verify(digestOfBytes(bytes))).toMatchObject({ ok: true });
    });

    it('takes and gives a gigabyte in constant memory', async () => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'large');
      const handle = await open(file, 'w');
      for (let i = 0; i < 64; i++) await handle.write(Buffer.alloc(2 ** 24, `part ${i} of the weights, `));
      await handle.close();
      const args = [script('large-file.mjs'), await url(), folder.path, file, join(folder.path, 'copy')];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: { PATH: process.env['PATH']!, HOME: folder.path, ...env() },
      });
      expect(Number(stdout)).toBeLessThan(400);
      const [first, second] = [await open(file), await open(join(folder.path, 'copy'))];
      expect((await first.stat()).size).toBe((await second.stat()).size);
      await Promise.all([first.close(), second.close()]);
      await rm(file);
      expect((await readFile(join(folder.path, 'copy'))).subarray(0, 6).toString()).toBe('part 0');
    });

    it('lets one machine go on where another one is gone (P2, V3, V4, S1)', async () => {
      await tellStory(await url(), env());
    });
  });
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
