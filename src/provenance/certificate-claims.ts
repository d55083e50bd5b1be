import type { TrustedIdentity } from './attestation.ts';
import { shownValue } from './bundle.ts';

/** An extension of a certificate, as the verifier gives it. */
interface Extension {
  readonly oid?: { readonly id: readonly number[] } | undefined;
  readonly value: Uint8Array;
}

/** https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const claims = {
  repository: '1.3.6.1.4.1.57264.1.12',
  ref: '1.3.6.1.4.1.57264.1.14',
} as const;

/**
 * Why a certificate is not of the repository and the ref that are trusted; `undefined` when it is. A workflow that is
 * called from everywhere has one identity for all who call it: only these claims tell whose job it was.
 */
export function problemOfClaims(
  extensions: readonly Extension[],
  trusted: Pick<TrustedIdentity, 'repository' | 'ref' | 'identity'>,
): string | undefined {
  for (const name of ['repository', 'ref'] as const) {
    const wanted = trusted[name];
    if (wanted === undefined) continue;
    const found = textOf(extensions.find(({ oid }) => oid?.id.join('.') === claims[name])?.value);
    // Other issuers than GitHub say no repository; then the identity says it, whole.
    if (found === undefined && name === 'repository' && trusted.identity.startsWith(`${wanted}/`)) continue;
    if (found === undefined)
      return `its certificate does not say the ${name} of the job; trusted is ${wanted}`;
    if (!isSame(name, found, wanted)) {
      return `it is signed by a job of the ${name} ${shownValue(found)}; trusted is ${wanted}`;
    }
  }
  return undefined;
}

/** Capitals make no other owner or repository; of a ref they make another one. */
function isSame(name: 'repository' | 'ref', found: string, wanted: string): boolean {
  return name === 'repository' ? found.toLowerCase() === wanted.toLowerCase() : found === wanted;
}

/** A UTF8String of DER (X.690, 8.23) with a length of one or two octets; anything else is no claim. */
function textOf(value: Uint8Array | undefined): string | undefined {
  if (value === undefined || value[0] !== 0x0c) return undefined;
  const isLong = value[1] === 0x81;
  const length = isLong ? value[2] : value[1];
  const start = isLong ? 3 : 2;
  if (length === undefined || (!isLong && length > 0x7f) || value.length !== start + length) return undefined;
  return Buffer.from(value.subarray(start)).toString('utf8');
}
