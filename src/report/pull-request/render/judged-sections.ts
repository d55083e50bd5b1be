import type { Verdict } from '../../../base/index.ts';
import type { Block, Line } from '../../document.ts';
import { line } from '../../document.ts';
import { count, counted } from '../../numbers.ts';
import { verdictMark, verdictSpan } from '../../verdict-words.ts';
import type { PullReport, ReportedCheck, ReportedGate, ReportedMetric } from '../pull-report.ts';
import type { Section } from './section.ts';
import { folded, section } from './section.ts';
import { changeWords, decimalsOfMetric, fromTo, shownNumber, shownText, term } from './words.ts';

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
    file === undefined ? '' : ` at ${shownText(file, 120)}${at === undefined ? '' : `, line ${count(at)}`}`;
  const rows = rule === 'columns' ? counted(failed, 'column') : counted(failed, 'row');
  const old = before === undefined || before === failed ? '' : ` (baseline: ${count(before)})`;
  return line(
    verdictMark(isWarning ? 'inconclusive' : verdict),
    ...(isWarning ? [' warning: '] : [' ', verdictSpan(verdict), ': ']),
    ...what,
    ` ${rule}: expected ${shownText(expected, 160)}${found}${first}; ${rows} in all${old}`,
  );
}

/** As many are shown as gates name, but not more than these; where they name few, others fill up to a few. */
const mostMetrics = 6;
const fewMetrics = 4;

/** The metrics that matter. Three columns, which a phone has room for. */
export function metricsSection(report: PullReport): readonly Section[] {
  const { metrics } = report;
  if (!isMeasured(report)) return [];
  if (isSame(report)) return section('Metrics', 1, folded('Metrics, as they were', [valueTable(metrics)]));
  const first = [...importantMetrics(report)].flatMap(
    (name) => metrics.find(({ metric }) => metric === name) ?? [],
  );
  const note = metrics.every(({ reading }) => reading === undefined || reading === 'same')
    ? []
    : [small(rowsNote(report))];
  return section('Metrics', 1, [heading('Metrics'), metricTable(first, isAlone(report)), ...note]);
}

/** All others, folded. */
export function otherMetricsSection(report: PullReport): readonly Section[] {
  const important = importantMetrics(report);
  const others = report.metrics.filter(({ metric }) => !important.has(metric));
  if (others.length === 0 || !isMeasured(report) || isSame(report)) return [];
  const table = metricTable(others, isAlone(report));
  return section('Other metrics', 8, folded(counted(others.length, 'other metric'), [table]));
}

function isMeasured({ metrics }: PullReport): boolean {
  return metrics.some(({ head }) => head !== undefined);
}

/** The same model on the same rows: there is nothing to compare. */
export function isSame({ metrics }: PullReport): boolean {
  return metrics.length > 0 && metrics.every(({ reading }) => reading === 'same');
}

function isAlone({ base, metrics }: PullReport): boolean {
  return base.kind === 'none' || metrics.every((each) => each.base === undefined);
}

/** The main one, those of gates, and then in their own order. */
function importantMetrics({ metrics, mainMetric, gates }: PullReport): ReadonlySet<string> {
  const main = metrics.filter(({ metric }) => metric === mainMetric);
  const gated = metrics.filter(({ metric }) => gates.some(({ reason }) => reason.startsWith(`${metric} `)));
  const named = new Set([...main, ...gated].map(({ metric }) => metric));
  const all = new Set([...named, ...metrics.map(({ metric }) => metric)]);
  return new Set([...all].slice(0, Math.min(mostMetrics, Math.max(fewMetrics, named.size))));
}

function rowsNote({ heldOut, metrics }: PullReport): string {
  const paired = metrics.some(({ basis }) => basis === 'paired');
  const interval = 'In brackets, the 95 % interval of the change; noise when it contains 0.';
  if (paired && heldOut === 'different') {
    return `${interval} The held-out rows are others than those of the baseline, so both models were measured on those of this branch.`;
  }
  if (paired) return `${interval} Both models were measured on the same rows.`;
  return `${interval} From separate measurements (unpaired), so it is wider than need be.`;
}

function metricTable(metrics: readonly ReportedMetric[], alone: boolean): Block {
  if (alone) return valueTable(metrics);
  return {
    kind: 'table',
    columns: [
      { title: 'Metric', align: 'left' },
      { title: 'Was → now', align: 'right' },
      { title: 'Change', align: 'left' },
    ],
    rows: metrics.map((metric) => [
      line(term(metric.metric)),
      line(fromTo(metric.base, metric.head, decimalsOfMetric(metric))),
      changeWords(metric),
    ]),
  };
}

function valueTable(metrics: readonly ReportedMetric[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'Metric', align: 'left' },
      { title: 'Value', align: 'right' },
      { title: '95 % interval', align: 'left' },
    ],
    rows: metrics.map((metric) => {
      const decimals = decimalsOfMetric(metric);
      const { low, high } = metric.head ?? {};
      const interval =
        low === undefined || high === undefined
          ? ''
          : `${shownNumber({ value: low }, decimals)} to ${shownNumber({ value: high }, decimals)}`;
      return [line(term(metric.metric)), line(shownNumber(metric.head, decimals)), line(interval)];
    }),
  };
}

export function heading(text: string): Block {
  return { kind: 'heading', text };
}

export function small(text: string): Block {
  return { kind: 'paragraph', line: line(text) };
}
