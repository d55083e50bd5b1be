import type { ObjectId } from '../../git/index.ts';
import { newestFirst } from '../names.ts';
import type { ForeignTag, ModelState, ModelVersion, TaggedEvent } from '../state.ts';
import type { ReadTag } from '../tags/read-tag.ts';
import { largestCounter } from '../tags/tag-name.ts';
import { chainOf } from './chain.ts';
import { answeredTags, foreignTag, openRequests, pointlessTags } from './foreign.ts';
import type { Position } from './replay.ts';
import { replay, startPosition } from './replay.ts';

export interface FoldOptions {
  readonly model: string;
  readonly tags: readonly ReadTag[];
  /** What `refs/trainyard/registry/<model>` points to. */
  readonly last: ObjectId | undefined;
  /** Tags with a message of ours whose signature does not count, although one is asked for. */
  readonly unsigned?: ReadonlySet<ObjectId>;
}

/**
 * What the tags of a model come to. Never throws, whatever they say; the order in which they are given makes no
 * difference; and tags that are not of ours never change what stands in a stage.
 */
export function foldTags({ model, tags, last, unsigned = new Set() }: FoldOptions): ModelState {
  const problems: { tag: string; problem: string }[] = [];
  const own: Link[] = [];
  const foreign: ForeignTag[] = [];
  for (const tag of withoutDoubles(tags)) {
    const tooLarge = (tag.name.counter ?? 0) > largestCounter;
    if (tooLarge) problems.push({ tag: tag.tag, problem: `its number is larger than ${largestCounter}` });
    else if (tag.says.kind === 'broken') problems.push({ tag: tag.tag, problem: tag.says.problem });
    else if (tag.says.kind === 'event') own.push(linkOf(tag, tag.says.event));
    else foreign.push(...foreignTag(tag));
    if (tag.name.kind === 'deprecated') {
      problems.push({ tag: tag.tag, problem: 'GTO hides the whole model by it; it counts for nothing here' });
    }
  }
  const chain = chainOf(own, last);
  problems.push(...chain.problems);
  const position = startPosition();
  const events: TaggedEvent[] = [];
  for (const { read, tagged } of chain.links) {
    if (unsigned.has(tagged.id)) {
      // What it would add is asked for; what it would take away is not.
      if (tagged.event.kind === 'register' || tagged.event.kind === 'assign')
        foreign.push(...foreignTag(read));
      else problems.push({ tag: tagged.tag, problem: 'it is signed by nobody among the allowed signers' });
      continue;
    }
    const problem = replay(position, tagged);
    if (problem === undefined) events.push(tagged);
    else problems.push({ tag: tagged.tag, problem });
  }
  // A message of ours in a tag that is in no chain was typed by somebody: it asks, as a foreign tag does.
  for (const { read } of chain.outside) if (read.name.kind === 'assign') foreign.push(...foreignTag(read));
  const answered = answeredTags(events);
  const versions = versionsOf(position, foreign);
  problems.push(...pointlessTags(foreign, position));
  return {
    model,
    versions,
    stages: stagesOf(position),
    events,
    requests: openRequests(foreign, events, versions),
    problems: problems
      .filter(({ tag }) => !answered.has(tag))
      .sort((a, b) => compare(a.tag, b.tag) || compare(a.problem, b.problem)),
    counter: tags.reduce((most, { name }) => Math.max(most, counted(name.counter)), 0),
    head: last ?? chain.links.at(-1)?.id,
    ...(last !== undefined && !own.some(({ id }) => id === last) ? { headMissing: true as const } : {}),
  };
}

interface Link {
  readonly tag: string;
  readonly id: ObjectId;
  readonly after: ObjectId | null;
  readonly counter?: number;
  readonly read: ReadTag;
  readonly tagged: TaggedEvent;
}

function linkOf(read: ReadTag, event: TaggedEvent['event']): Link {
  const { tag, id, commit } = read;
  const counter = event.kind === 'register' ? {} : { counter: event.counter };
  return { tag, id, after: event.after, ...counter, read, tagged: { tag, id, commit, event } };
}

/** Sorted, so that whatever is found is found in one order. */
function withoutDoubles(tags: readonly ReadTag[]): readonly ReadTag[] {
  const sorted = tags.toSorted((a, b) => compare(a.tag, b.tag) || compare(a.id, b.id));
  return sorted.filter((tag, i) => tag.tag !== sorted[i - 1]?.tag);
}

function versionsOf(position: Position, foreign: readonly ForeignTag[]): readonly ModelVersion[] {
  const stagesOfVersion = new Map<string, string[]>();
  for (const [stage, there] of position.stages) {
    if (there === undefined) continue;
    stagesOfVersion.set(there.event.name, [...(stagesOfVersion.get(there.event.name) ?? []), stage]);
  }
  const versions = new Map<string, ModelVersion>();
  for (const [name, { registered, archived }] of position.versions) {
    const stages = stagesOfVersion.get(name) ?? [];
    versions.set(name, {
      name,
      commit: registered.commit,
      digest: registered.event.digest,
      registered,
      archived,
      stages,
    });
  }
  for (const tag of foreign) {
    if (tag.kind !== 'register' || tag.name === undefined || versions.has(tag.name)) continue;
    const archived = foreign.some((other) => other.kind === 'archive' && other.name === tag.name);
    versions.set(tag.name, { name: tag.name, commit: tag.commit, registered: tag, archived, stages: [] });
  }
  return newestFirst(versions.values());
}

/** Without a prototype: a stage may be called `constructor`. */
function stagesOf(position: Position): ModelState['stages'] {
  return Object.assign(Object.create(null), Object.fromEntries(position.stages)) as ModelState['stages'];
}

function counted(counter: number | undefined): number {
  return counter === undefined || counter > largestCounter ? 0 : counter;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
