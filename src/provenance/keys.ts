import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Digest, Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { TrustedKey } from './attestation.ts';
import type { ProvenanceFailure } from './failures.ts';
import { keyEncrypted, keyForm, keyIsPrivate, keyIsPublic, keyPassphrase, keyType } from './failures.ts';

/** A private key to sign with. `file` is what messages call it. */
export function readPrivateKey(options: {
  readonly file: string;
  readonly pem: string;
  readonly passphrase: string | undefined;
}): Result<KeyObject, ProvenanceFailure> {
  const { file, pem, passphrase } = options;
  const label = labelOf(pem);
  if (label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY') return failed(keyIsPublic(file));
  if (label === undefined || !label.endsWith('PRIVATE KEY') || label.startsWith('OPENSSH')) {
    return failed(keyForm(file, describe(label)));
  }
  const isLocked = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(pem);
  if (isLocked && (passphrase === undefined || passphrase === '')) return failed(keyEncrypted(file));
  let key: KeyObject;
  try {
    key = createPrivateKey(isLocked ? { key: pem, passphrase: passphrase! } : pem);
  } catch {
    return failed(isLocked ? keyPassphrase(file) : keyForm(file, 'its content cannot be read'));
  }
  const unsupported = unsupportedType(key);
  return unsupported === undefined ? success(key) : failed(keyType(file, unsupported));
}

/** A public key whose signatures count. */
export function readPublicKey(file: string, pem: string): Result<TrustedKey, ProvenanceFailure> {
  const label = labelOf(pem);
  if (label?.endsWith('PRIVATE KEY') === true) return failed(keyIsPrivate(file));
  if (label === 'RSA PUBLIC KEY') return failed(keyType(file, 'rsa'));
  if (label !== 'PUBLIC KEY') return failed(keyForm(file, describe(label)));
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return failed(keyForm(file, 'its content cannot be read'));
  }
  const unsupported = unsupportedType(key);
  if (unsupported !== undefined) return failed(keyType(file, unsupported));
  return success({ file, id: keyIdOf(key), pem });
}

/** The digest of the public half in SPKI DER; a private key is of the same name. */
export function keyIdOf(key: KeyObject): Digest {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return digestOfBytes(half.export({ type: 'spki', format: 'der' }));
}

function labelOf(pem: string): string | undefined {
  return /^-----BEGIN ([A-Z0-9 ]+)-----$/m.exec(pem)?.[1];
}

function describe(label: string | undefined): string {
  if (label === undefined) return 'it has no line "-----BEGIN ...-----"';
  if (label.startsWith('OPENSSH')) return 'it is an SSH key';
  return `it is a ${label.toLowerCase()}`;
}

function unsupportedType(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return undefined;
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      return curve === 'prime256v1' ? undefined : `ECDSA on ${curve ?? 'an unnamed curve'}`;
    }
    default:
      return key.asymmetricKeyType ?? 'unknown';
  }
}
