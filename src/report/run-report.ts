import type { CheckResult } from '../contract/index.ts';
import type { MetricDifferences } from '../evaluate/index.ts';
import { metricDefinition, metricDefinitions } from '../evaluate/index.ts';
import type { DataState, RunRecord } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block, Line, TableColumn } from './document.ts';
import { joined, line, span } from './document.ts';
import { count, counted, decimalsOf, seconds, shownDifference, shownEstimate } from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { endingMark, endingOf, verdictMark } from './verdict-words.ts';

/** What one run came to, for a terminal: what `trainyard run` ends with and `trainyard runs show` prints. */
export function runReportText(run: RunRecord, canvas: Canvas): string {
  // The gutter, the names and the column of differences leave room for so many metrics of some 20 columns.
  const names = Math.max(...run.models.map((model) => model.step.length), 0);
  const room = Math.max(1, Math.floor((canvas.width - names - 34) / 23));
  return renderTerminal(runReport(run, room), canvas);
}

export function runReportMarkdown(run: RunRecord, options?: MarkdownOptions): string {
  return renderMarkdown(runReport(run, 4), options);
}

function runReport(run: RunRecord, metricsAtMost: number): readonly Block[] {
  return [
    ...headline(run),
    ...failedSteps(run),
    ...candidates(run, metricsAtMost),
    ...dataChecks(run),
    ...gates(run),
    { kind: 'paragraph', line: lastLine(run) },
  ];
}

function headline(run: RunRecord): readonly Block[] {
  const title = line(
    endingMark(run),
    ' ',
    endingOf(run),
    '  ',
    span(run.pipeline, 'strong'),
    ...summaryOf(run),
  );
  return [{ kind: 'paragraph', line: title }];
}

/** The number that matters, so that the first line is enough. */
function summaryOf(run: RunRecord): Line {
  const chosen = modelOf(run);
  const metric = run.model?.choice?.metric ?? run.mainMetric;
  const estimate = metric === undefined ? undefined : chosen?.evaluation?.metrics[metric];
  if (chosen === undefined || metric === undefined || estimate === undefined) return [];
  return line(
    '  ',
    span(chosen.step, 'term'),
    ': ',
    span(metric, 'term'),
    ' ',
    span(shownEstimate(estimate), 'strong'),
  );
}

function failedSteps(run: RunRecord): readonly Block[] {
  const items = run.steps.flatMap((step) => {
    if (step.status === 'cancelled')
      return [line(verdictMark('inconclusive'), ' ', step.id, ' was cancelled')];
    if (step.status === 'skipped' && step.because !== undefined && run.status !== 'succeeded') {
      return [line(span('–', 'quiet'), ' ', step.id, ' was skipped: ', step.because)];
    }
    if (step.failure === undefined) return [];
    const what = step.status === 'rejected' ? ' says no: ' : ' failed: ';
    return [line(verdictMark('fail'), ' ', span(step.id, 'strong'), what, step.failure.message)];
  });
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Steps' },
        { kind: 'list', items },
      ];
}

function candidates(run: RunRecord, metricsAtMost: number): readonly Block[] {
  const measured = run.models.filter((model) => model.evaluation !== undefined);
  if (measured.length === 0) return [];
  const metrics = metricsToShow(run).slice(0, metricsAtMost);
  const main = metrics[0]!;
  const sign = metricDefinition(main)?.better === 'lower' ? 1 : -1;
  const mainValue = (model: (typeof measured)[number]) => model.evaluation!.metrics[main]?.value;
  const ranked = measured.toSorted((a, b) => {
    const [x, y] = [mainValue(a), mainValue(b)];
    return x === undefined || y === undefined
      ? Number(x === undefined) - Number(y === undefined)
      : sign * (x - y);
  });
  const differences = run.differences?.find((each) => each.metric === main);
  const decimals = Object.fromEntries(
    metrics.map((metric) => [
      metric,
      Math.min(...measured.map((model) => widestDecimals(model.evaluation!.metrics[metric]))),
    ]),
  );
  const columns: readonly TableColumn[] = [
    { title: 'candidate', align: 'left', atLeast: 12 },
    ...metrics.map((metric) => ({ title: metric, align: 'left' as const })),
    ...(differences === undefined ? [] : [{ title: `${main} against the best`, align: 'left' as const }]),
  ];
  const rows = ranked.map((model): readonly Line[] => {
    return [
      line(span(model.step, 'term')),
      ...metrics.map((metric) => {
        const estimate = model.evaluation!.metrics[metric];
        return estimate === undefined
          ? line(span('cannot be computed', 'quiet'))
          : line(shownEstimate(estimate, decimals[metric]));
      }),
      ...(differences === undefined ? [] : [againstTheBest(model.step, differences)]),
    ];
  });
  const marked = ranked.findIndex((model) => model.step === run.model?.step);
  const rowsMeasured = measured[0]!.evaluation!.rows;
  return [
    { kind: 'heading', text: `Candidates, on ${counted(rowsMeasured, 'held-out row')}; intervals of 95 %` },
    { kind: 'table', columns, rows, ...(marked < 0 ? {} : { marked }) },
    ...(run.model?.choice?.note === undefined
      ? []
      : [{ kind: 'paragraph' as const, line: line(span(run.model.choice.note, 'quiet')) }]),
  ];
}

