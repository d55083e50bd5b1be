import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { tarOf } from '../../../src/deploy/image/tar.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly status: number;
}

/** What the registry asks of whoever comes; may be changed while it runs. */
export interface RegistryBehaviour {
  access?: 'everybody' | 'basic' | 'bearer';
  /** `name:password` */
  login?: string;
  /** A token that is changed for others. */
  identity?: string;
  /** Where blobs are, in place of here. */
  redirectBlobs?: string;
  /** Changes what is sent for a digest. */
  spoil?: (digest: string, bytes: Buffer) => Buffer;
  /** So many requests fail first, with `status` (503). */
  failing?: number;
  status?: number;
  /** So many manifests are refused as by Distribution while somebody else links the same layer. */
  besideAnother?: number;
  /** Where it sends those who upload, in place of here. */
  uploadsTo?: string;
  /** Whether it lists what refers to an image itself. */
  referrers?: boolean;
  /** Refuses everything with a subject. */
  onlyImages?: boolean;
  /** Called when a request was answered, before who sent it can know. */
  after?: (method: string, path: string) => void;
}

/** A registry by the OCI distribution specification, as much of it as images need; it answers 501 to what it does not know. */
export interface FakeRegistry extends AsyncDisposable {
  readonly host: string;
  readonly behaviour: RegistryBehaviour;
  readonly seen: SeenRequest[];
  readonly blobs: Map<string, Buffer>;
  /** By `<repository>:<tag>` and `<repository>@<digest>`. */
  readonly manifests: Map<string, { readonly bytes: Buffer; readonly type: string }>;
  /** In which repositories a blob is. */
  readonly places: Map<string, Set<string>>;
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export async function fakeRegistry(behaviour: RegistryBehaviour = {}): Promise<FakeRegistry> {
  const rig = {
    behaviour,
    seen: [] as SeenRequest[],
    blobs: new Map<string, Buffer>(),
    manifests: new Map<string, { bytes: Buffer; type: string }>(),
    places: new Map<string, Set<string>>(),
  };
  let host = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.on('close', () =>
        rig.seen.push({
          method: request.method!,
          path: request.url!,
          authorization: request.headers.authorization,
          status: response.statusCode,
        }),
      );
      if (!isAllowed(host, rig, request, response)) return;
      answer(rig, request, response, Buffer.concat(chunks));
      rig.behaviour.after?.(request.method!, request.url!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...rig,
    host,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Rig = Omit<FakeRegistry, 'host' | typeof Symbol.asyncDispose>;

function isAllowed(host: string, rig: Rig, request: IncomingMessage, response: ServerResponse): boolean {
  const { access = 'everybody', login = '', failing = 0, status = 503, identity } = rig.behaviour;
  if (failing > 0) {
    rig.behaviour.failing = failing - 1;
    response.writeHead(status).end();
    return false;
  }
  const basic = `Basic ${Buffer.from(login).toString('base64')}`;
  const url = new URL(request.url!, `http://${host}`);
  if (url.pathname === '/token') {
    const isKnown =
      identity === undefined ? request.headers.authorization === basic : request.method === 'POST';
    response
      .writeHead(isKnown ? 200 : 401)
      .end(JSON.stringify({ token: `for ${url.searchParams.get('scope')}` }));
    return false;
  }
  if (access === 'everybody') return true;
  if (access === 'basic' && request.headers.authorization === basic) return true;
  if (access === 'bearer' && request.headers.authorization?.startsWith('Bearer for ')) return true;
  const challenge =
    access === 'basic'
      ? 'Basic realm="registry"'
      : `Bearer realm="http://${host}/token",service="registry.example.org"`;
  response.writeHead(401, { 'www-authenticate': challenge }).end();
  return false;
}

function answer(rig: Rig, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const url = new URL(request.url!, 'http://registry');
  const [, repository, kind, name = ''] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs)\/(.*)$/.exec(url.pathname) ?? [];
  const there = (digest: string): boolean => rig.places.get(digest)?.has(repository!) === true;
  const add = (digest: string): void => {
    rig.places.set(digest, (rig.places.get(digest) ?? new Set()).add(repository!));
  };
  switch (`${request.method} ${kind}`) {
    case 'GET manifests': {
      const found = rig.manifests.get(`${repository}${name.startsWith('sha256:') ? '@' : ':'}${name}`);
      if (found === undefined) return void response.writeHead(404).end('{"errors":[]}');
      return void response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
    }
    case 'PUT manifests': {
      const { besideAnother = 0 } = rig.behaviour;
      if (besideAnother > 0) {
        rig.behaviour.besideAnother = besideAnother - 1;
        return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}');
      }
      const manifest = JSON.parse(body.toString());
      if (manifest.subject !== undefined && rig.behaviour.onlyImages === true)
        return void response.writeHead(400).end('{"errors":[{"code":"MANIFEST_INVALID"}]}');
      const isList = request.headers['content-type'] === indexType;
      const blobs = isList ? [] : [manifest.config, ...manifest.layers].map(({ digest }) => digest);
      if (!blobs.every(there))
        return void response.writeHead(400).end('{"errors":[{"code":"BLOB_UNKNOWN"}]}');
      const entry = { bytes: body, type: request.headers['content-type']! };
      if (!name.startsWith('sha256:')) rig.manifests.set(`${repository}:${name}`, entry);
      else if (name !== digestOf(body)) return void response.writeHead(400).end();
      rig.manifests.set(`${repository}@${digestOf(body)}`, entry);
      const subject = rig.behaviour.referrers === true ? manifest.subject?.digest : undefined;
      const told = subject === undefined ? {} : { 'oci-subject': subject };
      return void response.writeHead(201, { 'docker-content-digest': digestOf(body), ...told }).end();
    }
    case 'HEAD blobs':
      return void response.writeHead(there(name) ? 200 : 404).end();
    case 'GET blobs': {
      const bytes = rig.blobs.get(name);
      if (bytes === undefined) return void response.writeHead(404).end();
      const { redirectBlobs, spoil = (_, same) => same } = rig.behaviour;
      if (redirectBlobs !== undefined)
        return void response.writeHead(307, { location: `${redirectBlobs}${url.pathname}` }).end();
      return void response.writeHead(200).end(spoil(name, bytes));
    }
    case 'POST blobs/uploads': {
      const mount = url.searchParams.get('mount');
      if (mount !== null && rig.places.get(mount)?.has(url.searchParams.get('from')!)) {
        add(mount);
        return void response.writeHead(201).end();
      }
      return void response
        .writeHead(202, {
          location: `${rig.behaviour.uploadsTo ?? ''}/v2/${repository}/blobs/uploads/1?state=x`,
        })
        .end();
    }
    case 'PUT blobs/uploads': {
      const digest = url.searchParams.get('digest')!;
      if (digestOf(body) !== digest || url.searchParams.get('state') !== 'x')
        return void response.writeHead(400).end();
      rig.blobs.set(digest, body);
      add(digest);
      return void response.writeHead(201).end();
    }
    default:
      response.writeHead(501).end();
  }
}

export interface FakeBase {
  readonly architectures?: readonly ('amd64' | 'arm64')[];
  readonly entrypoint?: readonly string[];
  readonly layerType?: string;
  readonly text?: string;
}

/** Puts a base image of one small file under a tag; of several architectures behind a list. Its digest. */
export function putBase(
  registry: FakeRegistry,
  repository: string,
  tag: string,
  base: FakeBase = {},
): string {
  const { architectures = ['amd64'], entrypoint = ['/nodejs/bin/node'], text = 'debian' } = base;
  const { layerType = 'application/vnd.oci.image.layer.v1.tar+gzip' } = base;
  const blob = (bytes: Buffer) => {
    const digest = digestOf(bytes);
    registry.blobs.set(digest, bytes);
    registry.places.set(digest, (registry.places.get(digest) ?? new Set()).add(repository));
    return { digest, size: bytes.length };
  };
  const put = (value: unknown, type: string, name?: string) => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = digestOf(bytes);
    registry.manifests.set(`${repository}@${digest}`, { bytes, type });
    if (name !== undefined) registry.manifests.set(`${repository}:${name}`, { bytes, type });
    return { mediaType: type, digest, size: bytes.length };
  };
  const manifests = architectures.map((architecture) => {
    const archive = tarOf([{ path: 'etc/issue', bytes: Buffer.from(`${text} ${architecture}\n`) }], 0);
    const layer = blob(gzipSync(archive));
    const config = {
      created: '2026-01-01T00:00:00Z',
      architecture,
      os: 'linux',
      config: {
        Env: ['PATH=/usr/bin', 'NODE_VERSION=22.1.0'],
        Entrypoint: entrypoint,
        Labels: { maker: 'debian' },
      },
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
      history: [{ created: '2026-01-01T00:00:00Z', created_by: 'debian' }],
    };
    const isOnly = architectures.length === 1;
    const descriptor = put(
      {
        schemaVersion: 2,
        mediaType: manifestType,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          ...blob(Buffer.from(JSON.stringify(config))),
        },
        layers: [{ mediaType: layerType, ...layer }],
      },
      manifestType,
      isOnly ? tag : undefined,
    );
    return { ...descriptor, platform: { os: 'linux', architecture } };
  });
  if (manifests.length === 1) return manifests[0]!.digest;
  return put({ schemaVersion: 2, mediaType: indexType, manifests }, indexType, tag).digest;
}
