import type { Digest } from '../base/index.ts';

/**
 * Who signed, and how it was checked. Attestations are in-toto statements (v1) with a SLSA provenance predicate (v1),
 * in a Sigstore bundle (DSSE envelope), kept on the runs branch as `attestations/<model digest>/<bundle digest>.json`.
 */
export interface Attestation {
  readonly path: string;
  /** Of the bundle's bytes. */
  readonly digest: Digest;
  readonly statement: Statement;
  readonly signer: Signer;
}

export type Signer =
  /** A local key: the digest of its public half in SPKI DER. */
  | { readonly kind: 'key'; readonly keyId: Digest }
  /** Sigstore: the certificate's identity and who vouched for it. */
  | { readonly kind: 'sigstore'; readonly identity: string; readonly issuer: string };

/** https://in-toto.io/Statement/v1 */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: 'https://slsa.dev/provenance/v1';
  readonly predicate: SlsaProvenance;
}

/** https://slsa.dev/spec/v1.0/provenance */
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

export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
}

/** Whose signatures count: `provenance:` in trainyard.yaml. */
export interface Trust {
  /** Texts of public keys in PEM (SPKI), with the files that they come from. */
  readonly keys: readonly { readonly file: string; readonly pem: string }[];
  readonly sigstore?: { readonly issuer: string; readonly identity: string };
}
