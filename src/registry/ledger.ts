import type { Result } from '../base/index.ts';
import type { ObjectId } from '../git/index.ts';
import type { ArchiveEvent, AssignEvent, RegisterEvent, UnassignEvent } from './event.ts';
import type { RegistryFailure } from './failures.ts';
import type { ModelState, TaggedEvent } from './state.ts';

/**
 * The tags of all models as one book per model, in which every line names the line before. It stands on the remote
 * when there is one (then the tags of this clone are a copy), else in this repository. An append moves two refs at
 * once, both or none: the new tag, which must not exist, and `refs/trainyard/registry/<model>`, which must still be
 * the event that the writer saw last. So there is one order, and no clock in it.
 */
export interface Ledger {
  readonly place: { readonly kind: 'local' } | { readonly kind: 'remote'; readonly url: string };
  /** Names of all models, sorted. */
  models(): Promise<Result<readonly string[], RegistryFailure>>;
  /** A model that no tag names has an empty state. */
  state(model: string): Promise<Result<ModelState, RegistryFailure>>;
  /** Of all models, sorted by name, in one pass over the tags. */
  states(): Promise<Result<readonly ModelState[], RegistryFailure>>;
  /** Brings the newest tags from the remote; does nothing where there is none. */
  refresh(model?: string): Promise<Result<void, RegistryFailure>>;
  /** `lost`: somebody else was faster; take `state` again, which shows what they did, and decide anew. */
  append(
    draft: EventDraft,
    on: ModelState,
    options: AppendOptions,
  ): Promise<Result<Appended, RegistryFailure>>;
}

/** An event without what the book gives it: its format, its place in the order, and when. */
export type EventDraft =
  | Omit<RegisterEvent, BookKept>
  | Omit<AssignEvent, BookKept>
  | Omit<UnassignEvent, BookKept>
  | Omit<ArchiveEvent, BookKept>;

type BookKept = 'version' | 'model' | 'at' | 'after' | 'counter' | 'commit';

export interface AppendOptions {
  /**
   * For a registration the commit of the run's code, for a refusal that of the request. Other events stand where their
   * version stands, whatever is given here.
   */
  readonly commit: ObjectId;
  readonly time: Date;
  readonly signingKey?: string;
}

export type Appended =
  | { readonly kind: 'done'; readonly event: TaggedEvent; readonly state: ModelState }
  | { readonly kind: 'lost' };
