import type { Estimate, SliceEvaluation } from '../evaluate/index.ts';
import { mainMetricOf, metricDefinition } from '../evaluate/index.ts';
import { modelOf } from '../runs/index.ts';
import type { Block, Line, Span } from './document.ts';
import { line, span } from './document.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { count, counted, shownEstimate } from './numbers.ts';
import { renderMarkdown } from './render-markdown.ts';
import { verdictSpan } from './verdict-words.ts';

/** The text of some blocks, whole: a card has no limit. */
export function markdownOf(blocks: readonly Block[]): string {
  return blocks.length === 0 ? '' : renderMarkdown(blocks, { limit: Number.POSITIVE_INFINITY });
}

export function paragraph(...parts: readonly (string | Span)[]): Block {
  return { kind: 'paragraph', line: line(...parts) };
}

export function measuredSection({ record }: ModelCardFacts): string {
  const evaluation = modelOf(record)?.evaluation;
  if (evaluation === undefined) return 'Nobody measured this model: its pipeline has no `evaluate` step.\n';
  const { rows, metrics, positive } = evaluation;
  const latency = evaluation.latency;
  return markdownOf([
    paragraph(
      `Measured on ${counted(rows, 'held-out row')} that its training never saw, by running these exact bytes. `,
      'Intervals are 95 % (bootstrap over those rows)',
      ...(positive === undefined
        ? ['.']
        : ['; recall and its like speak of the class ', span(positive, 'term'), '.']),
    ),
    {
      kind: 'table',
      columns: [
        { title: 'metric', align: 'left' },
        { title: 'value', align: 'left' },
        { title: 'better', align: 'left' },
      ],
      rows: Object.entries(metrics).map(([name, estimate]) => [
        line(span(name, 'term')),
        line(shownEstimate(estimate)),
        line(metricDefinition(name)?.better ?? ''),
      ]),
    },
    ...notComputed(evaluation.missing),
    ...(latency === undefined
      ? []
      : [
          paragraph(
            `One row takes ${microseconds(latency.singleRow)}, a row in a batch of ${count(latency.batchRows)} `,
            `${microseconds(latency.perRowInBatch)}, on the machine of the run (${record.environment.platform}).`,
          ),
        ]),
  ]);
}

function notComputed(missing: Readonly<Record<string, string>>): readonly Block[] {
  const items = Object.entries(missing).map(([name, reason]) => line(span(name, 'term'), `: ${reason}`));
  return items.length === 0 ? [] : [paragraph('Not computed:'), { kind: 'list', items }];
}

function microseconds(value: number): string {
  return value >= 1_000
    ? `${Number((value / 1_000).toPrecision(2))} ms`
    : `${Number(value.toPrecision(2))} µs`;
}

/** With fewer rows a slice says nothing; the gates use the same number. */
export const fewestRows = 20;

/** Slices that may be told. */
export function openSlices({ record, personal }: ModelCardFacts): readonly SliceEvaluation[] {
  const hidden = new Set(personal);
  for (const { profile } of Object.values(record.data)) {
    for (const column of profile?.columns ?? []) if (column.personal === true) hidden.add(column.name);
  }
  return (modelOf(record)?.evaluation?.slices ?? []).filter(({ column }) => !hidden.has(column));
}

/** Each column's groups by the main metric, the worst first. */
export function slicesSection(facts: ModelCardFacts): string {
  const slices = openSlices(facts);
  const metric = mainMetricOf(facts.record);
  if (metric === undefined || slices.length === 0) {
    return 'Nobody looked at groups of rows: the `evaluate` step names no `slices`.\n';
  }
  const columns = [...new Set(slices.map(({ column }) => column))];
  return markdownOf(
    columns.flatMap((column) =>
      ofColumn(
        column,
        metric,
        slices.filter((slice) => slice.column === column),
      ),
    ),
  );
}

function ofColumn(column: string, metric: string, slices: readonly SliceEvaluation[]): readonly Block[] {
  const sorted = slices.toSorted((a, b) => worseFirst(metric, a.metrics[metric], b.metrics[metric]));
  const judged = sorted.filter(({ rows, metrics }) => rows >= fewestRows && metrics[metric] !== undefined);
  const [worst, best] = [judged[0], judged.at(-1)];
  const said: Line =
    worst === undefined || best === undefined || worst === best
      ? line('No two groups of ', span(column, 'term'), ' have enough rows to compare.')
      : line(
          ...[
            'Of the groups of ',
            span(column, 'term'),
            ', ',
            span(worst.value, 'term'),
            ' is served worst: ',
          ],
          ...[span(metric, 'term'), ` ${shownEstimate(worst.metrics[metric]!)}, and best `],
          ...[span(best.value, 'term'), `: ${shownEstimate(best.metrics[metric]!)}.`],
        );
  return [
    { kind: 'paragraph', line: said },
    {
      kind: 'table',
      columns: [
        { title: column, align: 'left' },
        { title: 'rows', align: 'right' },
        { title: metric, align: 'left' },
      ],
      rows: sorted.map(({ value, rows, metrics, missing }) => [
        line(span(value, 'term')),
        line(count(rows)),
        line(...cell(metrics[metric], missing[metric], rows)),
      ]),
    },
  ];
}

function cell(estimate: Estimate | undefined, missing: string | undefined, rows: number): Line {
  if (estimate === undefined) return line(`cannot be computed${missing === undefined ? '' : `: ${missing}`}`);
  return line(shownEstimate(estimate), rows < fewestRows ? ' (too few rows to judge)' : '');
}

function worseFirst(metric: string, a: Estimate | undefined, b: Estimate | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return metricDefinition(metric)?.better === 'lower' ? b.value - a.value : a.value - b.value;
}

export function gatesSection({ record, personal }: ModelCardFacts): string {
  const results = record.gates?.results ?? [];
  if (results.length === 0) return 'Its pipeline declares no gates: nothing was asked of this model.\n';
  return markdownOf([
    paragraph(
      'As judged in its run: ',
      verdictSpan(record.gates!.verdict),
      '. A promotion judges them anew.',
    ),
    {
      kind: 'table',
      columns: [
        { title: 'verdict', align: 'left' },
        { title: 'why', align: 'left' },
      ],
      rows: results.map(({ gate, verdict, reason }) => [
        line(verdictSpan(verdict)),
        line('slice' in gate && personal.has(gate.slice) ? 'a gate on personal data' : reason),
      ]),
    },
  ]);
}
