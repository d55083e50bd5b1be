import { open } from 'node:fs/promises';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { StoreFailure } from '../failures.ts';
import { objectMissing, objectsUnreachable } from '../failures.ts';
import type { ObjectPage, Objects } from '../objects.ts';
import { pageSize } from './page.ts';
import { writeComplete } from './write-complete.ts';

export interface S3Options {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Files of more than this go up in parts of it; S3 takes parts from 5 MiB, and 10,000 of them. */
const partBytes = 16 * 2 ** 20;

/** A bucket of Amazon S3, or of what speaks like it. The SDK is loaded here and nowhere else. */
export async function openS3Objects({ bucket: Bucket, prefix, env }: S3Options): Promise<Objects> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client(clientConfig(env));
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<Result<T, StoreFailure>> => {
    try {
      return success(await work());
    } catch (error) {
      return failed(objectsUnreachable(`s3://${Bucket}/${prefix}`, doing, error));
    }
  };
  const reading = async <T>(
    key: string,
    work: (body: Body) => Promise<T>,
  ): Promise<Result<T, StoreFailure>> => {
    try {
      const found = await client.send(new sdk.GetObjectCommand({ Bucket, Key: prefix + key }));
      return success(await work(found.Body as Body));
    } catch (error) {
      if (error instanceof sdk.NoSuchKey) return failed(objectMissing(key));
      return failed(objectsUnreachable(`s3://${Bucket}/${prefix}`, `read ${key}`, error));
    }
  };
  return {
    list: ({ prefix: below = '', after } = {}) =>
      attempt('list', async (): Promise<ObjectPage> => {
        const page = await client.send(
          new sdk.ListObjectsV2Command({
            Bucket,
            Prefix: prefix + below,
            MaxKeys: pageSize,
            ...(after === undefined ? {} : { StartAfter: prefix + after }),
          }),
        );
        const objects = (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: Key!.slice(prefix.length),
          bytes: Size ?? 0,
          modified: LastModified?.getTime() ?? 0,
        }));
        return { objects, isCut: page.IsTruncated === true };
      }),
    get: (key) => reading(key, (body) => body.transformToByteArray()),
    getFile: (key, path) => reading(key, (body) => writeComplete(path, body)),
    put: (key, bytes) =>
      attempt(`write ${key}`, async () => {
        await client.send(new sdk.PutObjectCommand({ Bucket, Key: prefix + key, Body: bytes }));
      }),
    putFile: (key, path) =>
      attempt(`write ${key}`, () => putFile({ sdk, client, Bucket, Key: prefix + key, path })),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

type Body = AsyncIterable<Uint8Array> & { transformToByteArray(): Promise<Uint8Array> };

interface Upload {
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly path: string;
}

async function putFile({ sdk, client, Bucket, Key, path }: Upload): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const part = async (at: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(Math.min(partBytes, size - at));
      for (let read = 0; read < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, read, bytes.length - read, at + read);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        read += bytesRead;
      }
      return bytes;
    };
    if (size <= partBytes) {
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body: await part(0) }));
      return;
    }
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }));
    try {
      const Parts: { ETag?: string; PartNumber: number }[] = [];
      for (let at = 0; at < size; at += partBytes) {
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(
          new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: await part(at) }),
        );
        Parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
      }
      await client.send(
        new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
      );
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

/**
 * The settings that all AWS tools share. Without keys in the environment the SDK looks where it always does: files of
 * profiles, the roles of containers, pods and machines. A service at an address of its own has its buckets in the path.
 */
function clientConfig(env: S3Options['env']): S3ClientConfig {
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (endpoint ? 'us-east-1' : undefined);
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  };
}
