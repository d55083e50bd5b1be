import type { Digest } from '../base/index.ts';

/** Where the attestation of a model stands: both digests in 64 digits, so that nobody's file replaces another's. */
export function attestationPath(model: Digest, bundle: Digest): string {
  return `${attestationFolder(model)}/${hex(bundle)}.json`;
}

export function attestationFolder(model: Digest): string {
  return `attestations/${hex(model)}`;
}

/** `undefined` for a path that no attestation has. */
export function attestationOfPath(
  path: string,
): { readonly model: Digest; readonly bundle: Digest } | undefined {
  const parts = /^attestations\/([0-9a-f]{64})\/([0-9a-f]{64})\.json$/.exec(path);
  if (parts === null) return undefined;
  return { model: `sha256:${parts[1]}` as Digest, bundle: `sha256:${parts[2]}` as Digest };
}

/** What sentences call it: the path would fill two lines. */
export function attestationName(path: string): string {
  const named = attestationOfPath(path);
  return named === undefined ? path : `attestation ${hex(named.bundle).slice(0, 12)}`;
}

function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
