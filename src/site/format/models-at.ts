import type { AssignEvent, ModelState, TaggedEvent } from '../../registry/index.ts';
import { stateAt } from '../../registry/state-at.ts';
import type { ModelEvent, ModelFile } from './models.ts';

/** What was where at a moment, by the registry's own rules. */
export interface PastStages {
  readonly at: Date;
  /** In the order of the file's stages. */
  readonly stages: readonly {
    readonly stage: string;
    readonly there?: Extract<ModelEvent, { readonly kind: 'assign' }>;
  }[];
  /** How many events had happened. */
  readonly events: number;
  /** Tags whose clock contradicts their place in the order. */
  readonly doubts: readonly { readonly tag: string; readonly because: string }[];
}

export function stagesAt(
  { name, events, stages }: Pick<ModelFile, 'name' | 'events' | 'stages'>,
  at: Date,
): PastStages {
  const known = new Map(events.map((event) => [event.tag, event]));
  const past = stateAt({ model: name, events: events.map(tagged) } as unknown as ModelState, at);
  return {
    at,
    stages: stages.map(({ name: stage }) => {
      const tag = past.stages[stage]?.tag;
      const there = tag === undefined ? undefined : known.get(tag);
      return { stage, ...(there?.kind === 'assign' ? { there } : {}) };
    }),
    events: past.events.length,
    doubts: past.doubts,
  };
}

function tagged({ tag, id, commit, ...event }: ModelEvent): TaggedEvent {
  return { tag, id, commit, event: event as unknown as AssignEvent };
}

/** How long a version stood in a stage. */
export interface StageSpan {
  readonly stage: string;
  readonly version: string;
  /** Milliseconds since 1970; never before the span before it, whatever the clocks said. */
  readonly from: number;
  /** Absent: it stands there now. */
  readonly to?: number;
  readonly by: Extract<ModelEvent, { readonly kind: 'assign' }>;
  /** What ended it. */
  readonly ended?: ModelEvent;
}

/**
 * The history of every stage as spans, in the order of the registry. Where a clock ran backwards, the moment is put at
 * the latest one so far: spans never overlap.
 */
export function spansOf({ events }: Pick<ModelFile, 'events'>): readonly StageSpan[] {
  const open = new Map<string, StageSpan>();
  const spans: StageSpan[] = [];
  // A moment that no clock has, such as a leap second, is put at the first that is known.
  let latest = events.map(({ at }) => Date.parse(at)).find((time) => !Number.isNaN(time)) ?? 0;
  const close = (stage: string, ended: ModelEvent): void => {
    const span = open.get(stage);
    if (span !== undefined) spans.push({ ...span, to: latest, ended });
    open.delete(stage);
  };
  for (const event of events) {
    const time = Date.parse(event.at);
    if (!Number.isNaN(time)) latest = Math.max(latest, time);
    if (event.kind === 'assign') {
      close(event.stage, event);
      open.set(event.stage, { stage: event.stage, version: event.name, from: latest, by: event });
    } else if (event.kind === 'unassign' && event.cause === 'withdrawn') close(event.stage, event);
  }
  return [...spans, ...open.values()].sort((a, b) => a.from - b.from);
}
