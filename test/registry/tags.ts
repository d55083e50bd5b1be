import { createHash } from 'node:crypto';
import type { Json } from '../../src/base/index.ts';
import { canonicalJson, digestOfBytes } from '../../src/base/index.ts';
import type { ObjectId, Tag } from '../../src/git/index.ts';
import { foldTags } from '../../src/registry/fold/fold.ts';
import type { ModelState, RegistryEvent } from '../../src/registry/index.ts';
import { messageCodec } from '../../src/registry/tags/message.ts';
import { readRegistryTag } from '../../src/registry/tags/read-tag.ts';
import { tagOf } from '../../src/registry/tags/tag-name.ts';

/** Tags as Git would give them, made without Git: an id is the digest of what the tag holds. */
export function makeTag(name: string, target: ObjectId, message: string, time = 1_780_000_000): Tag {
  const id = sha1(JSON.stringify([name, target, message, time]));
  const tagger = { name: 'Ada', email: 'ada@example.org', time: new Date(time * 1000) };
  return { name, target, id, message, tagger };
}

export function sha1(text: string): ObjectId {
  return createHash('sha1').update(text).digest('hex');
}

export const digestOf = (name: string): RegistryEvent['at'] & ReturnType<typeof digestOfBytes> =>
  digestOfBytes(name);
export const commitOf = (name: string): ObjectId => sha1(`commit of ${name}`);

type Draft = Partial<Record<string, unknown>> & Pick<RegistryEvent, 'kind'>;

/** A book of one model that is written as the ledger writes it, without judging what is written. */
export class Book {
  readonly model: string;
  readonly tags: Tag[] = [];
  head: ObjectId | null = null;
  counter = 0;
  #second = 1_780_000_000;

  constructor(model = 'heart-disease') {
    this.model = model;
  }

  register(name: string, over: object = {}): Tag {
    return this.add({
      kind: 'register',
      name,
      digest: digestOf(name),
      commit: commitOf(name),
      run: '20260301-120000-0123abcd',
      pipeline: this.model,
      record: digestOf(`record ${name}`),
      bump: { rule: 'named', because: 'a test says so' },
      metrics: { roc_auc: { value: 0.9, low: 0.85, high: 0.94 } },
      ...over,
    });
  }

  assign(name: string, stage: string, over: object = {}): Tag {
    return this.add({
      kind: 'assign',
      name,
      digest: digestOf(name),
      stage,
      cause: 'promotion',
      checks: [{ check: 'gate', verdict: 'pass', because: 'roc_auc 0.90 is at least 0.85' }],
      ...over,
    });
  }

  unassign(name: string, stage: string, over: object = {}): Tag {
    return this.add({
      kind: 'unassign',
      name,
      digest: digestOf(name),
      stage,
      cause: 'withdrawn',
      checks: [],
      ...over,
    });
  }

  archive(name: string, over: object = {}): Tag {
    return this.add({ kind: 'archive', name, digest: digestOf(name), ...over });
  }

  /** Of no message of ours, as GTO or a person makes it. */
  foreign(name: string, target: ObjectId): Tag {
    const tag = makeTag(name, target, 'by hand', this.#second++);
    this.tags.push(tag);
    return tag;
  }

  add(draft: Draft): Tag {
    const event = {
      version: 1,
      model: this.model,
      by: { name: '@ada', proof: 'nobody' },
      at: new Date(this.#second * 1000).toISOString(),
      after: this.head,
      ...(draft.kind === 'register' ? {} : { counter: ++this.counter }),
      ...draft,
    } as unknown as RegistryEvent;
    const target = event.name === undefined ? commitOf('none') : commitOf(event.name);
    const tag = makeTag(tagOf(event), target, canonicalJson(event as unknown as Json), this.#second++);
    this.tags.push(tag);
    this.head = tag.id!;
    return tag;
  }

  async state(
    options: { readonly without?: readonly string[]; readonly last?: ObjectId | undefined } = {},
  ): Promise<ModelState> {
    const tags = this.tags.filter(({ name }) => options.without?.includes(name) !== true);
    return await stateOf(this.model, tags, 'last' in options ? options.last : (this.head ?? undefined));
  }
}

export async function stateOf(model: string, tags: readonly Tag[], last?: ObjectId): Promise<ModelState> {
  const codec = await messageCodec();
  const read = tags.flatMap((tag) => readRegistryTag(tag, codec) ?? []);
  return foldTags({ model, tags: read.filter(({ name }) => name.model === model), last });
}

/** What stands where: `{ production: 'v1.0.0' }`. */
export function standing(state: ModelState): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(state.stages).map(([stage, there]) => [stage, there?.event.name]));
}
