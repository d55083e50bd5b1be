import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjects } from '../../src/store/index.ts';
import { objectsContract } from '../store/objects-contract.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let server: S3Server;
let buckets = 0;

beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server[Symbol.asyncDispose]());

async function openBucket(prefix: string) {
  const bucket = `bucket-${buckets++}`;
  await server.makeBucket(bucket);
  const opened = await openObjects(`s3://${bucket}${prefix}`, { root: '/', env: server.env });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

objectsContract('a bucket of an S3-compatible server', () => openBucket(''));
objectsContract('a bucket below a prefix', () => openBucket('/some/prefix/'));

describe('an S3-compatible server', () => {
  it('that has no such bucket, or is not there, is a failure that says so', async () => {
    const open = async (url: string, env: Readonly<Record<string, string>>) => {
      const opened = await openObjects(url, { root: '/', env });
      if (!opened.ok) throw new Error(opened.failure.message);
      return opened.value;
    };
    await using none = await open('s3://no-such-bucket/x', server.env);
    await using away = await open('s3://bucket-0', { ...server.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    for (const [objects, expected] of [
      [none, 'store-bucket-missing'],
      [away, 'store-objects-unreachable'],
    ] as const) {
      const tries = [await objects.put('a', Buffer.from('x')), await objects.get('a'), await objects.list()];
      for (const each of tries) expect(each.ok || each.failure.code).toBe(expected);
    }
  });
});
