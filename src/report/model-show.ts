import type { ModelState, ModelVersion, ResolvedModel, TaggedEvent } from '../registry/index.ts';
import { latestVersion } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line } from './document.ts';
import { joined, line, span } from './document.ts';
import {
  askedAndWrong,
  registrationOf,
  shownEvent,
  shownIdentity,
  shownMetrics,
  shownTime,
} from './model-words.ts';
import { renderTerminal } from './render-terminal.ts';
import { verdictMark } from './verdict-words.ts';

/** A model: what stands in its stages, its versions from the newest, and what is to be decided or wrong. */
export function modelText(state: ModelState, stages: readonly string[], canvas: Canvas): string {
  return renderTerminal(
    [...headline(state, stages), ...versionTable(state, canvas.width >= 120), ...askedAndWrong(state)],
    canvas,
  );
}

/** One version, with everything that happened to it. */
export function modelVersionText(resolved: ResolvedModel, canvas: Canvas): string {
  return renderTerminal([...facts(resolved), ...happened(resolved)], canvas);
}

function headline(state: ModelState, stages: readonly string[]): readonly Block[] {
  const latest = latestVersion(state)?.name;
  const standing = stages.flatMap((stage) => {
    const there = state.stages[stage]?.event.name;
    return there === undefined ? [] : [line(span(stage, 'term'), ' ', span(there, 'strong'))];
  });
  const title = line(
    span(state.model, 'strong'),
    '  ',
    ...(latest === undefined ? [] : [`latest ${latest}`]),
  );
  return [
    {
      kind: 'paragraph',
      line: standing.length === 0 ? title : [...title, ...line('; '), ...joined(standing, ', ')],
    },
  ];
}

const versionsShown = 20;

function versionTable(state: ModelState, wide: boolean): readonly Block[] {
  if (state.versions.length === 0) return [];
  const shown = state.versions.filter(({ stages }, i) => i < versionsShown || stages.length > 0);
  const rest = state.versions.length - shown.length;
  const rows = shown.map((version): readonly Line[] => {
    const { by, at, run } = registrationOf(version);
    return [
      line(span(version.name, 'name')),
      standingOf(version),
      line(
        'event' in version.registered
          ? shownMetrics(version.registered.event.metrics, { atMost: 1, intervals: wide })
          : '',
      ),
      line(run ?? span('not of ours', 'quiet')),
      line(version.commit.slice(0, 7)),
      line(shownTime(at)),
      shownIdentity(by),
    ];
  });
  const titles = ['version', 'stands in', 'metric', 'run', 'commit', 'registered (UTC)', 'by'];
  const columns = titles.map((title) => ({
    title,
    align: 'left' as const,
    ...(title === 'by' ? { atLeast: 8 } : {}),
  }));
  return [
    { kind: 'table', columns, rows },
    ...(rest === 0
      ? []
      : [
          { kind: 'paragraph' as const, line: line(span(`and ${rest} older ones: --json has all`, 'quiet')) },
        ]),
  ];
}

function standingOf({ stages, archived }: ModelVersion): Line {
  if (stages.length > 0) return line(span(stages.join(', '), 'good'));
  return archived ? line(span('archived', 'quiet')) : [];
}

function facts({ digest, model, version, run, reference }: ResolvedModel): readonly Block[] {
  const name =
    version === undefined
      ? line(span(reference.kind === 'file' ? reference.path : (model ?? ''), 'strong'), ', not registered')
      : line(span(`${model}@${version.name}`, 'strong'), '  ', ...standingOf(version));
  const items: Line[] = [line('digest  ', digest)];
  if (version !== undefined) {
    const { registered } = version;
    const { by, at } = registrationOf(version);
    if ('event' in registered) {
      const { event } = registered;
      items.push(line('run     ', span(event.run, 'name')));
      items.push(line('commit  ', event.commit));
      items.push(line('metrics ', shownMetrics(event.metrics, { atMost: 8, intervals: true })));
      items.push(line('number  ', event.bump.because));
      if (event.why !== undefined) items.push(line('why     ', event.why));
    }
    items.push(line('by      ', ...shownIdentity(by), `, ${shownTime(at)} UTC`));
  } else if (run !== undefined) items.push(line('run     ', span(run.id, 'name')));
  return [
    { kind: 'paragraph', line: name },
    { kind: 'list', items },
  ];
}

function happened({ state, version }: ResolvedModel): readonly Block[] {
  if (state === undefined || version === undefined) return [];
  const events = state.events.filter(({ event }) => event.name === version.name && event.kind !== 'register');
  if (events.length === 0) return [];
  return [
    { kind: 'heading', text: 'What happened to it, newest first' },
    { kind: 'list', items: events.toReversed().flatMap(eventLines) },
  ];
}

function eventLines(tagged: TaggedEvent): readonly Line[] {
  const { event } = tagged;
  const why = event.why === undefined ? [] : line(': ', event.why);
  const checks = 'checks' in event ? event.checks : [];
  return [
    line(`${shownTime(event.at)}  `, ...shownEvent(tagged), ', by ', ...shownIdentity(event.by), ...why),
    ...checks.map(({ verdict, because }) => line('  ', verdictMark(verdict), ' ', because)),
  ];
}
