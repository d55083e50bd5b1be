import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Digest, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { pauseBefore } from '../../git/index.ts';
import type { StoreFailure } from '../failures.ts';
import { ioFailed, registryRefused } from '../failures.ts';
import type { Received, RegistrySession, Sent } from './session.ts';

/** GitHub's registry takes no more than this at once. */
const chunkBytes = 4 * 2 ** 20;

export interface BlobUpload {
  readonly session: RegistrySession;
  /** For messages. */
  readonly name: string;
  readonly repository: string;
  readonly scopes: readonly string[];
  readonly digest: Digest;
  readonly source: { readonly path: string } | { readonly data: Buffer };
  /** Length. */
  readonly bytes: number;
  /** Whether somebody else has sent them by now. */
  readonly isThere: () => Promise<Result<boolean, StoreFailure>>;
}

/**
 * Sends a blob: at once, which most registries want, and in chunks where that is too much for one. An upload that breaks off
 * begins anew after a pause, unless others have sent the same bytes; the registry forgets what was not completed.
 */
export async function uploadBlob(upload: BlobUpload): Promise<Result<void, StoreFailure>> {
  const { patience } = upload.session;
  let chunked = false;
  for (let attempt = 1; ; attempt++) {
    const begun = await begin(upload);
    if (!begun.ok) return begun;
    const { place, answer } = begun.value;
    const done =
      place === undefined
        ? success(answer)
        : await (chunked ? inChunks(upload, place, begun.value.least) : atOnce(upload, place));
    if (done.ok && place !== undefined) {
      if (done.value.status === 201) return asSent(upload, done.value);
      if (tooMuch.includes(done.value.status) && !chunked && upload.bytes > 0) {
        chunked = true;
        continue;
      }
    }
    const failure = done.ok ? refusal(upload, done.value) : done.failure;
    const mayPass = done.ok ? [404, 409, 416].includes(done.value.status) : passing.includes(failure.code);
    if (!mayPass || attempt >= patience.tries) return failed(failure);
    // A proxy that finds a body too large may hang up while it is sent.
    if (attempt === 3 && upload.bytes > chunkBytes) chunked = true;
    await patience.sleep(pauseBefore(attempt - 1, patience));
    const there = await upload.isThere();
    if (!there.ok) return there;
    if (there.value) return success(undefined);
  }
}

const tooMuch: readonly number[] = [400, 405, 413, 416];
const passing: readonly StoreFailure['code'][] = ['store-registry-unreachable', 'store-registry-refused'];

function asSent({ name, digest }: BlobUpload, { header }: Received): Result<void, StoreFailure> {
  const kept = header('docker-content-digest');
  if (kept === undefined || kept === digest) return success(undefined);
  return failed(registryRefused(name, `write ${digest}`, `that it holds ${kept}`));
}

async function atOnce(upload: BlobUpload, place: string): Promise<Result<Received, StoreFailure>> {
  const { source, bytes } = upload;
  return await upload.session.send({
    ...common(upload),
    method: 'PUT',
    url: withDigest(place, upload.digest),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(bytes) },
    body: () =>
      'data' in source ? source.data : bytes === 0 ? Buffer.alloc(0) : createReadStream(source.path),
  });
}

async function inChunks(
  upload: BlobUpload,
  begunAt: string,
  least: number,
): Promise<Result<Received, StoreFailure>> {
  let place = begunAt;
  const step = Math.max(chunkBytes, least);
  const reading = await openSource(upload);
  if (!reading.ok) return reading;
  await using source = reading.value;
  for (let at = 0; at < upload.bytes; ) {
    const chunk = await source.read(at, Math.min(step, upload.bytes - at));
    if (!chunk.ok) return chunk;
    const sent = await upload.session.send({
      ...common(upload),
      method: 'PATCH',
      url: place,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(chunk.value.length),
        'content-range': `${at}-${at + chunk.value.length - 1}`,
      },
      body: () => chunk.value,
    });
    if (!sent.ok) return sent;
    const { status, header } = sent.value;
    if (status !== 202) return sent;
    place = placeOf(sent.value, place, upload) ?? place;
    // What it has now, which may be less than was sent.
    const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(header('range') ?? '')?.[1] ?? Number.NaN) + 1;
    const next = Number.isNaN(end) ? at + chunk.value.length : end;
    if (next <= at || next > at + chunk.value.length)
      return failed(registryRefused(upload.name, `write ${upload.digest}`, `that it has ${next} bytes`));
    at = next;
  }
  return await upload.session.send({
    ...common(upload),
    method: 'PUT',
    url: withDigest(place, upload.digest),
    headers: { 'content-length': '0' },
    body: () => Buffer.alloc(0),
  });
}

interface Begun {
  readonly answer: Received;
  /** Where the bytes go; nowhere when the registry did not begin. */
  readonly place: string | undefined;
  /** Bytes of a chunk that is not the last one. */
  readonly least: number;
}

async function begin(upload: BlobUpload): Promise<Result<Begun, StoreFailure>> {
  const asked = await upload.session.send({
    ...common(upload),
    method: 'POST',
    url: `/v2/${upload.repository}/blobs/uploads/`,
    headers: { 'content-length': '0' },
    again: true,
  });
  if (!asked.ok) return asked;
  const { status, header } = asked.value;
  return success({
    answer: asked.value,
    place: status === 202 ? placeOf(asked.value, upload.session.origin, upload) : undefined,
    least: Number(header('oci-chunk-min-length') ?? 0) || 0,
  });
}

function common({ scopes, digest }: BlobUpload): Pick<Sent, 'scopes' | 'doing' | 'again'> {
  return { scopes, doing: `write ${digest}`, again: false };
}

function placeOf({ header }: Received, from: string, { session }: BlobUpload): string | undefined {
  const location = header('location');
  const base = new URL(from, session.origin);
  return location !== undefined && URL.canParse(location, base.href)
    ? new URL(location, base).href
    : undefined;
}

function withDigest(place: string, digest: Digest): string {
  const url = new URL(place);
  url.searchParams.set('digest', digest);
  return url.href;
}

function refusal({ name, digest }: BlobUpload, { status, text }: Received): StoreFailure {
  return registryRefused(name, `write ${digest}`, answerOf(status, text));
}

/** The status, and what the registry says about it: text of others, on one line and short. */
export function answerOf(status: number, text: string): string {
  const said = /"message"\s*:\s*"([^"\\]{1,200})/.exec(text)?.[1] ?? '';
  const plain = said.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return plain === '' ? String(status) : `${status}: ${plain}`;
}

interface Source extends AsyncDisposable {
  read(at: number, length: number): Promise<Result<Buffer, StoreFailure>>;
}

async function openSource({ source }: BlobUpload): Promise<Result<Source, StoreFailure>> {
  if ('data' in source) {
    const { data } = source;
    return success({
      read: async (at, length) => success(data.subarray(at, at + length)),
      [Symbol.asyncDispose]: async () => undefined,
    });
  }
  const { path } = source;
  try {
    const file = await open(path, 'r');
    return success({
      read: async (at, length) => {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
        return bytesRead === length ? success(buffer) : failed(ioFailed(`read ${path}`, 'it became shorter'));
      },
      [Symbol.asyncDispose]: () => file.close(),
    });
  } catch (error) {
    return failed(ioFailed(`read ${path}`, error));
  }
}
