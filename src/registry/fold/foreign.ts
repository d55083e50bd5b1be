import type { ForeignTag, ModelState, ModelVersion, TaggedEvent } from '../state.ts';
import type { ReadTag } from '../tags/read-tag.ts';
import type { Position } from './replay.ts';

/** A tag that counts for nothing by itself: of GTO, typed by hand, or without the signature that is asked for. */
export function foreignTag({ tag, id, commit, name, by, at }: ReadTag): readonly ForeignTag[] {
  if (name.kind === 'created' || name.kind === 'deprecated') return [];
  const of =
    name.kind === 'register' || name.kind === 'archive' ? { name: name.name } : { stage: name.stage };
  return [
    {
      tag,
      id,
      commit,
      model: name.model,
      kind: name.kind,
      ...of,
      ...(name.counter === undefined ? {} : { counter: name.counter }),
      ...(by === undefined ? {} : { by: { name: by, proof: 'nobody' } }),
      ...(at === undefined ? {} : { at }),
    },
  ];
}

/** Foreign assignments that no event has answered, and that nobody took back; each with the version at its commit. */
export function openRequests(
  foreign: readonly ForeignTag[],
  events: readonly TaggedEvent[],
  versions: readonly ModelVersion[],
): ModelState['requests'] {
  const answered = answeredTags(events);
  const takenBack = new Map<string, number>();
  for (const { kind, stage, commit, counter } of foreign) {
    if (kind !== 'unassign') continue;
    const key = `${stage} ${commit}`;
    takenBack.set(key, Math.max(takenBack.get(key) ?? -1, counter ?? 0));
  }
  const names = namesByCommit(versions);
  return foreign
    .filter(({ kind, tag }) => kind === 'assign' && !answered.has(tag))
    .filter(({ stage, commit, counter }) => (takenBack.get(`${stage} ${commit}`) ?? -1) < (counter ?? 0))
    .map((request) => {
      const at = names.get(request.commit) ?? [];
      return at.length === 1 ? { ...request, name: at[0]! } : request;
    })
    .sort((a, b) => (a.counter ?? 0) - (b.counter ?? 0) || (a.tag < b.tag ? -1 : 1));
}

/** The tags that an event completes or refuses. */
export function answeredTags(events: readonly TaggedEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ event }) => ('request' in event && event.request !== undefined ? [event.request] : [])),
  );
}

/** Foreign tags that would change something if they counted: people have to be told that they do not. */
export function pointlessTags(foreign: readonly ForeignTag[], position: Position): ModelState['problems'] {
  const commits = new Map<string, string>();
  for (const [stage, there] of position.stages) if (there !== undefined) commits.set(stage, there.commit);
  return foreign.flatMap(({ tag, kind, stage, commit, name }) => {
    if (kind === 'unassign' && commits.get(stage!) === commit) {
      return [
        { tag, problem: `it takes nothing away: "trainyard rollback" changes what stands in ${stage}` },
      ];
    }
    if (kind === 'archive' && position.versions.get(name!)?.archived === false) {
      return [{ tag, problem: `it archives nothing: "trainyard archive" does` }];
    }
    return [];
  });
}

function namesByCommit(versions: readonly ModelVersion[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { commit, name } of versions) names.set(commit, [...(names.get(commit) ?? []), name]);
  return names;
}
