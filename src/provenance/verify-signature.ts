import { createPublicKey } from 'node:crypto';
import type { BundleWithDsseEnvelope } from '@sigstore/bundle';
import type { TrustMaterial } from '@sigstore/verify';
import type { Result } from '../base/index.ts';
import type { Signer, Trust, TrustedIdentity, TrustedKey } from './attestation.ts';
import { shownValue } from './bundle.ts';
import { problemOfClaims } from './certificate-claims.ts';
import type { ProvenanceFailure } from './failures.ts';
import { reasonOf } from './failures.ts';

/** What a signature is worth. */
export type SignatureAnswer =
  | { readonly verdict: 'pass'; readonly signer: Signer }
  | { readonly verdict: 'fail' | 'inconclusive'; readonly because: string; readonly field?: string };

/** The certificates and logs of a Sigstore; asked for only when a bundle needs it. */
export type RootSource = () => Promise<Result<TrustMaterial, ProvenanceFailure>>;

/** Whether somebody who is trusted signed this envelope. Nothing else of the bundle is believed. */
export async function verifySignature(
  bundle: BundleWithDsseEnvelope,
  trust: Trust,
  root: RootSource | undefined,
): Promise<SignatureAnswer> {
  if (trust.keys.length === 0 && trust.sigstore === undefined) {
    return {
      verdict: 'inconclusive',
      because: 'nobody is trusted: `provenance:` in trainyard.yaml names neither keys nor an identity',
    };
  }
  return bundle.verificationMaterial.content.$case === 'publicKey'
    ? await byKey(bundle, bundle.verificationMaterial.content.publicKey.hint, trust.keys)
    : await byIdentity(bundle, trust.sigstore, root);
}

async function byKey(
  bundle: BundleWithDsseEnvelope,
  hint: string,
  keys: readonly TrustedKey[],
): Promise<SignatureAnswer> {
  // The hint only chooses the key: which one signed is what the mathematics say.
  const named = keys.filter((key) => hintsOf(key).includes(hint));
  if (named.length === 0) {
    const who = hint === '' ? 'a key without a name' : `the key ${shownHint(hint)}`;
    return {
      verdict: 'fail',
      because: `it is signed by ${who}, which is none of the ${keys.length} trusted ones`,
      field: 'verificationMaterial.publicKey.hint',
    };
  }
  const { Verifier, toSignedEntity } = await import('@sigstore/verify');
  const entity = { ...toSignedEntity(bundle), tlogEntries: [], timestamps: [] };
  for (const { id, pem } of named) {
    const publicKey = createPublicKey(pem);
    const material = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: () => ({ publicKey, validFor: () => true }),
    };
    try {
      new Verifier(material, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
      return { verdict: 'pass', signer: { kind: 'key', keyId: id } };
    } catch {
      // The next key may fit.
    }
  }
  return {
    verdict: 'fail',
    because: `the signature does not fit what is signed: one of them was changed, or it was not made by the key ${shownHint(hint)}`,
    field: 'dsseEnvelope',
  };
}

/** Our own name of a key, and the one that cosign gives it. */
function hintsOf({ id }: TrustedKey): readonly string[] {
  return [id, Buffer.from(id.slice('sha256:'.length), 'hex').toString('base64')];
}

function shownHint(hint: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(hint) ? hint.slice(0, 19) : shownValue(hint);
}

async function byIdentity(
  bundle: BundleWithDsseEnvelope,
  trusted: TrustedIdentity | undefined,
  root: RootSource | undefined,
): Promise<SignatureAnswer> {
  if (trusted === undefined) {
    return {
      verdict: 'fail',
      because: 'it is signed through Sigstore, and `provenance:` in trainyard.yaml trusts no identity there',
      field: 'verificationMaterial.certificate',
    };
  }
  const known = await root?.();
  if (known?.ok !== true) {
    return {
      verdict: 'inconclusive',
      because: `the roots of Sigstore are not at hand${known === undefined ? '' : `: ${known.failure.message}`}`,
    };
  }
  if (!namesLogsPlainly(bundle)) {
    return {
      verdict: 'fail',
      because: 'the log that it names has no name that a log can have',
      field: 'verificationMaterial.tlogEntries',
    };
  }
  const { Verifier, toSignedEntity } = await import('@sigstore/verify');
  let found: { readonly identity: string; readonly issuer: string };
  let other: string | undefined;
  try {
    const material = known.value;
    // A Sigstore without a public log has its time from a time-stamp authority alone.
    const verifier = new Verifier(material, {
      ctlogThreshold: material.ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: material.tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    });
    const { identity } = verifier.verify(toSignedEntity(bundle));
    found = {
      identity: identity?.subjectAlternativeName ?? '',
      issuer: identity?.extensions?.issuer ?? '',
    };
    other = problemOfClaims(identity?.oids ?? [], trusted);
  } catch (cause) {
    return { verdict: 'fail', ...whySigstore(cause) };
  }
  if (found.issuer !== trusted.issuer || !isIdentity(found.identity, trusted.identity)) {
    return {
      verdict: 'fail',
      because: `it is signed by ${shownValue(found.identity)}, vouched for by ${shownValue(found.issuer)}; trusted is ${trusted.identity}, vouched for by ${trusted.issuer}`,
      field: 'verificationMaterial.certificate',
    };
  }
  if (other !== undefined) {
    return { verdict: 'fail', because: other, field: 'verificationMaterial.certificate' };
  }
  return { verdict: 'pass', signer: { kind: 'sigstore', ...found } };
}

/** The library takes the name of a log, which anybody may have written, for a regular expression. */
function namesLogsPlainly({ verificationMaterial }: BundleWithDsseEnvelope): boolean {
  return verificationMaterial.tlogEntries.every(({ inclusionProof }) => {
    const notes = inclusionProof?.checkpoint?.envelope ?? '';
    return [...notes.matchAll(/\u2014 (\S+)/g)].every(([, name]) => /^[\w./:-]{1,200}$/.test(name!));
  });
}

/** Whether an identity is the trusted one; `*` at the end stands for any ending. */
export function isIdentity(found: string, trusted: string): boolean {
  if (found === '') return false;
  return trusted.endsWith('*') ? found.startsWith(trusted.slice(0, -1)) : found === trusted;
}

function whySigstore(cause: unknown): { readonly because: string; readonly field: string } {
  const reason = reasonOf(cause);
  const code = (cause as { readonly code?: unknown }).code;
  if (code === 'SIGNATURE_ERROR') {
    return {
      because: 'the signature does not fit what is signed: one of them was changed',
      field: 'dsseEnvelope',
    };
  }
  if (reason.includes('expired')) {
    return {
      because: 'the certificate had expired, or was not yet valid, when it signed',
      field: 'verificationMaterial.certificate',
    };
  }
  if (code === 'CERTIFICATE_ERROR') {
    return {
      because: `no certificate that is trusted vouches for the signer (${reason})`,
      field: 'verificationMaterial.certificate',
    };
  }
  if (code === 'TIMESTAMP_ERROR') {
    return {
      because: `when it was signed is not proven (${reason})`,
      field: 'verificationMaterial.timestampVerificationData',
    };
  }
  if (typeof code === 'string' && code.startsWith('TLOG')) {
    return {
      because: `the log of signatures does not confirm it (${reason})`,
      field: 'verificationMaterial.tlogEntries',
    };
  }
  return {
    because: `what came with the signature cannot be read (${reason})`,
    field: 'verificationMaterial',
  };
}