/** Exact values (a baseline that knows nothing has an interval without width) do not decide. */
function widestDecimals(estimate: { value: number; low: number; high: number } | undefined): number {
  return estimate === undefined || estimate.low === estimate.high ? 3 : decimalsOf(estimate);
}

function againstTheBest(step: string, differences: MetricDifferences): Line {
  if (step === differences.best) return line(span('best', 'good'));
  const other = differences.others.find((each) => each.step === step)?.difference;
  if (other === undefined) return [];
  const shown = shownDifference(other.difference);
  return other.noise ? line(span(`${shown} noise`, 'quiet')) : line(shown);
}

/** The metric that was chosen by, those of gates, and then the usual ones. */
function metricsToShow(run: RunRecord): readonly string[] {
  const usual = ['roc_auc', 'log_loss', 'recall', 'precision', 'rmse', 'mae', 'r2'];
  const wanted = [
    run.model?.choice?.metric,
    run.mainMetric,
    ...(run.gates?.results ?? []).map(({ gate }) => gate.metric),
    ...usual,
    ...metricDefinitions.map(({ name }) => name),
  ];
  const known = new Set(run.models.flatMap((model) => Object.keys(model.evaluation?.metrics ?? {})));
  return [...new Set([...wanted, ...known])].filter(
    (metric) => metric !== undefined && known.has(metric),
  ) as string[];
}

function dataChecks(run: RunRecord): readonly Block[] {
  const items = Object.entries(run.data).flatMap(([name, state]) => datasetLines(name, state));
  return items.length === 0
    ? []
    : [
        { kind: 'heading', text: 'Data' },
        { kind: 'list', items },
      ];
}

function datasetLines(name: string, state: DataState): readonly Line[] {
  const { rows, checks } = state;
  const split =
    rows === undefined ? '' : `, ${count(rows.train)} to train and ${count(rows.heldOut)} held out`;
  const size = rows === undefined ? '' : `: ${counted(rows.total, 'row')}${split}`;
  if (checks === undefined) return [line(span('–', 'quiet'), ' ', span(name, 'strong'), size)];
  const broken = checks.checks.filter((check) => check.verdict !== 'pass');
  const holding = checks.checks.length - broken.length;
  const summary = `; ${holding} of ${count(checks.checks.length)} checks hold`;
  return [
    line(verdictMark(checks.verdict), ' ', span(name, 'strong'), size, summary),
    ...broken.slice(0, 10).map(checkLine),
    ...(broken.length > 10 ? [line(`  and ${count(broken.length - 10)} more`)] : []),
  ];
}

function checkLine(check: CheckResult): Line {
  const column = check.column === undefined ? '' : `${check.column}: `;
  const why =
    check.because ??
    `expected ${check.expected}; ${counted(check.failed, check.rule === 'columns' ? 'column' : 'row')}`;
  const first = check.examples[0];
  const where =
    first === undefined
      ? ''
      : `, first at ${first.file}${first.line === undefined ? `, row ${first.row}` : `:${first.line}`}`;
  const mark =
    check.verdict === 'fail' && check.severity === 'warning'
      ? span('!', 'doubtful')
      : verdictMark(check.verdict);
  return line('  ', mark, ' ', column, span(check.rule, 'strong'), ` ${why}${where}`);
}

function gates(run: RunRecord): readonly Block[] {
  const results = run.gates?.results ?? [];
  if (results.length === 0) return [];
  const items = results.map(({ verdict, reason }) => line(verdictMark(verdict), ' ', reason));
  return [
    { kind: 'heading', text: 'Gates' },
    { kind: 'list', items },
  ];
}

function lastLine(run: RunRecord): Line {
  const ran = run.steps.filter((step) => step.status === 'ran').length;
  const cached = run.steps.filter((step) => step.status === 'cached').length;
  const parts = [
    line('run ', span(run.id, 'name')),
    line(`${counted(run.steps.length, 'step')} (${ran} ran, ${cached} re-used)`),
    line(seconds(run.seconds)),
    codeLine(run),
  ];
  return joined(parts, ', ');
}

function codeLine({ code }: RunRecord): Line {
  if (code === null) return line('outside of Git');
  if (code.commit === null) return line('before the first commit');
  const at = line(`at ${code.commit.slice(0, 7)}`);
  return code.dirty ? [...at, span(' with uncommitted changes', 'doubtful')] : at;
}
