import type { ModelFile, StageSpan } from '@format';
import { spansOf } from '@format';

/** Milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Lane {
  readonly stage: string;
  /** From the oldest. */
  readonly spans: readonly StageSpan[];
}

/** A lane for each stage that anything ever stood in, in the order of the file. */
export function lanesOf(file: ModelFile): readonly Lane[] {
  const spans = spansOf(file);
  return file.stages
    .map(({ name }) => ({ stage: name, spans: spans.filter(({ stage }) => stage === name) }))
    .filter((lane) => lane.spans.length > 0);
}

/** From the first event to `now`, when the site was built, with some air at both ends. */
export function wholeRange(lanes: readonly Lane[], now: number): TimeRange {
  const starts = lanes.flatMap(({ spans }) => spans.map(({ from }) => from));
  const ends = lanes.flatMap(({ spans }) => spans.map(({ from, to }) => to ?? from));
  const from = Math.min(...starts, now);
  const to = Math.max(...ends, now, from + 60_000);
  const air = (to - from) * 0.02;
  return { from: from - air, to: to + air };
}

/** Where a span is in the range, in parts of its width; `undefined` where it is not. */
export function placeOf(
  { from, to }: Pick<StageSpan, 'from' | 'to'>,
  range: TimeRange,
  now: number,
): { readonly left: number; readonly width: number } | undefined {
  const end = to ?? Math.max(now, from);
  if (end < range.from || from > range.to) return undefined;
  const size = range.to - range.from;
  const left = Math.max(0, (from - range.from) / size);
  return { left, width: Math.max(0, Math.min(1, (end - range.from) / size) - left) };
}

/** A bar in parts of the width of its lane. */
export interface Bar {
  readonly span: StageSpan;
  readonly left: number;
  readonly width: number;
}

/**
 * Where the spans of a lane are drawn: at their place, but none narrower than `least` and none over another; those after
 * a short one move on. With more of them than there is room for, each gets the same part.
 */
export function barsOf(
  spans: readonly StageSpan[],
  { range, now, least }: { readonly range: TimeRange; readonly now: number; readonly least: number },
): readonly Bar[] {
  const seen = spans.flatMap((span) => {
    const place = placeOf(span, range, now);
    return place === undefined ? [] : [{ span, ...place }];
  });
  const size = Math.min(least, 1 / Math.max(1, seen.length));
  const bars: Bar[] = [];
  let end = 0;
  for (const { span, left, width } of seen) {
    const from = Math.max(left, end);
    end = Math.max(from + size, left + width);
    bars.push({ span, left: from, width: end - from });
  }
  // What came to stand beyond the end goes back, as far as the bars before it let it.
  let limit = 1;
  return bars
    .toReversed()
    .map(({ span, left, width }) => {
      const right = Math.min(left + width, limit);
      const from = Math.min(left, right - size);
      limit = from;
      return { span, left: from, width: right - from };
    })
    .reverse();
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  1000,
  5000,
  15_000,
  30_000,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  30 * day,
  91 * day,
  182 * day,
  365 * day,
  730 * day,
  1826 * day,
  3652 * day,
];

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Round moments in UTC, at most so many. */
export function ticksOf({ from, to }: TimeRange, most: number): readonly Tick[] {
  let step = steps.find((size) => (to - from) / size <= most) ?? steps.at(-1)!;
  while ((to - from) / step > most) step *= 2;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step)
    ticks.push({ at, label: label(at, step) });
  return ticks;
}

function label(at: number, step: number): string {
  const text = new Date(at).toISOString();
  if (step < minute) return text.slice(11, 19);
  if (step < day)
    return text.slice(11, 16) === '00:00' ? text.slice(0, 10) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return step < 300 * day ? text.slice(0, 10) : text.slice(0, 7);
}

/** `2 days 3 hours`; for people. */
export function shownLength(milliseconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(milliseconds / day), 'day'],
    [Math.floor((milliseconds % day) / hour), 'hour'],
    [Math.floor((milliseconds % hour) / minute), 'minute'],
    [Math.round((milliseconds % minute) / 1000), 'second'],
  ];
  const first = parts.findIndex(([size]) => size > 0);
  if (first < 0) return 'less than a second';
  return parts
    .slice(first, first + 2)
    .filter(([size]) => size > 0)
    .map(([size, unit]) => `${size} ${unit}${size === 1 ? '' : 's'}`)
    .join(' ');
}

/** Years that an address can say, and a calendar shows. */
const [earliest, newest] = [Date.UTC(1000, 0), Date.UTC(9999, 11, 31)];

/** With it a field's year has four digits. */
export const lastField = '9999-12-31T23:59:59';

/** For `<input type="datetime-local">` and for addresses, in UTC. */
export function fieldText(at: number): string {
  return new Date(Math.max(earliest, Math.min(newest, at))).toISOString().slice(0, 19);
}

/** What such a field says, as a moment in UTC; `undefined` when it is not whole: years before 1000 are half typed. */
export function fieldMoment(text: string): number | undefined {
  const time = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  return time >= earliest ? time : undefined;
}
