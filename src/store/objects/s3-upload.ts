import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Digest } from '../../base/index.ts';

/** Files of more than this go up in parts of it; S3 takes parts from 5 MiB, and 10,000 of them. */
const partBytes = 16 * 2 ** 20;
const mostParts = 10_000;
/** Parts on their way at the same time. */
const flights = 3;

export interface Upload {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly path: string;
  /** Nothing else becomes the object. */
  readonly digest: Digest | undefined;
  readonly abortSignal: AbortSignal | undefined;
}

/** Sends a file in a few parts at a time, each of them in memory once, so that a part that is lost can be sent again. */
export async function uploadFile(upload: Upload): Promise<void> {
  const { sdk, client, Bucket, Key, path, digest } = upload;
  const options = optionsOf(upload);
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const step = Math.max(partBytes, Math.ceil(size / mostParts));
    const part = async (at: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(Math.min(step, size - at));
      for (let read = 0; read < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, read, bytes.length - read, at + read);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        read += bytesRead;
      }
      hash.update(bytes);
      return bytes;
    };
    const check = (): void => {
      if (digest !== undefined && `sha256:${hash.digest('hex')}` !== digest)
        throw new Error(`${path} changed while it was read`);
    };
    if (size <= step) {
      const Body = await part(0);
      check();
      const said = { Bucket, Key, Body, ...asMetadata(digest), ...asChecksum(digest) };
      await client.send(new sdk.PutObjectCommand(said), options);
      return;
    }
    const begin = new sdk.CreateMultipartUploadCommand({ Bucket, Key, ...asMetadata(digest) });
    const { UploadId } = await client.send(begin, options);
    try {
      const Parts: { ETag?: string; PartNumber: number }[] = [];
      const flying = new Set<Promise<unknown>>();
      for (let at = 0; at < size; at += step) {
        const Body = await part(at);
        const PartNumber = Math.floor(at / step) + 1;
        const sending = client
          .send(new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }), options)
          .then(({ ETag }) => Parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) }))
          .finally(() => flying.delete(sending));
        // Whoever waits for it below hears of its failure; until then it is nobody's.
        sending.catch(() => undefined);
        flying.add(sending);
        if (flying.size === flights) await Promise.race(flying);
      }
      await Promise.all(flying);
      check();
      Parts.sort((a, b) => a.PartNumber - b.PartNumber);
      if (Parts.length !== Math.ceil(size / step)) throw new Error('a part of the upload was lost');
      const end = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
      await client.send(new sdk.CompleteMultipartUploadCommand(end), options);
    } catch (error) {
      // Parts of an upload that nobody completes would be kept, and paid for, forever.
      await client
        .send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
        .catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** The name of the digest among the metadata of an object: `x-amz-meta-sha256`. */
export const digestMetadata = 'sha256';

function asMetadata(digest: Digest | undefined): { readonly Metadata?: Record<string, string> } {
  return digest === undefined ? {} : { Metadata: { [digestMetadata]: digest.slice('sha256:'.length) } };
}

/** The service compares it with what arrives. */
function asChecksum(digest: Digest | undefined): { readonly ChecksumSHA256?: string } {
  if (digest === undefined) return {};
  return { ChecksumSHA256: Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64') };
}

function optionsOf({ abortSignal }: Upload): { readonly abortSignal?: AbortSignal } {
  return abortSignal === undefined ? {} : { abortSignal };
}
