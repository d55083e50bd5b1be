import { mainMetricOf } from '../evaluate/index.ts';
import type { Identity, ModelVersion, RegisterEvent } from '../registry/index.ts';
import { newestFirst } from '../registry/index.ts';
import type { Block, Line } from './document.ts';
import { joined, line, span } from './document.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { markdownOf, paragraph } from './model-card-measured.ts';
import { shownMetrics, shownTime } from './model-words.ts';
import { shownScalar } from './numbers.ts';

/** Back to run, commit, parameters and data, by digests that anybody can check. */
export function lineageSection({ model, version, record }: ModelCardFacts): string {
  const { id, code, params, environment } = record;
  const digest = version?.digest ?? record.model?.digest;
  const rows: readonly (readonly [string, Line])[] = [
    ['model', digest === undefined ? line('none') : line(span(digest, 'term'))],
    ['trained by', line(span(record.model?.step ?? '', 'term'))],
    ['run', line(span(id, 'name'), `, ${shownTime(record.startedAt)} UTC`)],
    ['commit', code?.commit == null ? line('none') : line(span(code.commit, 'name'))],
    ['parameters', paramsLine(params)],
    ...Object.entries(record.data).flatMap(([name, { fingerprint }]) =>
      fingerprint === undefined ? [] : [[`data ${name}`, line(span(fingerprint, 'term'))] as const],
    ),
    [
      'made with',
      line(
        `Trainyard ${environment.trainyard}, ONNX Runtime ${environment.onnxruntime}, Node ${environment.node}, ${environment.platform}`,
      ),
    ],
  ];
  const reference = version === undefined ? `run:${id}` : `${model}@${version.name}`;
  return markdownOf([
    {
      kind: 'table',
      columns: [
        { title: 'what', align: 'left' },
        { title: 'which', align: 'left' },
      ],
      rows: rows.map(([name, value]) => [line(name), value]),
    },
    paragraph('The same model again: ', span(`trainyard runs reproduce ${id}`, 'term'), '.'),
    paragraph('Who signed for it: ', span(`trainyard models verify ${reference}`, 'term'), '.'),
  ]);
}

function paramsLine(params: Readonly<Record<string, unknown>>): Line {
  const parts = Object.entries(params).map(([name, value]) =>
    line(span(name, 'term'), ` ${shownScalar(value)}`),
  );
  return parts.length === 0 ? line('none') : line(...joined(parts, ', '));
}

const mostVersions = 50;

export function versionsSection({ state, version, record }: ModelCardFacts): string {
  if (state === undefined) return '';
  const versions = newestFirst(state.versions);
  const blocks: readonly Block[] = [
    {
      kind: 'table',
      columns: [
        { title: 'version', align: 'left' },
        { title: 'registered', align: 'left' },
        { title: 'stands in', align: 'left' },
        { title: 'measured', align: 'left' },
        { title: 'what changed', align: 'left' },
      ],
      rows: versions.slice(0, mostVersions).map((each) => versionRow(each, mainMetricOf(record))),
      ...markedRow(versions, version),
    },
    ...(versions.length > mostVersions
      ? [paragraph(`And ${versions.length - mostVersions} older ones.`)]
      : []),
  ];
  return markdownOf(blocks);
}

function markedRow(
  versions: readonly ModelVersion[],
  version: ModelVersion | undefined,
): { marked?: number } {
  const marked = versions.findIndex(({ name }) => name === version?.name);
  return marked < 0 || marked >= mostVersions ? {} : { marked };
}

function versionRow(
  { name, registered, stages, archived }: ModelVersion,
  metric: string | undefined,
): readonly Line[] {
  const isOurs = 'event' in registered;
  const { by, at } = isOurs ? registered.event : registered;
  const stands = archived ? ['archived'] : stages;
  return [
    line(span(name, 'term')),
    line(shownTime(at).slice(0, 10), accountOf(by)),
    line(stands.join(', ')),
    line(isOurs ? measured(registered.event.metrics, metric) : ''),
    line(isOurs ? registered.event.bump.because : 'registered by another tool, without a digest'),
  ];
}

/** The metric of the card, so that versions can be compared; else what the tag has. */
function measured(metrics: RegisterEvent['metrics'], metric: string | undefined): string {
  const estimate = metric === undefined ? undefined : metrics[metric];
  return shownMetrics(metric === undefined || estimate === undefined ? metrics : { [metric]: estimate }, {
    atMost: 1,
    intervals: true,
  });
}

/** Accounts are public; an address is not for a card that anybody may read. */
function accountOf(by: Identity | undefined): string {
  return by !== undefined && /^@[A-Za-z0-9-]{1,39}$/.test(by.name) ? ` by ${by.name}` : '';
}
