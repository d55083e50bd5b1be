import type { Digest, Verdict } from '../base/index.ts';
import type { Signer } from './attestation.ts';

/** Whether a model is what somebody who is trusted signed, link by link. */
export interface Verification {
  /** Passes only when every check passes. */
  readonly verdict: Verdict;
  /** `heart-disease`; absent when only bytes were given and no statement names them. */
  readonly model?: string;
  /** Of the bytes at hand; without them, the digest that was asked for. */
  readonly digest: Digest;
  /** In order; a check that needs one that failed is `inconclusive`. */
  readonly checks: readonly VerificationCheck[];
  /** Every attestation that was looked at; the one that the checks speak of comes first. */
  readonly attestations: readonly JudgedAttestation[];
}

export interface VerificationCheck {
  readonly check: CheckedLink;
  readonly verdict: Verdict;
  /** A sentence with what was expected and found. */
  readonly because: string;
  /** Where the first thing stands that does not fit. */
  readonly place?: {
    /** A path on the runs branch, a tag, or a file. */
    readonly file: string;
    readonly field?: string;
    readonly expected?: string;
    readonly found?: string;
  };
}

/**
 * - `model`: the bytes are those that the version or the run names
 * - `version`: the tag of the version names the same model, run and record
 * - `attestation`: there is one, and it can be read
 * - `signature`: by somebody who is trusted, over these bytes
 * - `subject`: the statement is about this model and nothing else
 * - `record`: the run record is the one whose digest was signed
 * - `statement`: every field of the statement is what the record says
 * - `code`: the run was of a commit, without changes that no commit holds
 */
export type CheckedLink = (typeof checkedLinks)[number];

export const checkedLinks = [
  'model',
  'attestation',
  'signature',
  'subject',
  'version',
  'record',
  'statement',
  'code',
] as const;

export interface JudgedAttestation {
  readonly path: string;
  readonly verdict: Verdict;
  /** Of the first check that did not pass. */
  readonly because: string;
  /** Only when the signature holds. */
  readonly signer?: Signer;
}

/** One sentence for the whole: the first check that did not pass, or who signed. */
export function verificationSentence(verification: Verification): string {
  const wrong =
    verification.checks.find((check) => check.verdict === 'fail') ??
    verification.checks.find((check) => check.verdict !== 'pass');
  if (wrong !== undefined) return wrong.because;
  const signer = verification.attestations[0]?.signer;
  return signer === undefined ? 'every link holds' : `signed by ${signerName(signer)}, and every link holds`;
}

export function signerName(signer: Signer): string {
  switch (signer.kind) {
    case 'key':
      return `the key ${signer.keyId.slice(0, 19)}`;
    case 'sigstore':
      return `${signer.identity} (Sigstore, vouched for by ${signer.issuer})`;
  }
}
