import type { OfVersion, PlanOutcome, Readiness } from '../fleet.ts';
import type { Group } from './messages.ts';

/** What several processes did with the same plan: a version is loaded where all have loaded it. */
export function outcomeTogether(outcomes: readonly PlanOutcome[]): PlanOutcome {
  const [first, ...others] = outcomes;
  if (first === undefined) return { loaded: [], refused: [], retired: [] };
  const refused = new Map(
    outcomes.flatMap((outcome) => outcome.refused).map((one) => [keyOf(one), one] as const),
  );
  const inAll = (member: 'loaded' | 'retired'): readonly OfVersion[] =>
    first[member].filter((one) =>
      others.every((outcome) => outcome[member].some((other) => keyOf(other) === keyOf(one))),
    );
  return { loaded: inAll('loaded'), refused: [...refused.values()], retired: inAll('retired') };
}

/** Ready when every process is; the words of the first that is not. */
export function readinessTogether(all: readonly (Readiness | undefined)[], wanted: number): Readiness {
  const known = all.flatMap((readiness) => readiness ?? []);
  const ready = known.filter((readiness) => readiness.ready).length;
  const shown = known.find((readiness) => !readiness.ready) ?? known[0] ?? { ready: false, models: {} };
  return inGroup(shown, { ready, wanted });
}

/** The readiness of a process that is one of some. */
export function inGroup(own: Readiness, { ready, wanted }: Group): Readiness {
  if (ready >= wanted) return own;
  const note = `${ready} of ${wanted} processes are ready`;
  return { ...own, ready: false, notes: [...(own.notes ?? []), note] };
}

function keyOf({ model, version }: OfVersion): string {
  return `${model} ${version}`;
}
