import type { Verdict } from '../../../base/index.ts';
import type { Line, Span } from '../../document.ts';
import { line, span } from '../../document.ts';
import { decimalsOf, fixed, shownDifference } from '../../numbers.ts';
import type { ReportedMetric, ReportedNumber, ReportedRun } from '../pull-report.ts';

/** A text of others, as much of it as a line can hold. */
export function shownText(text: string, most = 80): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

export function term(text: string): Span {
  return span(shownText(text), 'term');
}

/** Ends as they are told to people: a run that failed without a verdict has failed. */
export function endingWord({ status, verdict }: ReportedRun): Verdict | 'failed' | 'cancelled' {
  if (status === 'cancelled') return 'cancelled';
  return status === 'failed' && verdict !== 'fail' ? 'failed' : verdict;
}

/** A mark for the eye; a word always stands beside it. */
export function markOf(ending: ReturnType<typeof endingWord>): string {
  switch (ending) {
    case 'pass':
      return '✅';
    case 'fail':
    case 'failed':
      return '❌';
    case 'inconclusive':
    case 'cancelled':
      return '⚠️';
  }
}

export function shownNumber(number: ReportedNumber | undefined, decimals: number): string {
  return number === undefined ? 'not measured' : fixedOrShort(number.value, decimals);
}

/** Digits that the intervals of both sides allow. */
export function decimalsOfMetric({ base, head, difference }: ReportedMetric): number {
  const known = [head, base, difference].flatMap((each) =>
    each?.low === undefined || each.high === undefined || each.low === each.high
      ? []
      : [decimalsOf({ value: each.value, low: each.low, high: each.high })],
  );
  return known.length === 0 ? 3 : Math.min(...known);
}

/** `+0.004 [-0.024, +0.035]` */
export function shownChange(difference: ReportedNumber | undefined, decimals: number): string {
  if (difference === undefined) return '';
  const { value, low, high } = difference;
  if (Math.abs(value) >= 1e9) return fixedOrShort(value, decimals);
  return low === undefined || high === undefined
    ? shownDifference(value, decimals)
    : shownDifference({ value, low, high }, decimals);
}

/** Numbers beyond what a table can hold are written as powers of ten. */
function fixedOrShort(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return 'no number';
  return Math.abs(value) >= 1e9 ? value.toExponential(2) : fixed(value, decimals);
}

/** What the difference means, in a word. */
export function readingWord({ reading, basis }: ReportedMetric): Line {
  const how = basis === 'unpaired' ? ' (unpaired)' : '';
  switch (reading) {
    case 'better':
      return line(span('better', 'good'), how);
    case 'worse':
      return line(span('worse', 'bad'), how);
    case 'noise':
      return line('noise', how);
    case 'same':
      return line('the same');
    default:
      return line('');
  }
}

/** `0.804 → 0.931` */
export function fromTo(
  base: ReportedNumber | undefined,
  head: ReportedNumber | undefined,
  decimals: number,
): string {
  return `${shownNumber(base, decimals)} → ${shownNumber(head, decimals)}`;
}

/** The word first, which one looks for: `better +0.127 [+0.060, +0.198]` */
export function changeWords(metric: ReportedMetric): Line {
  const change = metric.reading === 'same' ? '' : shownChange(metric.difference, decimalsOfMetric(metric));
  const word = readingWord(metric);
  if (change === '') return word;
  return word.every(({ text }) => text === '') ? line(change) : [...word, ...line(` ${change}`)];
}

/** `20261121-… at abc1234` */
export function runName({ id, commit, dirty }: ReportedRun): Line {
  return [
    span(id, 'name'),
    ...(commit === undefined ? [] : line(' at ', span(commit.slice(0, 7), 'name'))),
    ...(dirty ? line(' with uncommitted changes') : []),
  ];
}
