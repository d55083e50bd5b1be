import type { ModelState, ModelVersion, PastState, TaggedEvent } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { askedAndWrong, shownEvent, shownIdentity, shownTime } from './model-words.ts';
import { shortDigest } from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';

export interface HistoryToShow {
  readonly state: ModelState;
  readonly stages: readonly string[];
  /** Only what concerns this one. */
  readonly stage?: string;
  /** What was where at a moment, instead of everything that happened. */
  readonly past?: PastState;
}

/** What happened to a model, newest first; or what was where at a moment. */
export function modelHistoryText(history: HistoryToShow, canvas: Canvas): string {
  return renderTerminal(modelHistory(history), canvas);
}

export function modelHistoryMarkdown(history: HistoryToShow, options?: MarkdownOptions): string {
  return renderMarkdown(modelHistory(history), options);
}

function modelHistory(history: HistoryToShow): readonly Block[] {
  return history.past === undefined ? everything(history) : atMoment(history, history.past);
}

function everything({ state, stage }: HistoryToShow): readonly Block[] {
  const events = state.events
    .filter(({ event }) => stage === undefined || ('stage' in event && event.stage === stage))
    .toReversed();
  if (events.length === 0) {
    const where = stage === undefined ? '' : ` in ${stage}`;
    return [
      { kind: 'paragraph', line: line(`Nothing has happened to ${state.model}${where} yet.`) },
      ...askedAndWrong(state),
    ];
  }
  const columns = ['when (UTC)', 'version', 'what', 'by', 'why'].map((title) => ({
    title,
    align: 'left' as const,
    ...(title === 'why' ? { atLeast: 12 } : {}),
  }));
  const rows = events.map((tagged): readonly Line[] => [
    line(shownTime(tagged.event.at)),
    line(span(tagged.event.name ?? '–', 'name')),
    shownEvent(tagged),
    shownIdentity(tagged.event.by),
    line(whyOf(tagged)),
  ]);
  return [{ kind: 'table', columns, rows }, ...askedAndWrong(state)];
}

function atMoment({ state, stages, stage }: HistoryToShow, past: PastState): readonly Block[] {
  const wanted = stage === undefined ? stages : [stage];
  const moment = `${past.at.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  const versions = new Map(state.versions.map((version) => [version.name, version]));
  const rows = wanted.map((name): readonly Line[] => {
    const there = past.stages[name];
    if (there === undefined) return [line(span(name, 'term')), line(span('nothing', 'quiet'))];
    return [
      line(span(name, 'term')),
      line(span(there.event.name, 'strong')),
      line(shownTime(there.event.at)),
      shownIdentity(there.event.by),
      line(shortDigest(there.event.digest)),
      ...originOf(versions.get(there.event.name)),
      line(whyOf(there)),
    ];
  });
  const columns = ['stage', 'version', 'since (UTC)', 'by', 'digest', 'run', 'commit', 'why'].map(
    (title) => ({
      title,
      align: 'left' as const,
      ...(title === 'why' || title === 'by' ? { atLeast: 8 } : {}),
    }),
  );
  const doubts = past.doubts.map(({ tag, because }) => line(span(tag, 'name'), ': ', because));
  return [
    { kind: 'paragraph', line: line(span(state.model, 'strong'), ` at ${moment}`) },
    { kind: 'table', columns, rows },
    ...(doubts.length === 0
      ? []
      : [
          {
            kind: 'heading' as const,
            text: 'Clocks that ran wrong: the order is known, the moment is not sure',
          },
          { kind: 'list' as const, items: doubts },
        ]),
  ];
}

function originOf(version: ModelVersion | undefined): readonly [run: Line, commit: Line] {
  const registered = version?.registered;
  if (registered === undefined || !('event' in registered)) return [[], []];
  return [line(registered.event.run), line(registered.event.commit.slice(0, 7))];
}

/** What the writer said, else what the decision said. */
function whyOf({ event }: TaggedEvent): string {
  if (event.why !== undefined) return event.why;
  if (event.kind === 'register') return event.bump.because;
  const failed = 'checks' in event ? event.checks.find(({ verdict }) => verdict !== 'pass') : undefined;
  return failed?.because ?? '';
}
