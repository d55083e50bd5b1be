import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepWithin, readSize, touch } from '../../src/store/stores/bounded.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('a cache that has grown too large loses what was used longest ago, and nothing that is in use', async () => {
  await using folder = await temporaryFolder();
  const part = join(folder.path, 'sha256/ab');
  await mkdir(part, { recursive: true });
  for (const name of ['a', 'b', 'c', 'd']) {
    await writeFile(join(part, name), Buffer.alloc(1000));
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await touch(join(part, 'a'));
  await keepWithin(folder.path, 4000, 0);
  expect(await readdir(part)).toHaveLength(4);
  await keepWithin(folder.path, 3000);
  expect(await readdir(part)).toHaveLength(4);
  await keepWithin(folder.path, 3000, 0);
  expect(await readdir(part)).toEqual(['a', 'd']);
});

test('a size is a number with a unit', () => {
  expect(['10 GiB', '500MB', '0.5 MiB', '12', 'x', '-1'].map(readSize)).toEqual([
    10 * 2 ** 30,
    500_000_000,
    2 ** 19,
    12,
    undefined,
    undefined,
  ]);
});
