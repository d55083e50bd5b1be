import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listening } from './listening.ts';
import { bodyOf, listening } from './listening.ts';

interface Kept {
  readonly bytes: Buffer;
  readonly meta: Readonly<Record<string, string>>;
}

export interface FakeS3 extends Listening {
  readonly env: Readonly<Record<string, string>>;
  /** By `bucket/key`. */
  readonly objects: Map<string, Kept>;
  readonly uploads: Map<
    string,
    { readonly key: string; readonly meta: Kept['meta']; readonly parts: Map<number, Buffer> }
  >;
  /** `PUT bucket/key` of every request so far. */
  readonly asked: string[];
  /** Answers the next requests with this error, as long as it gives one. */
  fault: (request: IncomingMessage) => { readonly status: number; readonly code: string } | undefined;
}

/**
 * The part of S3 that stores use, in memory, with one bucket `bucket`. It asks for a signature (without verifying it), compares
 * checksums, and answers 501 to what it does not know.
 */
export async function fakeS3(): Promise<FakeS3> {
  const objects: FakeS3['objects'] = new Map();
  const uploads: FakeS3['uploads'] = new Map();
  const asked: string[] = [];
  const server = await listening((request, response) => {
    answer(request, response).catch((error: unknown) => {
      fail(response, 500, 'InternalError', String(error));
    });
  });
  const fake: FakeS3 = {
    ...server,
    objects,
    uploads,
    asked,
    fault: () => undefined,
    env: {
      AWS_ENDPOINT_URL_S3: `http://${server.host}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, `http://${server.host}`);
    const path = decodeURIComponent(url.pathname.slice(1));
    const method = request.method!;
    asked.push(`${method} ${path}${url.searchParams.has('partNumber') ? '?part' : ''}`);
    const body = await bodyOf(request);
    const fault = fake.fault(request);
    if (fault !== undefined) return fail(response, fault.status, fault.code);
    if (!/^AWS4-HMAC-SHA256 Credential=testing\//.test(request.headers.authorization ?? ''))
      return fail(response, 403, 'AccessDenied');
    const slash = path.indexOf('/');
    const [bucket, key] = slash === -1 ? [path, ''] : [path.slice(0, slash), path.slice(slash + 1)];
    if (bucket !== 'bucket') return fail(response, 404, 'NoSuchBucket');
    const upload = uploads.get(url.searchParams.get('uploadId') ?? '');
    const meta = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) =>
        name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [],
      ),
    );
    const there = objects.get(path);
    if (key === '' && method === 'GET' && url.searchParams.get('list-type') === '2')
      return send(response, 200, list(url));
    if (method === 'POST' && url.searchParams.has('uploads')) {
      const id = randomUUID();
      uploads.set(id, { key: path, meta, parts: new Map() });
      return send(
        response,
        200,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (url.searchParams.has('uploadId')) {
      if (upload?.key !== path) return fail(response, 404, 'NoSuchUpload');
      if (method === 'PUT') {
        upload.parts.set(Number(url.searchParams.get('partNumber')), body);
        return send(response, 200, '', { etag: etagOf(body) });
      }
      uploads.delete(url.searchParams.get('uploadId')!);
      if (method === 'DELETE') return send(response, 204);
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      if (parts.slice(0, -1).some(({ length }) => length < 5 * 2 ** 20))
        return fail(response, 400, 'EntityTooSmall');
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].length;
      if (named !== parts.length) return fail(response, 400, 'InvalidPart');
      objects.set(path, { bytes: Buffer.concat(parts), meta: upload.meta });
      return send(response, 200, '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
    }
    if (method === 'PUT' && request.headers['x-amz-copy-source'] !== undefined) {
      const from = objects.get(
        decodeURIComponent(String(request.headers['x-amz-copy-source'])).replace(/^\//, ''),
      );
      if (from === undefined) return fail(response, 404, 'NoSuchKey');
      const wanted = request.headers['x-amz-copy-source-if-match'];
      if (wanted !== undefined && wanted !== etagOf(from.bytes))
        return fail(response, 412, 'PreconditionFailed');
      objects.set(path, from);
      return send(response, 200, '<CopyObjectResult></CopyObjectResult>');
    }
    if (method === 'PUT') {
      const said = request.headers['x-amz-checksum-sha256'];
      if (said !== undefined && said !== createHash('sha256').update(body).digest('base64'))
        return fail(response, 400, 'BadDigest');
      objects.set(path, { bytes: body, meta });
      return send(response, 200, '', { etag: etagOf(body) });
    }
    if (method === 'DELETE') {
      objects.delete(path);
      return send(response, 204);
    }
    if (method !== 'GET' && method !== 'HEAD') return fail(response, 501, 'NotImplemented');
    if (there === undefined)
      return method === 'HEAD' ? send(response, 404) : fail(response, 404, 'NoSuchKey');
    response.writeHead(200, {
      ...there.meta,
      etag: etagOf(there.bytes),
      'content-length': there.bytes.length,
    });
    response.end(method === 'HEAD' ? undefined : there.bytes);
  }

  function list(url: URL): string {
    const prefix = url.searchParams.get('prefix') ?? '';
    const keys = [...objects.keys()]
      .map((path) => path.slice('bucket/'.length))
      .filter((key) => key.startsWith(prefix));
    const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('');
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
  }

  return fake;
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function send(
  response: ServerResponse,
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): void {
  const xml = body === '' ? '' : `<?xml version="1.0" encoding="UTF-8"?>${body}`;
  response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(xml);
}

function fail(response: ServerResponse, status: number, code: string, message = code): void {
  send(response, status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
