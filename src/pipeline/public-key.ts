import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';

/** Why a text is no public key whose signatures can be verified. */
export type PublicKeyProblem =
  /** Whoever reads the repository could sign with it. */
  | { readonly kind: 'private' }
  | { readonly kind: 'form'; readonly found: string }
  | { readonly kind: 'type'; readonly found: string };

/** Public keys in PEM (SPKI): Ed25519, or ECDSA on P-256. */
export function publicKeyProblem(pem: string): PublicKeyProblem | undefined {
  const label = pemLabel(pem);
  if (label?.endsWith('PRIVATE KEY') === true) return { kind: 'private' };
  if (label === 'RSA PUBLIC KEY') return { kind: 'type', found: 'RSA' };
  if (label !== 'PUBLIC KEY') return { kind: 'form', found: describePem(label) };
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return { kind: 'form', found: 'its content cannot be read' };
  }
  const unsupported = unsupportedKey(key);
  return unsupported === undefined ? undefined : { kind: 'type', found: unsupported };
}

/** What stands in the first line of a PEM block: `PUBLIC KEY`. */
export function pemLabel(pem: string): string | undefined {
  return /^-----BEGIN ([A-Z0-9 ]+)-----\s*$/m.exec(pem)?.[1];
}

export function describePem(label: string | undefined): string {
  if (label === undefined) return 'it has no line "-----BEGIN PUBLIC KEY-----"';
  if (label.startsWith('OPENSSH')) return 'it is an SSH key';
  return `it is a ${label.toLowerCase()}`;
}

/** What kind of key it is, when it is none that signs statements. */
export function unsupportedKey(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return undefined;
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      return curve === 'prime256v1' ? undefined : `ECDSA on ${curve ?? 'an unnamed curve'}`;
    }
    case 'rsa':
    case 'rsa-pss':
      return 'RSA';
    default:
      return key.asymmetricKeyType ?? 'unknown';
  }
}
