import type { Json } from '../../../src/base/index.ts';
import { canonicalJson, success } from '../../../src/base/index.ts';
import type { ObjectId, Tag } from '../../../src/git/index.ts';
import { replay, startPosition } from '../../../src/registry/fold/replay.ts';
import type {
  EventDraft,
  Ledger,
  ModelState,
  RegistryEvent,
  TaggedEvent,
} from '../../../src/registry/index.ts';
import { tagOf } from '../../../src/registry/index.ts';
import { registration } from '../rig.ts';
import { commitOf, makeTag, stateOf } from '../tags.ts';

/** The book of one model in memory, with the compare-and-swap of the real one, for every interleaving. */
export class MemoryBook {
  readonly model = 'heart-disease';
  readonly tags: Tag[] = [];
  head: ObjectId | undefined;
  lost = 0;
  #second = 1_780_000_000;

  state(): Promise<ModelState> {
    return stateOf(this.model, this.tags, this.head);
  }

  /** A tag of another program, or typed by hand; like Git, it refuses a second one of a name. */
  foreign(name: string, target: ObjectId, message = 'by hand'): boolean {
    if (this.tags.some((tag) => tag.name === name)) return false;
    this.tags.push(makeTag(name, target, message, this.#second++));
    return true;
  }

  /** As one writer sees it; `step` is awaited before each look and each append, so that others can come between. */
  ledger(step: (what: string) => Promise<void> = async () => undefined): Ledger {
    const ledger: Ledger = {
      place: { kind: 'local' },
      models: async () => success([this.model]),
      states: async () => success([await this.state()]),
      refresh: async () => success(undefined),
      state: async () => {
        await step('look');
        return success(await this.state());
      },
      append: async (draft, on, { commit, time }) => {
        await step('append');
        const event = this.#append(draft, on, { commit, time });
        if (event === undefined) return success({ kind: 'lost' });
        return success({ kind: 'done', event, state: await this.state() });
      },
    };
    return ledger;
  }

  #append(
    draft: EventDraft,
    on: ModelState,
    { commit, time }: { readonly commit: ObjectId; readonly time: Date },
  ): TaggedEvent | undefined {
    const kept = { version: 1 as const, model: this.model, at: time.toISOString(), after: on.head ?? null };
    const event = (
      draft.kind === 'register'
        ? { ...draft, ...kept, commit }
        : { ...draft, ...kept, counter: on.counter + 1 }
    ) as RegistryEvent;
    const tag = tagOf(event);
    if (this.head !== on.head || this.tags.some(({ name }) => name === tag)) {
      this.lost++;
      return undefined;
    }
    const position = startPosition();
    for (const before of on.events) replay(position, before);
    const problem = replay(position, { tag, id: '', commit, event });
    if (problem !== undefined) throw new Error(`illegal: ${tag}: ${problem}`);
    const written = makeTag(tag, commit, canonicalJson(event as unknown as Json), this.#second++);
    this.tags.push(written);
    this.head = written.id;
    return { tag, id: written.id!, commit, event };
  }

  /** So many versions, each at a commit of its own. */
  async withVersions(...names: readonly string[]): Promise<this> {
    for (const name of names) {
      const done = await this.ledger().append(registration(name), await this.state(), {
        commit: commitOf(name),
        time: new Date('2026-03-01T12:00:00Z'),
      });
      if (!done.ok || done.value.kind === 'lost') throw new Error('lost');
    }
    return this;
  }
}
