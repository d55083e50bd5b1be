import type { ObjectId, Tag } from '../../git/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { MessageCodec } from './message.ts';
import type { TagName } from './tag-name.ts';
import { parseTagName, tagOf } from './tag-name.ts';

/** A tag of the registry, as it says itself: nothing is compared with other tags yet. */
export interface ReadTag {
  readonly tag: string;
  readonly name: TagName;
  /** Of the tag object; of what it points to where it is a lightweight tag. */
  readonly id: ObjectId;
  readonly commit: ObjectId;
  readonly by?: string;
  /** ISO 8601, UTC: the date of the tag. */
  readonly at?: string;
  readonly signed: boolean;
  readonly says:
    | { readonly kind: 'event'; readonly event: RegistryEvent }
    | { readonly kind: 'foreign' }
    | { readonly kind: 'broken'; readonly problem: string };
}

/** `undefined` for a tag outside of the grammar. */
export function readRegistryTag(tag: Tag, codec: MessageCodec): ReadTag | undefined {
  const name = parseTagName(tag.name);
  if (name === undefined) return undefined;
  return {
    tag: tag.name,
    name,
    id: tag.id ?? tag.target,
    commit: tag.target,
    ...(tag.tagger === undefined
      ? {}
      : { by: `${tag.tagger.name} <${tag.tagger.email}>`, ...dateOf(tag.tagger.time) }),
    signed: tag.signature !== undefined,
    says: tag.id === undefined ? { kind: 'foreign' } : whatItSays(tag, codec),
  };
}

function whatItSays(tag: Tag, codec: MessageCodec): ReadTag['says'] {
  const message = codec.decode(tag.message ?? '');
  if (message.kind !== 'event') return message;
  const expected = tagOf(message.event);
  if (expected === tag.name) return message;
  return { kind: 'broken', problem: `its message is that of the tag ${expected}` };
}

function dateOf(time: Date): { readonly at?: string } {
  return Number.isNaN(time.getTime()) ? {} : { at: time.toISOString() };
}
