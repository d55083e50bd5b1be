import type { Digest, Result } from '../../../base/index.ts';
import { digestOfBytes, failed, isDigest, success } from '../../../base/index.ts';
import { pauseBefore } from '../../../git/index.ts';
import type { Environment } from '../../../store/index.ts';
import { isOfAnotherWriter, patienceUntil } from '../../../store/index.ts';
import type { ImageFailure } from '../failures.ts';
import { blobWrong, registryBroken, registryNotFound } from '../failures.ts';
import type { Descriptor } from '../oci.ts';
import { dockerTypes, mediaTypes } from '../oci.ts';
import type { Received, Sent } from './session.ts';
import { registrySession } from './session.ts';

export interface FoundManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly digest: Digest;
}

/** A registry by the OCI distribution specification, v1.1. What it sends is held against its digest. */
export interface Registry extends AsyncDisposable {
  readonly host: string;
  /** By tag or digest. */
  manifest(path: string, reference: string): Promise<Result<FoundManifest, ImageFailure>>;
  blob(path: string, descriptor: Descriptor): Promise<Result<Buffer, ImageFailure>>;
  /** Sends a blob unless it is there; one that another repository of the registry has (`from`) is taken from there. */
  putBlob(
    path: string,
    blob: Descriptor,
    bytes: () => Promise<Uint8Array>,
    from?: string,
  ): Promise<Result<'there' | 'mounted' | 'sent', ImageFailure>>;
  /** Whether the registry lists it itself among what refers to its subject. */
  putManifest(
    path: string,
    reference: string,
    manifest: FoundManifest,
  ): Promise<Result<{ readonly listsReferrers: boolean }, ImageFailure>>;
}

const accepted = [mediaTypes.index, dockerTypes.list, mediaTypes.manifest, dockerTypes.manifest].join(', ');

export async function openRegistryAt(host: string, environment: Environment): Promise<Registry> {
  const session = await registrySession(host, environment);
  const pull = (path: string) => ({ scope: `repository:${path}:pull`, what: `read ${path}` });
  const push = (path: string) => ({ scope: `repository:${path}:pull,push`, what: `write ${path}` });

  /** Another job may write the same layers at this moment: what it is in the way of is sent again after a pause. */
  const sendBesideOthers = async (request: Sent): Promise<Result<Received, ImageFailure>> => {
    const patience = patienceUntil(undefined);
    for (let attempt = 1; ; attempt++) {
      const sent = await session.send(request);
      if (!sent.ok || attempt === patience.tries) return sent;
      const { status, bytes } = sent.value;
      if (!isOfAnotherWriter({ status, text: bytes.toString('utf8', 0, 10_000) })) return sent;
      await patience.sleep(pauseBefore(attempt - 1, patience));
    }
  };

  return {
    host,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    manifest: async (path, reference) => {
      const url = `/v2/${path}/manifests/${reference}`;
      const got = await session.send({ method: 'GET', url, headers: { accept: accepted }, ...pull(path) });
      if (!got.ok) return got;
      const { status, bytes, header } = got.value;
      if (status === 404)
        return failed(registryNotFound(`${host}/${path}${isDigest(reference) ? '@' : ':'}${reference}`));
      if (status !== 200) return failed(registryBroken(host, `to read ${path}, it answers ${status}`));
      const digest = digestOfBytes(bytes);
      if (isDigest(reference) && digest !== reference) return failed(blobWrong(host, reference));
      const mediaType = header('content-type')?.split(';')[0]?.trim() ?? mediaTypes.manifest;
      return success({ bytes, mediaType, digest });
    },
    blob: async (path, { digest, size }) => {
      const got = await session.send({ method: 'GET', url: `/v2/${path}/blobs/${digest}`, ...pull(path) });
      if (!got.ok) return got;
      const { status, bytes } = got.value;
      if (status === 404) return failed(registryNotFound(`${host}/${path}@${digest}`));
      if (status !== 200) return failed(registryBroken(host, `to read ${digest}, it answers ${status}`));
      if (bytes.length !== size || digestOfBytes(bytes) !== digest) return failed(blobWrong(host, digest));
      return success(bytes);
    },
    putBlob: async (path, { digest }, bytes, from) => {
      const to = push(path);
      const head = await session.send({ method: 'HEAD', url: `/v2/${path}/blobs/${digest}`, ...to });
      if (!head.ok) return head;
      if (head.value.status === 200) return success('there');
      const mount = from === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`;
      const asked = await session.send({ method: 'POST', url: `/v2/${path}/blobs/uploads/${mount}`, ...to });
      if (!asked.ok) return asked;
      if (asked.value.status === 201) return success('mounted');
      const location = asked.value.header('location');
      if (asked.value.status !== 202 || location === undefined)
        return failed(registryBroken(host, `to write ${path}, it answers ${asked.value.status}`));
      const place = new URL(location, session.origin);
      place.searchParams.set('digest', digest);
      const headers = { 'content-type': 'application/octet-stream' };
      const sent = await session.send({
        method: 'PUT',
        url: place.href,
        headers,
        body: await bytes(),
        ...to,
      });
      if (!sent.ok) return sent;
      if (sent.value.status !== 201)
        return failed(registryBroken(host, `to write ${digest}, it answers ${sent.value.status}`));
      return success('sent');
    },
    putManifest: async (path, reference, { bytes, mediaType, digest }) => {
      const url = `/v2/${path}/manifests/${reference}`;
      const headers = { 'content-type': mediaType };
      const sent = await sendBesideOthers({ method: 'PUT', url, headers, body: bytes, ...push(path) });
      if (!sent.ok) return sent;
      const kept = sent.value.header('docker-content-digest');
      if (sent.value.status !== 201 || (kept !== undefined && kept !== digest))
        return failed(
          registryBroken(host, `to write ${reference}, it answers ${sent.value.status}, ${kept ?? ''}`),
        );
      return success({ listsReferrers: sent.value.header('oci-subject') !== undefined });
    },
  };
}
