import type { Json } from '../../base/index.ts';
import type { PlanOutcome } from '../fleet.ts';
import type { LogEntry } from './server-log.ts';

/** What became of a plan: what answers now, what answers no more, and what was refused. */
export function outcomeEntries({ loaded, retired, refused }: PlanOutcome): readonly LogEntry[] {
  const list = (versions: PlanOutcome['loaded']): string =>
    versions.map(({ model, version }) => `${model} ${version}`).join(', ');
  const changed = [
    ...(loaded.length === 0 ? [] : [`${list(loaded)} answers`]),
    ...(retired.length === 0 ? [] : [`${list(retired)} does not any more`]),
  ];
  const swap: LogEntry = {
    level: 'info',
    event: 'swap',
    message: changed.join('; '),
    facts: { loaded: loaded as unknown as Json, retired: retired as unknown as Json },
  };
  return [
    ...(changed.length === 0 ? [] : [swap]),
    ...refused.map(
      ({ model, version, failure }): LogEntry => ({
        level: 'error',
        event: 'refused',
        message: `${model} ${version} was refused: ${failure.message}`,
        facts: { model, version, code: failure.code },
      }),
    ),
  ];
}
