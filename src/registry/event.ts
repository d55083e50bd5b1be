import type { Digest, Verdict } from '../base/index.ts';
import type { ObjectId } from '../git/index.ts';
import type { RunId } from '../runs/index.ts';

/**
 * What happened to a model: one annotated tag each, in the grammar of GTO (`heart-disease@v1.4.0` registers,
 * `heart-disease#production#7` assigns, `heart-disease#production!#8` takes back, `heart-disease@v1.4.0!#9` archives),
 * with this as canonical JSON for its message. The JSON Schema in schemas/ is generated from this type.
 */
export type RegistryEvent = RegisterEvent | AssignEvent | UnassignEvent | ArchiveEvent;

interface EventBasics {
  /** Version of this format. */
  readonly version: 1;
  readonly model: string;
  readonly by: Identity;
  /** When the writer's clock said so: for people, never for order. @format date-time */
  readonly at: string;
  readonly why?: string;
  /** The tag object of the model's event before this one; `null` for the first. Order is this chain and the counter. */
  readonly after: ObjectId | null;
}

/** Which version an event is about. */
interface Subject {
  /** `v1.4.0` */
  readonly name: VersionName;
  readonly digest: Digest;
}

/** A version: an immutable model digest with its lineage. */
export interface RegisterEvent extends EventBasics, Subject {
  readonly kind: 'register';
  /**
   * The commit that the run's code was at. The tag points to it; or, where another version of the model has that
   * commit already (GTO allows one), to an empty commit on top of it.
   * @pattern ^[0-9a-f]{40}$
   */
  readonly commit: ObjectId;
  readonly run: RunId;
  readonly pipeline: string;
  /** Digest of the canonical JSON of the run's record. */
  readonly record: Digest;
  /** Why the version number is what it is. */
  readonly bump: { readonly rule: 'first' | 'major' | 'minor' | 'patch' | 'named'; readonly because: string };
  /** Main metrics with their intervals, for lists: the record has everything. */
  readonly metrics: Readonly<
    Record<string, { readonly value: number; readonly low: number; readonly high: number }>
  >;
}

/** A version comes to stand in a stage. */
export interface AssignEvent extends EventBasics, Subject {
  readonly kind: 'assign';
  readonly stage: string;
  /** @asType integer @minimum 1 */
  readonly counter: number;
  readonly cause: 'promotion' | 'automatic' | 'rollback';
  /** The version that stood there before. */
  readonly replaces?: VersionName;
  /** Everything that was decided, so that the tag explains itself. */
  readonly checks: readonly DecidedCheck[];
  /** The tag, pushed by a person, that this one completes. */
  readonly request?: string;
}

/**
 * A version leaves a stage, or a request to come there is refused: that one names no version where none is registered
 * at its commit, and no digest where the version is not of ours.
 */
export interface UnassignEvent extends EventBasics, Partial<Subject> {
  readonly kind: 'unassign';
  readonly stage: string;
  /** @asType integer @minimum 1 */
  readonly counter: number;
  readonly cause: 'refused' | 'withdrawn';
  readonly checks: readonly DecidedCheck[];
  /** The tag that is refused. */
  readonly request?: string;
}

/** A version that may not be promoted any more. */
export interface ArchiveEvent extends EventBasics, Subject {
  readonly kind: 'archive';
  /** @asType integer @minimum 1 */
  readonly counter: number;
}

/** One condition of a promotion, as it was judged. */
export interface DecidedCheck {
  readonly check:
    | 'version'
    | 'stage-order'
    | 'promoter'
    | 'approvals'
    | 'freshness'
    | 'provenance'
    | 'gate'
    | 'model';
  readonly verdict: Verdict;
  /** A sentence with the figures. */
  readonly because: string;
}

/** Who did it, and who vouches for that. */
export interface Identity {
  /** `@octocat`, or an address for mail. */
  readonly name: string;
  /** `signature`: an SSH key in the allowed signers; `forge`: the CI job was started by this account; `nobody`: only said so. */
  readonly proof: 'signature' | 'forge' | 'nobody';
}

/** `v` and a semantic version. */
export type VersionName = string;
