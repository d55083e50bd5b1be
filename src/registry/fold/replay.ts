import type { ArchiveEvent, AssignEvent, RegisterEvent, RegistryEvent, UnassignEvent } from '../event.ts';
import type { TaggedEvent } from '../state.ts';

/** What the events so far came to. Only the replay changes it. */
export interface Position {
  readonly versions: Map<string, { readonly registered: TaggedEvent<RegisterEvent>; archived: boolean }>;
  /** Every stage that was ever assigned, in the order of their first event. */
  readonly stages: Map<string, TaggedEvent<AssignEvent> | undefined>;
  counter: number;
}

export function startPosition(): Position {
  return { versions: new Map(), stages: new Map(), counter: 0 };
}

/** Carries out an event, or says why it is not legal where it stands; then it has changed nothing. */
export function replay(position: Position, tagged: TaggedEvent): string | undefined {
  const { event } = tagged;
  const problem =
    event.kind !== 'register' && event.counter <= position.counter
      ? `its number ${event.counter} does not come after ${position.counter}`
      : problemOf(position, tagged, event);
  if (problem === undefined) carryOut(position, tagged, event);
  return problem;
}

function problemOf(position: Position, tagged: TaggedEvent, event: RegistryEvent): string | undefined {
  switch (event.kind) {
    case 'register':
      return position.versions.has(event.name) ? `${event.name} is registered already` : undefined;
    case 'assign':
      return problemOfAssign(position, tagged, event);
    case 'unassign':
      return event.cause === 'refused' ? undefined : problemOfWithdrawal(position, event);
    case 'archive':
      return problemOfArchive(position, tagged, event);
  }
}

function problemOfAssign(position: Position, tagged: TaggedEvent, event: AssignEvent): string | undefined {
  const version = position.versions.get(event.name);
  if (version?.archived === true) return `${event.name} is archived`;
  return problemOfSubject(position, tagged, event);
}

function problemOfWithdrawal(position: Position, event: UnassignEvent): string | undefined {
  const there = position.stages.get(event.stage)?.event.name;
  if (there !== undefined && there === event.name) return undefined;
  return there === undefined
    ? `no version stands in ${event.stage}`
    : `${there} stands in ${event.stage}, and not ${event.name ?? 'what it takes away'}`;
}

function problemOfArchive(position: Position, tagged: TaggedEvent, event: ArchiveEvent): string | undefined {
  const subject = problemOfSubject(position, tagged, event);
  if (subject !== undefined) return subject;
  if (position.versions.get(event.name)!.archived) return `${event.name} is archived already`;
  const stages = [...position.stages].filter(([, there]) => there?.event.name === event.name);
  return stages.length === 0
    ? undefined
    : `${event.name} stands in ${stages.map(([stage]) => stage).join(' and ')}`;
}

/** The version has to be registered, as this model, at this commit. */
function problemOfSubject(
  { versions }: Position,
  { commit }: TaggedEvent,
  { name, digest }: AssignEvent | ArchiveEvent,
): string | undefined {
  const registered = versions.get(name)?.registered;
  if (registered === undefined) return `${name} is not registered`;
  if (registered.event.digest !== digest) return `${name} is registered with another digest`;
  return registered.commit === commit ? undefined : `${name} is registered at another commit`;
}

function carryOut(position: Position, tagged: TaggedEvent, event: RegistryEvent): void {
  if (event.kind !== 'register') position.counter = event.counter;
  switch (event.kind) {
    case 'register':
      position.versions.set(event.name, {
        registered: tagged as TaggedEvent<RegisterEvent>,
        archived: false,
      });
      return;
    case 'assign':
      position.stages.set(event.stage, tagged as TaggedEvent<AssignEvent>);
      return;
    case 'unassign':
      if (event.cause === 'withdrawn') position.stages.set(event.stage, undefined);
      return;
    case 'archive':
      position.versions.get(event.name)!.archived = true;
  }
}
