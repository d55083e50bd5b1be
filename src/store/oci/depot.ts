import { open } from 'node:fs/promises';
import type { Digest, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { pauseBefore } from '../../git/index.ts';
import type { Depot } from '../depot.ts';
import type { StoreFailure } from '../failures.ts';
import { blobMissing, registryRefused, removalRefused } from '../failures.ts';
import { emptyConfig, manifestOf, manifestType, tagOf } from './manifest.ts';
import { isOfAnotherWriter } from './patience.ts';
import type { Received, Sent, SessionOptions } from './session.ts';
import { registrySession } from './session.ts';
import { answerOf, uploadBlob } from './upload.ts';

export interface RegistryDepotOptions extends SessionOptions {
  readonly repository: string;
}

/**
 * A repository of a container registry (OCI distribution specification 1.1), which addresses blobs by their SHA-256 as stores
 * do. Registries collect blobs that no manifest names: each blob has a manifest of its own, tagged with its digest, and is
 * there for us when that is.
 */
export async function registryDepot(options: RegistryDepotOptions): Promise<Depot> {
  const { name, repository } = options;
  const session = await registrySession(options);
  const of = `repository:${repository}`;
  // Some registries know nothing of a repository that nobody has written to yet, and let only writers see that.
  const reading = [`${of}:pull`, `${of}:pull,push`];
  const writing = [`${of}:pull,push`];
  const removing = [`${of}:delete`, `${of}:pull,push,delete`];
  let configSent: Promise<Result<void, StoreFailure>> | undefined;

  const blobUrl = (digest: Digest): string => `/v2/${repository}/blobs/${digest}`;
  const manifestUrl = (reference: string): string => `/v2/${repository}/manifests/${reference}`;
  const lookAtManifest = (reference: string): Promise<Result<Received, StoreFailure>> =>
    session.send({
      method: 'HEAD',
      url: manifestUrl(reference),
      headers: { accept: manifestType },
      scopes: reading,
      doing: 'look at what it holds',
    });
  const ask = (request: Omit<Sent, 'scopes'>): Promise<Result<Received, StoreFailure>> =>
    session.send({ ...request, scopes: reading });

  const sizeOf = async (digest: Digest): Promise<Result<number | undefined, StoreFailure>> => {
    const head = await ask({ method: 'HEAD', url: blobUrl(digest), doing: `look at ${digest}` });
    if (!head.ok) return head;
    if (head.value.status === 404) return success(undefined);
    if (head.value.status !== 200)
      return failed(registryRefused(name, `look at ${digest}`, String(head.value.status)));
    return success(Number(head.value.header('content-length') ?? Number.NaN));
  };

  const send = async (
    digest: Digest,
    source: { readonly path: string } | { readonly data: Buffer },
    bytes: number,
  ): Promise<Result<void, StoreFailure>> => {
    const isThere = async (): Promise<Result<boolean, StoreFailure>> => {
      const size = await sizeOf(digest);
      return size.ok ? success(size.value === bytes) : size;
    };
    const there = await isThere();
    if (!there.ok) return there;
    if (there.value) return success(undefined);
    const scopes = writing;
    return await uploadBlob({ session, name, repository, scopes, digest, source, bytes, isThere });
  };

  const sendConfig = async (): Promise<Result<void, StoreFailure>> => {
    configSent ??= send(emptyConfig.digest, { data: emptyConfig.bytes }, emptyConfig.bytes.length);
    const sent = await configSent;
    if (!sent.ok) configSent = undefined;
    return sent;
  };

  const sendManifest = (digest: Digest, bytes: number): Promise<Result<Received, StoreFailure>> =>
    session.send({
      method: 'PUT',
      url: manifestUrl(tagOf(digest)),
      headers: { 'content-type': manifestType },
      body: () => manifestOf(digest, bytes).bytes,
      scopes: writing,
      doing: `name ${digest}`,
    });

  const holds = async (digest: Digest, bytes?: number): Promise<Result<boolean, StoreFailure>> => {
    const head = await lookAtManifest(tagOf(digest));
    if (!head.ok) return head;
    const { status, header } = head.value;
    if (status === 404) return success(false);
    if (status !== 200) return failed(registryRefused(name, `look at ${digest}`, String(status)));
    if (bytes === undefined) return success(true);
    const expected = manifestOf(digest, bytes).digest;
    if ((header('docker-content-digest') ?? expected) !== expected) return success(false);
    const size = await sizeOf(digest);
    return size.ok ? success(size.value === bytes) : size;
  };

  /** Sends and names what is not there. A name that is refused because of others is tried anew, with what it names. */
  const sendNamed = async (
    digest: Digest,
    path: string,
    bytes: number,
  ): Promise<Result<void, StoreFailure>> => {
    const { patience } = session;
    for (let attempt = 1; ; attempt++) {
      const sent = await send(digest, { path }, bytes);
      if (!sent.ok) return sent;
      const config = await sendConfig();
      if (!config.ok) return config;
      const named = await sendManifest(digest, bytes);
      if (!named.ok) return named;
      const { status, header, text } = named.value;
      const expected = manifestOf(digest, bytes).digest;
      if (status === 201 && (header('docker-content-digest') ?? expected) === expected)
        return success(undefined);
      // A registry that forgot the config, or the blob: the next try, or the next blob, sends them again.
      configSent = undefined;
      if (!isOfAnotherWriter(named.value) || attempt >= patience.tries)
        return failed(registryRefused(name, `name ${digest}`, answerOf(status, text)));
      await patience.sleep(pauseBefore(attempt - 1, patience));
      const held = await holds(digest, bytes);
      if (!held.ok) return held;
      if (held.value) return success(undefined);
    }
  };

  /** Its manifest, so that it counts as absent; the registry collects the bytes when it likes. */
  const forget = async (digest: Digest): Promise<Result<void, StoreFailure>> => {
    const head = await lookAtManifest(tagOf(digest));
    if (!head.ok) return head;
    if (head.value.status === 404) return success(undefined);
    if (head.value.status !== 200)
      return failed(registryRefused(name, `look at ${digest}`, String(head.value.status)));
    const manifest = head.value.header('docker-content-digest') ?? tagOf(digest);
    const url = manifestUrl(manifest);
    const gone = await session.send({
      method: 'DELETE',
      url,
      scopes: removing,
      doing: `remove ${digest}`,
      mayPass: (answer) => answer.status !== 404 && isOfAnotherWriter(answer),
    });
    if (!gone.ok)
      return gone.failure.code === 'store-registry-denied' ? failed(removalRefused(name, digest)) : gone;
    if ([200, 202, 404].includes(gone.value.status)) return success(undefined);
    return failed(removalRefused(name, digest));
  };

  return {
    name,
    check: async () => {
      const asked = await lookAtManifest('latest');
      if (!asked.ok) return asked;
      const { status } = asked.value;
      return status === 200 || status === 404
        ? success(undefined)
        : failed(registryRefused(name, 'look at what it holds', String(status)));
    },
    holds,
    fetch: async (digest, path) => {
      const got = await ask({
        method: 'GET',
        url: blobUrl(digest),
        doing: `read ${digest}`,
        sink: (body) => writeAll(path, body),
      });
      if (!got.ok) return got;
      if (got.value.status === 200) return success(undefined);
      if (got.value.status === 404) return failed(blobMissing(digest));
      return failed(registryRefused(name, `read ${digest}`, answerOf(got.value.status, got.value.text)));
    },
    send: sendNamed,
    remove: forget,
    setAside: async (digest) => {
      const forgotten = await forget(digest);
      if (!forgotten.ok) return forgotten;
      // Where the registry lets go of the bytes, they can be sent again; else its keeper has to mend them.
      const scopes = removing;
      await session.send({ method: 'DELETE', url: blobUrl(digest), scopes, doing: `remove ${digest}` });
      return success(undefined);
    },
  };
}

async function writeAll(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
