import type { Digest } from '../base/index.ts';
import type { ObjectId } from '../git/index.ts';
import type { AssignEvent, Identity, RegisterEvent, RegistryEvent, VersionName } from './event.ts';

/** An event with the tag that holds it. */
export interface TaggedEvent<E extends RegistryEvent = RegistryEvent> {
  /** `heart-disease#production#7` */
  readonly tag: string;
  readonly id: ObjectId;
  readonly commit: ObjectId;
  readonly event: E;
}

/**
 * A tag in GTO's grammar without a message of ours: made by GTO, or by hand. A version of this kind has no digest; an
 * assignment of this kind asks for a promotion, and counts only when `promote --from-tag` has completed it.
 */
export interface ForeignTag {
  readonly tag: string;
  readonly id: ObjectId;
  readonly commit: ObjectId;
  readonly model: string;
  readonly kind: 'register' | 'assign' | 'unassign' | 'archive';
  readonly name?: VersionName;
  readonly stage?: string;
  readonly counter?: number;
  readonly by?: Identity;
  readonly at?: string;
}

/** Everything that the tags say of one model. Folded from the events in their order, by nothing else. */
export interface ModelState {
  readonly model: string;
  /** From the newest to the oldest by semantic version. */
  readonly versions: readonly ModelVersion[];
  /** Every stage that any version ever stood in; the version that stands there now. */
  readonly stages: Readonly<Record<string, TaggedEvent<AssignEvent> | undefined>>;
  /** Every event in order, the newest last. */
  readonly events: readonly TaggedEvent[];
  /** Requests that nobody has decided yet. */
  readonly requests: readonly ForeignTag[];
  /** Tags that cannot be read or contradict the others, with why; they count for nothing. */
  readonly problems: readonly { readonly tag: string; readonly problem: string }[];
  /** The largest counter of any tag of the model, foreign ones too; 0 when there is none. */
  readonly counter: number;
  /** The last event's tag object: what the next event has to name as `after`. */
  readonly head: ObjectId | undefined;
  /** The tag of the last event is not here: it was deleted, or is on its way. */
  readonly headMissing?: true;
}

export interface ModelVersion {
  readonly name: VersionName;
  readonly commit: ObjectId;
  readonly digest?: Digest;
  readonly registered: TaggedEvent<RegisterEvent> | ForeignTag;
  readonly archived: boolean;
  /** Stages where it stands now. */
  readonly stages: readonly string[];
}
