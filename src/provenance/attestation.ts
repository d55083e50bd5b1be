import type { Digest } from '../base/index.ts';

/** Who signed, as far as the signature proves it. */
export type Signer =
  /** A local key: the digest of its public half in SPKI DER. */
  | { readonly kind: 'key'; readonly keyId: Digest }
  /** Sigstore: the certificate's identity and who vouched for it. */
  | { readonly kind: 'sigstore'; readonly identity: string; readonly issuer: string };

/**
 * What is signed: an in-toto statement (https://in-toto.io/Statement/v1) with a SLSA provenance predicate
 * (https://slsa.dev/spec/v1.0/provenance). It travels in the DSSE envelope of a Sigstore bundle.
 */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly Subject[];
  readonly predicateType: 'https://slsa.dev/provenance/v1';
  readonly predicate: SlsaProvenance;
}

export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

export interface SlsaProvenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: Readonly<Record<string, unknown>>;
    readonly internalParameters?: Readonly<Record<string, unknown>>;
    readonly resolvedDependencies: readonly ResourceDescriptor[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version?: Readonly<Record<string, string>> };
    readonly metadata?: {
      readonly invocationId?: string;
      readonly startedOn?: string;
      readonly finishedOn?: string;
    };
    readonly byproducts?: readonly ResourceDescriptor[];
  };
}

/** https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
}

/** A bundle as it is kept: on the runs branch as `attestations/<model digest>/<bundle digest>.json`. */
export interface StoredBundle {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Whose signatures count: `provenance:` in trainyard.yaml. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  readonly sigstore?: TrustedIdentity;
}

export interface TrustedKey {
  /** The file that it comes from, relative to the root. */
  readonly file: string;
  readonly id: Digest;
  /** SPKI. */
  readonly pem: string;
}

export interface TrustedIdentity {
  readonly issuer: string;
  /** In full; `*` at the end stands for any ending. */
  readonly identity: string;
  /** Address of the repository whose job it has to be. */
  readonly repository?: string;
  /** The ref that the job has to run for. */
  readonly ref?: string;
}
