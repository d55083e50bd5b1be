import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../base/index.ts';

/** Gives the SHA-256 of a file's bytes; a caller that keeps digests by file stamps passes its own. */
export type DigestFile = (absolutePath: string) => Promise<Digest>;

/** Reads the file as a stream: memory does not grow with the file. */
export async function digestFile(absolutePath: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(absolutePath, { highWaterMark: 1 << 20 }), hash);
  return `sha256:${hash.digest('hex')}` as Digest;
}
