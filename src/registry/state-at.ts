import type { AssignEvent } from './event.ts';
import { replay, startPosition } from './fold/replay.ts';
import type { ModelState, TaggedEvent } from './state.ts';

/** What was where at a moment. */
export interface PastState {
  readonly model: string;
  readonly at: Date;
  /** As in `ModelState`, then. */
  readonly stages: Readonly<Record<string, TaggedEvent<AssignEvent> | undefined>>;
  readonly events: readonly TaggedEvent[];
  /** Events whose clock contradicts their place in the order. */
  readonly doubts: readonly { readonly tag: string; readonly because: string }[];
}

/**
 * The order of the events is known, and each has the time of its writer's clock. Where clocks ran wrong, no place in
 * the order agrees with all of them; then the moment is put where it contradicts the fewest, the latest such place,
 * and those are named.
 */
export function stateAt(state: ModelState, at: Date): PastState {
  const times = timesOf(state.events);
  const moment = at.getTime();
  // With nothing before the moment, every event that says it was before contradicts.
  let contradictions = times.filter((time) => time <= moment).length;
  let fewest = contradictions;
  let length = 0;
  for (const [i, time] of times.entries()) {
    contradictions += time > moment ? 1 : -1;
    if (contradictions <= fewest) {
      fewest = contradictions;
      length = i + 1;
    }
  }
  const events = state.events.slice(0, length);
  const position = startPosition();
  for (const tagged of events) replay(position, tagged);
  const doubts = state.events.flatMap(({ tag, event }, i) => {
    const isBefore = i < length;
    if (times[i]! <= moment === isBefore) return [];
    return [
      {
        tag,
        because: isBefore
          ? `its clock said ${event.at}, later than that, but it comes before events that were written by then`
          : `its clock said ${event.at}, but it comes after events that were written later than that`,
      },
    ];
  });
  return {
    model: state.model,
    at,
    stages: Object.assign(Object.create(null), Object.fromEntries(position.stages)) as PastState['stages'],
    events,
    doubts,
  };
}

/** What is no time for JavaScript (a leap second) is taken for that of the event before. */
function timesOf(events: readonly TaggedEvent[]): readonly number[] {
  let last = Number.NEGATIVE_INFINITY;
  return events.map(({ event }) => {
    const time = Date.parse(event.at);
    if (!Number.isNaN(time)) last = time;
    return last;
  });
}
