import type { Identity, ModelState, ModelVersion, TaggedEvent } from '../registry/index.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { shownEstimate, shownValue } from './numbers.ts';

/** `2026-03-01 12:00` in UTC; what cannot be read as a time stays as it is. */
export function shownTime(iso: string | undefined): string {
  const time = iso === undefined ? undefined : /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(isoOf(iso));
  return time === null || time === undefined ? (iso ?? '') : `${time[1]} ${time[2]}`;
}

/** Events may say their time in any zone. */
function isoOf(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

/** Who, and with `?` whether nobody vouches for it. */
export function shownIdentity(by: Identity | undefined): Line {
  if (by === undefined) return [];
  return by.proof === 'nobody' ? line(by.name, span(' (unproven)', 'quiet')) : line(by.name);
}

/** The first metrics of a registration, such as `roc_auc 0.912 [0.838, 0.967]`. */
export function shownMetrics(
  metrics: Readonly<Record<string, { value: number; low: number; high: number }>>,
  options: { readonly atMost: number; readonly intervals: boolean },
): string {
  return Object.entries(metrics)
    .slice(0, options.atMost)
    .map(
      ([name, estimate]) => `${name} ${options.intervals ? shownEstimate(estimate) : shownValue(estimate)}`,
    )
    .join(', ');
}

/** What an event did, in a few words. */
export function shownEvent({ event }: TaggedEvent): Line {
  switch (event.kind) {
    case 'register':
      return line(span('registered', 'quiet'));
    case 'assign':
      return event.cause === 'rollback'
        ? line(span('rolled back', 'doubtful'), ` in ${event.stage}`)
        : line(`to ${event.stage}`, event.cause === 'automatic' ? span(' by itself', 'quiet') : '');
    case 'unassign':
      return event.cause === 'refused'
        ? line(span('refused', 'bad'), ` in ${event.stage}`)
        : line(span('withdrawn', 'doubtful'), ` from ${event.stage}`);
    case 'archive':
      return line(span('archived', 'quiet'));
  }
}

/** Who and why of a version, whoever registered it. */
export function registrationOf(version: ModelVersion): {
  readonly by?: Identity;
  readonly at?: string;
  readonly run?: string;
} {
  const { registered } = version;
  if ('event' in registered) return registered.event;
  const { by, at } = registered;
  return { ...(by === undefined ? {} : { by }), ...(at === undefined ? {} : { at }) };
}

/** Requests that wait, and tags that count for nothing: people have to see them, programs must not act on them. */
export function askedAndWrong(state: ModelState, atMost = 10): readonly Block[] {
  const asked = state.requests
    .toReversed()
    .map(({ tag, name, by, at }) =>
      line(
        span(tag, 'name'),
        name === undefined ? ', of a commit without a version' : `, of ${name}`,
        by === undefined ? '' : `, by ${by.name}`,
        at === undefined ? '' : `, ${shownTime(at)}`,
      ),
    );
  const wrong = state.problems.map(({ tag, problem }) => line(span(tag, 'name'), ': ', problem));
  return [
    ...list('Asked for, and not decided', asked, atMost),
    ...list('Tags that count for nothing, or are missing', wrong, atMost),
  ];
}

function list(heading: string, items: readonly Line[], atMost: number): readonly Block[] {
  if (items.length === 0) return [];
  const rest = items.length - atMost;
  const shown = items.slice(0, atMost);
  return [
    { kind: 'heading', text: heading },
    { kind: 'list', items: rest > 0 ? [...shown, line(span(`and ${rest} more`, 'quiet'))] : shown },
  ];
}
