import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Digest, Result } from '../../base/index.ts';
import { failed, isDigest, success } from '../../base/index.ts';
import type { StoreFailure } from '../failures.ts';
import { objectMissing } from '../failures.ts';
import type { ObjectFacts, ObjectPage, Objects } from '../objects.ts';
import { pageSize } from './page.ts';
import { isMissing, s3Failure } from './s3-failures.ts';
import { digestMetadata, uploadFile } from './s3-upload.ts';
import { writeComplete } from './write-complete.ts';

export interface S3Options {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** A bucket of Amazon S3, or of what speaks like it. The SDK is loaded here and nowhere else. */
export async function openS3Objects({ bucket: Bucket, prefix, env, signal }: S3Options): Promise<Objects> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = quietly(() => new sdk.S3Client(clientConfig(env)));
  const options = signal === undefined ? {} : { abortSignal: signal };
  const place = `s3://${Bucket}/${prefix}`;
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<Result<T, StoreFailure>> => {
    try {
      return success(await work());
    } catch (error) {
      return failed(s3Failure(place, doing, error));
    }
  };
  const reading = async <T>(
    key: string,
    work: (body: Body) => Promise<T>,
  ): Promise<Result<T, StoreFailure>> => {
    try {
      const found = await client.send(new sdk.GetObjectCommand({ Bucket, Key: prefix + key }), options);
      return success(await work(found.Body as Body));
    } catch (error) {
      return failed(isMissing(error) ? objectMissing(key) : s3Failure(place, `read ${key}`, error));
    }
  };
  const head = async (key: string): Promise<ObjectFacts | undefined> => {
    try {
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket, Key: prefix + key }), options);
      const digest = `sha256:${found.Metadata?.[digestMetadata]}`;
      return {
        bytes: found.ContentLength ?? 0,
        mark: found.ETag ?? '',
        ...(isDigest(digest) ? { digest: digest as Digest } : {}),
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const remove = async (key: string): Promise<void> => {
    await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: prefix + key }), options);
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
          options,
        );
        const objects = (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: Key!.slice(prefix.length),
          bytes: Size ?? 0,
          modified: LastModified?.getTime() ?? 0,
        }));
        return { objects, isCut: page.IsTruncated === true };
      }),
    head: (key) => attempt(`look at ${key}`, () => head(key)),
    get: (key) => reading(key, (body) => body.transformToByteArray()),
    getFile: (key, path) => reading(key, (body) => writeComplete(path, body)),
    put: (key, bytes) =>
      attempt(`write ${key}`, async () => {
        const said = { Bucket, Key: prefix + key, Body: bytes };
        await client.send(new sdk.PutObjectCommand(said), options);
      }),
    putFile: (key, path, digest) =>
      attempt(`write ${key}`, () =>
        uploadFile({ sdk, client, Bucket, Key: prefix + key, path, digest, abortSignal: signal }),
      ),
    remove: (key) => attempt(`remove ${key}`, () => remove(key)),
    move: (key, to, { mark }) =>
      attempt(`move ${key}`, async () => {
        const CopySource = [Bucket, ...`${prefix}${key}`.split('/')].map(encodeURIComponent).join('/');
        try {
          const copy = { Bucket, Key: prefix + to, CopySource, CopySourceIfMatch: mark };
          await client.send(new sdk.CopyObjectCommand(copy), options);
        } catch (error) {
          if ((error as Error).name === 'PreconditionFailed' || isMissing(error)) return 'changed';
          throw error;
        }
        // Not every service removes on a condition, so that a writer may come between these two; it then has to write again.
        if ((await head(key))?.mark !== mark) return 'changed';
        await remove(key);
        return 'moved';
      }),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

type Body = AsyncIterable<Uint8Array> & { transformToByteArray(): Promise<Uint8Array> };

/** The SDK warns of what its later versions will not run on; the version here is fixed, and commands have nothing to say of it. */
function quietly<T>(make: () => T): T {
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  const before = process.env[name];
  process.env[name] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
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
    maxAttempts: 4,
    // In milliseconds: to be connected, and of silence.
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
    ...(region === undefined ? {} : { region }),
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
  };
}
