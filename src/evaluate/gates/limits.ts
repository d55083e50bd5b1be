import type { Verdict } from '../../base/index.ts';
import type { Estimate } from '../evaluation.ts';
import { shown, shownEstimate } from './sentence.ts';

export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * The value decides, not the interval: a limit is a promise about these rows that everyone can check by eye, and an
 * interval that had to clear it would fail good models on few rows. When the limit lies inside the interval, the
 * reason says that more rows could turn the verdict.
 */
export function judgeLimits(
  subject: string,
  estimate: Estimate,
  limits: Limits,
): { verdict: Verdict; reason: string } {
  const { min, max } = limits;
  if (min === undefined && max === undefined) {
    return { verdict: 'inconclusive', reason: `${subject}: the gate states no limit` };
  }
  const broken =
    min !== undefined && estimate.value < min
      ? min
      : max !== undefined && estimate.value > max
        ? max
        : undefined;
  const said = `${subject} ${shownEstimate(estimate, broken ?? min ?? max)}`;
  const between = [
    ...(min === undefined ? [] : [`at least ${shown(min)}`]),
    ...(max === undefined ? [] : [`at most ${shown(max)}`]),
  ].join(' and ');
  const sentence = broken === undefined ? `${said} is ${between}` : `${said} is not ${between}`;
  const inside = [min, max].find(
    (limit) => limit !== undefined && estimate.low < limit && limit < estimate.high,
  );
  return {
    verdict: broken === undefined ? 'pass' : 'fail',
    reason:
      inside === undefined
        ? sentence
        : `${sentence}; ${shown(inside)} lies inside the interval, so other rows may say otherwise`,
  };
}
