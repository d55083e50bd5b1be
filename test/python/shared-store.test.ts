import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openObjects, openStore } from '../../src/store/index.ts';
import { describeRealStore } from '../store/real-store.ts';
import { describeStore } from '../store/store-contract.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let server: S3Server;
let prefixes = 0;

beforeAll(async () => {
  server = await startS3();
  await server.makeBucket('stores');
});
afterAll(() => server[Symbol.asyncDispose]());

describeStore('moto', async (folder) => {
  const place = `s3://stores/contract-${prefixes++}`;
  const store = await openStore(place, { root: folder, env: server.env });
  const objects = await openObjects(place, { root: folder, env: server.env });
  if (!store.ok || !objects.ok) throw new Error('no store');
  return {
    store: store.value,
    damage: async (digest, bytes) => {
      const put = await objects.value.put(`sha256/${digest.slice(7, 9)}/${digest.slice(9)}`, bytes);
      if (!put.ok) throw new Error(put.failure.message);
      await rm(join(folder, '.trainyard'), { recursive: true, force: true });
    },
  };
});

describeRealStore('a bucket', {
  url: async () => `s3://stores/real-${prefixes++}`,
  env: () => server.env,
});
