import type { Digest } from '../base/index.ts';
import type { RunRecord } from '../runs/index.ts';
import type { StoredBundle, Trust } from './attestation.ts';
import type { RootSource } from './verify-signature.ts';

/** What is to be verified, and everything that it is held against. */
export interface ModelQuestion {
  readonly model: ModelAtHand;
  /** What a version's tag says; absent when no version is asked about. */
  readonly version?: RegisteredVersion;
  /** The digest that the run names for its model, when a run is asked about. */
  readonly expected?: { readonly digest: Digest; readonly of: string };
  readonly record: RecordAtHand | undefined;
  readonly bundles: readonly StoredBundle[];
  readonly trust: Trust;
  /** Asked for only when a bundle was signed through Sigstore. */
  readonly root?: RootSource;
}

export type ModelAtHand =
  /** `file` is what messages call them. */
  | { readonly bytes: Uint8Array; readonly file: string }
  /** Why there are none. */
  | { readonly digest: Digest; readonly state: 'missing' | 'damaged'; readonly because: string };

/** The parts of a version's registration that are compared. */
export interface RegisteredVersion {
  /** `heart-disease@v1.4.0` */
  readonly tag: string;
  readonly model: string;
  readonly digest: Digest;
  readonly run: string;
  readonly pipeline: string;
  /** Digest of the canonical JSON of the run's record. */
  readonly record: Digest;
}

/** A file of the runs branch that says that it is the record of the run. */
export interface RecordAtHand {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What the bytes say, when they are a record that can be read. */
  readonly record?: RunRecord;
}
