import type { Failure } from '../base/index.ts';
import type { GitFailure } from '../git/index.ts';

export type ProvenanceFailure =
  | Failure<
      | 'provenance-key-unreadable'
      | 'provenance-key-form'
      | 'provenance-key-public'
      | 'provenance-key-private'
      | 'provenance-key-encrypted'
      | 'provenance-key-passphrase'
      | 'provenance-key-type'
      | 'provenance-no-signer'
      | 'provenance-no-model'
      | 'provenance-run-unknown'
      | 'provenance-record-changed'
      | 'provenance-file-unreadable'
      | 'provenance-sigstore-url'
      | 'provenance-sigstore-failed'
      | 'provenance-root-unreadable'
      | 'provenance-root-unreachable'
    >
  | GitFailure;

export const keyVariable = 'TRAINYARD_SIGNING_KEY';
export const passphraseVariable = 'TRAINYARD_SIGNING_KEY_PASSPHRASE';

const makeOne =
  'Make one: "openssl genpkey -algorithm ed25519 -out signing.pem", and its public half: "openssl pkey -in signing.pem -pubout -out trainyard.pub".';

export function keyUnreadable(file: string, cause: unknown): ProvenanceFailure {
  return {
    code: 'provenance-key-unreadable',
    kind: 'input',
    message: `The key ${file} cannot be read: ${reasonOf(cause)}`,
    remedy: `Name a file that is there, with "--key" or in ${keyVariable}.`,
    cause,
  };
}

export function keyForm(file: string, found: string): ProvenanceFailure {
  return {
    code: 'provenance-key-form',
    kind: 'input',
    message: `${file} is no key in PEM: ${found}`,
    remedy: makeOne,
  };
}

export function keyIsPublic(file: string): ProvenanceFailure {
  return {
    code: 'provenance-key-public',
    kind: 'input',
    message: `${file} holds a public key, and signing needs the private half`,
    remedy: 'Name the file that begins with "-----BEGIN PRIVATE KEY-----".',
  };
}

export function keyIsPrivate(file: string): ProvenanceFailure {
  return {
    code: 'provenance-key-private',
    kind: 'input',
    message: `${file} holds a private key, and everybody who reads the repository can sign with it`,
    remedy: `Make a new pair, and keep only its public half in the repository. ${makeOne}`,
  };
}

export function keyEncrypted(file: string): ProvenanceFailure {
  return {
    code: 'provenance-key-encrypted',
    kind: 'input',
    message: `The key ${file} is locked by a passphrase`,
    remedy: `Give the passphrase in ${passphraseVariable}.`,
  };
}

export function keyPassphrase(file: string): ProvenanceFailure {
  return {
    code: 'provenance-key-passphrase',
    kind: 'input',
    message: `The passphrase in ${passphraseVariable} does not open the key ${file}`,
    remedy: 'Correct it; white space at its ends counts.',
  };
}

export function keyType(file: string, found: string): ProvenanceFailure {
  return {
    code: 'provenance-key-type',
    kind: 'input',
    message: `${file} is a key of the kind ${found}; Ed25519 and ECDSA on P-256 are supported`,
    remedy: makeOne,
  };
}

export function noSigner(): ProvenanceFailure {
  return {
    code: 'provenance-no-signer',
    kind: 'input',
    message: 'There is nothing to sign with: no key, and no identity token of a CI job',
    remedy: `Give a key with "--key" or in ${keyVariable}; in GitHub Actions, give the job "permissions: id-token: write". See docs/provenance.md.`,
  };
}

export function noModel(run: string): ProvenanceFailure {
  return {
    code: 'provenance-no-model',
    kind: 'input',
    message: `Run ${run} made no model, so there is nothing to attest`,
    remedy: 'Name a run whose pipeline has "model:" and that succeeded.',
  };
}

export function runUnknown(reference: string): ProvenanceFailure {
  return {
    code: 'provenance-run-unknown',
    kind: 'input',
    message: `Nothing says which run made ${reference}`,
    remedy: 'Name the run, or a version that was registered: "trainyard models attest heart-disease@v1.4.0".',
  };
}

export function recordChanged(tag: string, run: string): ProvenanceFailure {
  return {
    code: 'provenance-record-changed',
    kind: 'verdict',
    message: `The record of run ${run} is not the one that ${tag} was registered with`,
    remedy: 'Find out who changed it: "git log" of the runs branch. Nothing is signed.',
  };
}

export function fileUnreadable(file: string, cause: unknown): ProvenanceFailure {
  return {
    code: 'provenance-file-unreadable',
    kind: 'input',
    message: `${file} cannot be read: ${reasonOf(cause)}`,
    remedy: 'Correct the path, or mend its permissions.',
    cause,
  };
}

export function sigstoreUrl(variable: string, value: string): ProvenanceFailure {
  return {
    code: 'provenance-sigstore-url',
    kind: 'input',
    message: `${variable} is not an address: ${JSON.stringify(value)}`,
    remedy: 'Write an address such as "https://fulcio.sigstore.dev", or remove the variable.',
  };
}

export function sigstoreFailed(cause: unknown): ProvenanceFailure {
  return {
    code: 'provenance-sigstore-failed',
    kind: 'world',
    message: `Sigstore did not sign: ${reasonOf(cause)}`,
    remedy: 'Try again later, or sign with a key.',
    cause,
  };
}

export function rootUnreadable(file: string, cause: unknown): ProvenanceFailure {
  return {
    code: 'provenance-root-unreadable',
    kind: 'input',
    message: `${file} is no trusted root of Sigstore: ${reasonOf(cause)}`,
    remedy: 'Write the "trusted_root.json" of your Sigstore there.',
    cause,
  };
}

export function rootUnreachable(cause: unknown): ProvenanceFailure {
  return {
    code: 'provenance-root-unreachable',
    kind: 'world',
    message: `The roots of the public Sigstore cannot be fetched: ${reasonOf(cause)}`,
    remedy: 'Try again with a network, or keep a copy and name it as "trusted-root" in trainyard.yaml.',
    cause,
  };
}

/** The message of an error and of what caused it, on one line. */
export function reasonOf(cause: unknown): string {
  const messages: string[] = [];
  for (let each = cause; each !== undefined && messages.length < 4; ) {
    const message = each instanceof Error ? each.message : String(each);
    if (!messages.some((earlier) => earlier.includes(message))) messages.push(message);
    each = each instanceof Error ? each.cause : undefined;
  }
  return messages.join(': ').replace(/\s+/g, ' ').slice(0, 300);
}
