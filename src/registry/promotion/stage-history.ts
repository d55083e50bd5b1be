import type { VersionName } from '../event.ts';
import type { ModelState, TaggedEvent } from '../state.ts';

/** What a stage has seen. */
export interface StageHistory {
  /**
   * The versions that came one after the other, the oldest first; the last one stands there now, unless the stage was
   * emptied. A rollback takes away what it went back over, so that the next one goes further back and not to and fro.
   */
  readonly line: readonly VersionName[];
  /** Every version that ever stood there. */
  readonly ever: ReadonlySet<VersionName>;
  /** How versions left that did not make room for a newer one. */
  readonly expelled: ReadonlyMap<
    VersionName,
    { readonly how: 'rollback' | 'withdrawal'; readonly tag: string }
  >;
  /** The last event by which a version was taken away. */
  readonly lastExpulsion?: TaggedEvent;
}

export function stageHistory(state: ModelState, stage: string): StageHistory {
  let line: VersionName[] = [];
  const ever = new Set<VersionName>();
  const expelled = new Map<VersionName, { how: 'rollback' | 'withdrawal'; tag: string }>();
  let lastExpulsion: TaggedEvent | undefined;
  let present: VersionName | undefined;
  for (const tagged of state.events) {
    const { event, tag } = tagged;
    if (!('stage' in event) || event.stage !== stage) continue;
    if (event.kind === 'unassign') {
      if (event.cause !== 'withdrawn' || present === undefined) continue;
      expelled.set(present, { how: 'withdrawal', tag });
      line = line.slice(0, -1);
      present = undefined;
      lastExpulsion = tagged;
      continue;
    }
    const { name, cause } = event;
    ever.add(name);
    if (name === present) continue;
    if (cause === 'rollback') {
      if (present !== undefined) expelled.set(present, { how: 'rollback', tag });
      lastExpulsion = tagged;
      const at = line.lastIndexOf(name);
      line =
        at < 0 ? [...line.slice(0, present === undefined ? undefined : -1), name] : line.slice(0, at + 1);
    } else line = [...line, name];
    expelled.delete(name);
    present = name;
  }
  return { line, ever, expelled, ...(lastExpulsion === undefined ? {} : { lastExpulsion }) };
}

/** What a rollback would go back to: the version before the present one that is not archived. */
export function versionBefore(state: ModelState, stage: string): VersionName | undefined {
  const { line } = stageHistory(state, stage);
  const present = state.stages[stage]?.event.name;
  const archived = new Set(state.versions.filter((version) => version.archived).map(({ name }) => name));
  const before = present === undefined ? line : line.slice(0, -1);
  return before.findLast((name) => name !== present && !archived.has(name));
}
