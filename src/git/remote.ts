import type { Result } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';

/** Another repository that this one exchanges objects and refs with. */
export interface Remote {
  /** Without user name and password. */
  readonly url: string;

  /** What the refs below some prefixes (`refs/tags/heart-disease`) point to, sorted by name; tags are not peeled. */
  list(prefixes: readonly string[]): Promise<Result<readonly Ref[], GitFailure>>;

  /**
   * Brings refs with everything they lead to, and points refs of this repository at them. What is not there is left
   * out; nothing here is deleted. `*` may stand once on both sides.
   */
  fetch(refs: readonly FetchedRef[]): Promise<Result<void, GitFailure>>;

  /** Brings older commits into a shallow clone. */
  deepen(deeper: Deeper): Promise<Result<void, GitFailure>>;

  /**
   * Moves refs there, all or none, each only if it still is what it was. A lost race is an answer and no failure;
   * what the server refuses (protection, permission) is a failure with its reason.
   */
  push(updates: readonly RefUpdate[]): Promise<Result<RefAnswer, GitFailure>>;
}

export interface Ref {
  /** In full: `refs/tags/v1`. */
  readonly name: string;
  readonly id: ObjectId;
}

export interface Deeper {
  /** Commits of this clone whose history is wanted, by their ids. */
  readonly from: readonly ObjectId[];
  /** Branches that are fetched on the way. */
  readonly branches?: readonly FetchedRef[];
  /** How many commits below those that are here. */
  readonly by: number | 'all';
}

export interface FetchedRef {
  readonly from: string;
  readonly to: string;
}

/** A compare-and-swap of one ref. */
export interface RefUpdate {
  readonly ref: string;
  /** What it has to be now; `undefined`: it must not exist. */
  readonly before: ObjectId | undefined;
  /** `undefined` deletes it. */
  readonly after: ObjectId | undefined;
}

export type RefAnswer =
  | { readonly kind: 'done' }
  /** Some of the refs were not what was expected, so nothing was moved. */
  | { readonly kind: 'lost'; readonly refs: readonly string[] };
