import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Digest, Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import { describePem, pemLabel, publicKeyProblem, unsupportedKey } from '../pipeline/index.ts';
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
  const label = pemLabel(pem);
  if (label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY') return failed(keyIsPublic(file));
  if (label === undefined || !label.endsWith('PRIVATE KEY') || label.startsWith('OPENSSH')) {
    return failed(keyForm(file, describePem(label)));
  }
  const isLocked = label.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(pem);
  if (isLocked && (passphrase === undefined || passphrase === '')) return failed(keyEncrypted(file));
  let key: KeyObject;
  try {
    key = createPrivateKey(isLocked ? { key: pem, passphrase: passphrase! } : pem);
  } catch {
    return failed(isLocked ? keyPassphrase(file) : keyForm(file, 'its content cannot be read'));
  }
  const unsupported = unsupportedKey(key);
  return unsupported === undefined ? success(key) : failed(keyType(file, unsupported));
}

/** A public key whose signatures count. */
export function readPublicKey(file: string, pem: string): Result<TrustedKey, ProvenanceFailure> {
  const problem = publicKeyProblem(pem);
  switch (problem?.kind) {
    case undefined:
      return success({ file, id: keyIdOf(createPublicKey(pem)), pem });
    case 'private':
      return failed(keyIsPrivate(file));
    case 'form':
      return failed(keyForm(file, problem.found));
    case 'type':
      return failed(keyType(file, problem.found));
  }
}

/** The digest of the public half in SPKI DER; a private key is of the same name. */
export function keyIdOf(key: KeyObject): Digest {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return digestOfBytes(half.export({ type: 'spki', format: 'der' }));
}
