import type { Judgement } from '../decision.ts';
import type { Evidence } from './evidence.ts';

const day = 86_400_000;
/** Clocks of two machines may differ by so much. */
const slack = 300_000;

/** The run that measured the version started at most so many days ago: it read the data then. */
export function judgeFreshness(
  maxAgeDays: number,
  { startedAt, now }: Pick<Evidence, 'startedAt' | 'now'>,
): Judgement {
  if ('problem' in startedAt) return open(`when it was evaluated is not known: ${startedAt.problem}`);
  const start = Date.parse(startedAt.at);
  const age = now.getTime() - start;
  if (Number.isNaN(age)) return open(`its run started at ${JSON.stringify(startedAt.at)}, which is no time`);
  if (age < -slack)
    return open(`its run started at ${startedAt.at}, which has not come yet: a clock is wrong`);
  const days = Math.max(0, age / day);
  const shown = days < 10 ? days.toFixed(1) : Math.floor(days).toString();
  const fits = days <= maxAgeDays;
  return {
    verdict: fits ? 'pass' : 'fail',
    because: `evaluated on data read ${shown} days ago, and ${fits ? 'up to' : 'only'} ${maxAgeDays} are allowed`,
  };
}

function open(because: string): Judgement {
  return { verdict: 'inconclusive', because };
}
