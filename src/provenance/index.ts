export type { Attested, AttestOptions, SignedWith } from './attest-run.ts';
export { attestIfConfigured, attestRun, isWanted, signedWith, statementOfRun } from './attest-run.ts';
export type {
  ResourceDescriptor,
  Signer,
  SlsaProvenance,
  Statement,
  StoredBundle,
  Subject,
  Trust,
  TrustedIdentity,
  TrustedKey,
} from './attestation.ts';
export type { AttestationPlace, WrittenBundle } from './attestation-files.ts';
export { attestationPath } from './attestation-path.ts';
export type { BuilderClaim } from './builder.ts';
export type { ProvenanceFailure } from './failures.ts';
export { fileUnreadable, recordChanged, runUnknown } from './failures.ts';
export type { ModelAtHand, ModelQuestion, RecordAtHand, RegisteredVersion } from './question.ts';
export { signStatement } from './sign-statement.ts';
export type { Signing, SigningQuestion, SigstoreServices } from './signing.ts';
export { signingOf } from './signing.ts';
export type { StatementFacts } from './statement.ts';
export { makeStatement, recordDigest } from './statement.ts';
export { loadTrust, trustedRoot } from './trust.ts';
export type { CheckedLink, JudgedAttestation, Verification, VerificationCheck } from './verification.ts';
export { verificationSentence } from './verification.ts';
export { verifyModel } from './verify-model.ts';
export type { RootSource } from './verify-signature.ts';
export type { VerificationWorld } from './verify-version.ts';
export { verifyBytes, verifyRun, verifyVersion } from './verify-version.ts';
