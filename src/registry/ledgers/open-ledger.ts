import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId, Ref, Tag } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import { foldTags } from '../fold/fold.ts';
import type { Ledger } from '../ledger.ts';
import type { ModelState } from '../state.ts';
import type { MessageCodec } from '../tags/message.ts';
import { messageCodec } from '../tags/message.ts';
import type { ReadTag } from '../tags/read-tag.ts';
import { readRegistryTag } from '../tags/read-tag.ts';
import { parseTagName, tagPrefixes } from '../tags/tag-name.ts';
import { append } from './append.ts';
import type { LedgerOptions } from './options.ts';
import { refresh } from './refresh.ts';
import { exactRef, lastEventRef, lastEventRefs } from './refs.ts';
import type { Depth } from './signed-fold.ts';
import { foldSigned } from './signed-fold.ts';

/** The book of a repository, or of its remote where it has one. Nothing is fetched before `refresh`. */
export function openLedger(options: LedgerOptions): Ledger {
  const { repository, remote } = options;
  const ledger: Ledger = {
    place: remote === undefined ? { kind: 'local' } : { kind: 'remote', url: remote.url },
    models: async () => {
      const names = await repository.listTags('');
      if (!names.ok) return names;
      const models = new Set(names.value.flatMap((tag) => parseTagName(tag)?.model ?? []));
      return success([...models].sort());
    },
    state: (model) => stateOf(options, model),
    states: () => allStates(options),
    refresh: (model) => refresh(options, model),
    append: (draft, on, appendOptions) => append(options, ledger, draft, on, appendOptions),
  };
  return ledger;
}

const tries = 5;

/** Others write while this reads: it counts when the last event was the same one before and after. */
async function stateOf(options: LedgerOptions, model: string): Promise<Result<ModelState, RegistryFailure>> {
  const { repository } = options;
  const codec = await messageCodec();
  let last = await exactRef(repository, lastEventRef(model));
  for (let round = 1; ; round++) {
    const tags: Tag[] = [];
    for (const prefix of tagPrefixes(model)) {
      const read = await repository.readTags(prefix);
      if (!read.ok) return read;
      tags.push(...read.value);
    }
    const before = last;
    last = await exactRef(repository, lastEventRef(model));
    if (!before.ok) return before;
    if (!last.ok) return last;
    if (before.value !== last.value && round < tries) continue;
    const read = readAll(tags, codec);
    return await fold({ options, model, tags: read, last: last.value, sources: byId(tags), depth: 'all' });
  }
}

async function allStates(options: LedgerOptions): Promise<Result<readonly ModelState[], RegistryFailure>> {
  const { repository } = options;
  const codec = await messageCodec();
  let refs = await repository.listRefs(lastEventRefs);
  let tags = await repository.readTags('');
  for (let round = 1; ; round++) {
    const before = refs;
    refs = await repository.listRefs(lastEventRefs);
    if (!before.ok || !refs.ok || !tags.ok || round === tries || sameRefs(before.value, refs.value)) break;
    tags = await repository.readTags('');
  }
  if (!tags.ok) return tags;
  if (!refs.ok) return refs;
  const lastOf = new Map(refs.value.map(({ name, id }) => [name, id]));
  const byModel = new Map<string, ReadTag[]>();
  for (const read of readAll(tags.value, codec)) {
    const { model } = read.name;
    const others = byModel.get(model);
    if (others === undefined) byModel.set(model, [read]);
    else others.push(read);
  }
  const sources = options.signatures === undefined ? new Map() : byId(tags.value);
  const states: ModelState[] = [];
  for (const model of [...byModel.keys()].sort()) {
    const last = lastOf.get(lastEventRef(model));
    const state = await fold({
      options,
      model,
      tags: byModel.get(model)!,
      last,
      sources,
      depth: 'now',
    });
    if (!state.ok) return failed(state.failure);
    states.push(state.value);
  }
  return success(states);
}

function sameRefs(before: readonly Ref[], after: readonly Ref[]): boolean {
  const ids = new Map(before.map(({ name, id }) => [name, id]));
  return before.length === after.length && after.every(({ name, id }) => ids.get(name) === id);
}

function readAll(tags: readonly Tag[], codec: MessageCodec): readonly ReadTag[] {
  return tags.flatMap((tag) => readRegistryTag(tag, codec) ?? []);
}

interface Folding {
  readonly options: LedgerOptions;
  readonly model: string;
  readonly tags: readonly ReadTag[];
  readonly last: ObjectId | undefined;
  /** What the tags were read from, by tag object. */
  readonly sources: ReadonlyMap<ObjectId, Tag>;
  readonly depth: Depth;
}

async function fold({
  options,
  model,
  tags,
  last,
  sources,
  depth,
}: Folding): Promise<Result<ModelState, RegistryFailure>> {
  // The prefix `a@` also begins tags of no model, and `a=b@` those of the model `a:b`.
  const own = { model, tags: tags.filter(({ name }) => name.model === model), last };
  const check = options.signatures;
  if (check === undefined) return success(foldTags(own));
  return await foldSigned(own, sources, { check, depth });
}

function byId(tags: readonly Tag[]): ReadonlyMap<ObjectId, Tag> {
  return new Map(tags.flatMap((tag) => (tag.id === undefined ? [] : [[tag.id, tag] as const])));
}
