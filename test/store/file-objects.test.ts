import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openObjects } from '../../src/store/index.ts';
import { objectsContract } from './objects-contract.ts';
import { temporaryFolder } from './temporary-folder.ts';

objectsContract('a folder of objects', async () => {
  const root = await mkdtemp(join(tmpdir(), 'trainyard-objects-'));
  const opened = await openObjects('file:objects', { root, env: {} });
  if (!opened.ok) throw new Error(opened.failure.message);
  return { ...opened.value, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
});

describe('a place for objects', () => {
  it('is a bucket or a folder, and nothing else', async () => {
    await using folder = await temporaryFolder();
    for (const url of ['', 'objects', 's3://', 's3://B_ucket/x', 's3://bucket?x', 'gs://bucket', 'file:']) {
      const opened = await openObjects(url, { root: folder.path, env: {} });
      expect([url, opened.ok || opened.failure.code]).toEqual([url, 'store-objects-url-invalid']);
    }
  });

  it('lets no name leave the folder', async () => {
    await using folder = await temporaryFolder();
    const opened = await openObjects(`file://${folder.path}`, { root: '/', env: {} });
    if (!opened.ok) throw new Error(opened.failure.message);
    for (const key of ['../x', 'a/../../x', '/x', 'a//b', '.hidden', 'a\\b', 'a\0b', ''])
      await expect((async () => await opened.value.put(key, new Uint8Array()))()).rejects.toThrow(TypeError);
  });
});
