import { createHash } from 'node:crypto';
import type { Json } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * `sha256:` and 64 lower-case hexadecimal digits.
 * @pattern ^sha256:[0-9a-f]{64}$
 */
export type Digest = string & { readonly __brand: 'Digest' };

const pattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** The digest of a value's canonical JSON: equal values, whatever the order of their keys, have one digest. */
export function digestOfJson(value: Json): Digest {
  return digestOfBytes(canonicalJson(value));
}
