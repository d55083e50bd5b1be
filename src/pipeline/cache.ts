import type { Digest } from '../base/index.ts';

/** What a step gave, kept under its fingerprint: the reason why it need not run again. */
export interface CacheEntry {
  readonly version: 1;
  readonly fingerprint: Digest;
  /** The work was done and its verdict was no: the same inputs give the same no. */
  readonly rejected?: true;
  readonly outputs: readonly Artifact[];
  readonly log: Artifact;
  readonly seconds: number;
}

/** Bytes in the store, under the name that the step gave them. */
export interface Artifact {
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
}
