import type { Verdict } from '../../../base/index.ts';
import type { Block, Line } from '../../document.ts';
import { line } from '../../document.ts';
import { counted } from '../../numbers.ts';
import { verdictMark, verdictSpan } from '../../verdict-words.ts';
import type { PullReport, ReportedCheck, ReportedGate, ReportedMetric } from '../pull-report.ts';
import type { Section } from './section.ts';
import { folded, section } from './section.ts';
import { decimalsOfMetric, readingWord, shownChange, shownNumber, shownText, term } from './words.ts';

const mostGates = 30;

/** Failing gates first: whoever reads one line reads the one that matters. */
export function gatesSection({ gates }: PullReport): readonly Section[] {
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];
  const sorted = gates.toSorted(
    (a, b) =>
      Number(a.removed === true) - Number(b.removed === true) ||
      order.indexOf(a.verdict) - order.indexOf(b.verdict),
  );
  const items = sorted.slice(0, mostGates).map(gateLine);
  if (sorted.length > mostGates) items.push(line(`and ${counted(sorted.length - mostGates, 'more gate')}`));
  return section('Gates', 2, items.length === 0 ? [] : [heading('Gates'), { kind: 'list', items }]);
}

function gateLine({ verdict, reason, was, removed }: ReportedGate): Line {
  const text = shownText(reason, 300);
  if (removed === true) return line('removed: ', text, ' (was ', verdictSpan(verdict), ')');
  const before =
    was === undefined || was === verdict
      ? []
      : was === 'new'
        ? line(' (new)')
        : line(' (was ', verdictSpan(was), ')');
  return line(verdictMark(verdict), ' ', verdictSpan(verdict), ': ', text, ...before);
}

const mostBroken = 10;

/** Checks of contracts that do not hold, with the first place of each. */
export function contractSection({ data }: PullReport): readonly Section[] {
  const items = data.flatMap(({ dataset, contract }) =>
    (contract?.broken ?? []).map((check) => brokenLine(dataset, check)),
  );
  if (items.length === 0) return [];
  const shown = items.slice(0, mostBroken);
  if (items.length > mostBroken) shown.push(line(`and ${counted(items.length - mostBroken, 'more check')}`));
  return section('Contract', 1, [heading('Contract'), { kind: 'list', items: shown }]);
}

function brokenLine(dataset: string, check: ReportedCheck): Line {
  const { rule, column, severity, verdict, expected, failed, before, file, line: at, value } = check;
  const isWarning = severity === 'warning' && verdict === 'fail';
  const what = column === undefined ? line(term(dataset)) : line(term(dataset), ' ', term(column));
  const found = value === undefined ? '' : `, found "${shownText(value, 40)}"`;
  const first =
    file === undefined ? '' : `; first at ${shownText(file, 120)}${at === undefined ? '' : `:${at}`}`;
  const rows = rule === 'columns' ? counted(failed, 'column') : counted(failed, 'row');
  const old = before === undefined || before === failed ? '' : ` (before: ${before})`;
  return line(
    verdictMark(isWarning ? 'inconclusive' : verdict),
    ...(isWarning ? [' warning: '] : [' ', verdictSpan(verdict), ': ']),
    ...what,
    ` ${rule}: expected ${shownText(expected, 160)}; ${rows}${old}${first}${found}`,
  );
}

const mostMetrics = 6;

/** The metrics that matter. At most five columns, none of them wide. */
export function metricsSection(report: PullReport): readonly Section[] {
  const { metrics } = report;
  if (!isMeasured(report)) return [];
  const important = importantMetrics(report);
  const first = metrics.filter(({ metric }) => important.has(metric));
  const note = metrics.every(({ reading }) => reading === undefined || reading === 'same')
    ? []
    : [small(rowsNote(report))];
  return section('Metrics', 1, [heading('Metrics'), metricTable(first, isAlone(report)), ...note]);
}

/** All others, folded. */
export function otherMetricsSection(report: PullReport): readonly Section[] {
  const important = importantMetrics(report);
  const others = report.metrics.filter(({ metric }) => !important.has(metric));
  if (others.length === 0 || !isMeasured(report)) return [];
  const table = metricTable(others, isAlone(report));
  return section('Other metrics', 8, folded(counted(others.length, 'other metric'), [table]));
}

function isMeasured({ metrics }: PullReport): boolean {
  return metrics.some(({ head }) => head !== undefined);
}

function isAlone({ base, metrics }: PullReport): boolean {
  return base.kind === 'none' || metrics.every((each) => each.base === undefined);
}

/** The main one, those of gates, and then in their own order. */
function importantMetrics({ metrics, mainMetric, gates }: PullReport): ReadonlySet<string> {
  const named = metrics.filter(
    ({ metric }) => metric === mainMetric || gates.some(({ reason }) => reason.startsWith(`${metric} `)),
  );
  return new Set(
    [...named, ...metrics]
      .map(({ metric }) => metric)
      .filter((name, i, all) => all.indexOf(name) === i)
      .slice(0, mostMetrics),
  );
}

function rowsNote({ heldOut, metrics }: PullReport): string {
  const paired = metrics.some(({ basis }) => basis === 'paired');
  const interval = 'In brackets: the 95 % interval of the difference';
  if (paired && heldOut === 'different') {
    return `${interval}. The held-out rows changed, so both models were measured on those of this branch.`;
  }
  if (paired) return `${interval}, from both models on the same rows. Noise: it holds 0.`;
  return `${interval}, from separate measurements (unpaired), so wider than need be.`;
}

function metricTable(metrics: readonly ReportedMetric[], alone: boolean): Block {
  if (alone) {
    return {
      kind: 'table',
      columns: [
        { title: 'Metric', align: 'left' },
        { title: 'This', align: 'right' },
        { title: '95 % interval', align: 'left' },
      ],
      rows: metrics.map((metric) => {
        const decimals = decimalsOfMetric(metric);
        const { low, high } = metric.head ?? {};
        const known = low !== undefined && high !== undefined;
        return [
          line(term(metric.metric)),
          line(shownNumber(metric.head, decimals)),
          line(
            known
              ? `${shownNumber({ value: low }, decimals)} to ${shownNumber({ value: high }, decimals)}`
              : '',
          ),
        ];
      }),
    };
  }
  return {
    kind: 'table',
    columns: [
      { title: 'Metric', align: 'left' },
      { title: 'Baseline', align: 'right' },
      { title: 'This', align: 'right' },
      { title: 'Difference', align: 'left' },
      { title: 'Reading', align: 'left' },
    ],
    rows: metrics.map((metric) => {
      const decimals = decimalsOfMetric(metric);
      return [
        line(term(metric.metric)),
        line(shownNumber(metric.base, decimals)),
        line(shownNumber(metric.head, decimals)),
        line(shownChange(metric.difference, decimals)),
        readingWord(metric),
      ];
    }),
  };
}

export function heading(text: string): Block {
  return { kind: 'heading', text };
}

export function small(text: string): Block {
  return { kind: 'paragraph', line: line(text) };
}
