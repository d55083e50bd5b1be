import type { Verdict } from '../base/index.ts';
import type { Estimate, Gate } from '../evaluate/index.ts';
import type { MetricDiff, ModelDiff, RunDiff } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import { dataLines } from './diff-data-lines.ts';
import type { Block, Line, TableBlock } from './document.ts';
import { joined, line, span } from './document.ts';
import {
  bytes,
  decimalsOf,
  shortDigest,
  shownDifference,
  shownEstimate,
  shownScalar,
  shownValue,
} from './numbers.ts';
import type { MarkdownOptions } from './render-markdown.ts';
import { renderMarkdown } from './render-markdown.ts';
import { renderTerminal } from './render-terminal.ts';
import { endingMark, endingOf, verdictMark, verdictSpan } from './verdict-words.ts';

/** What is different between two runs, for a terminal. */
export function diffReportText(diff: RunDiff, canvas: Canvas): string {
  return renderTerminal(diffReport(diff, canvas.width < 100), canvas);
}

/** The same for a pull request: the verdict first, and one line when nothing changed. */
export function diffReportMarkdown(diff: RunDiff, options?: MarkdownOptions): string {
  return renderMarkdown(diffReport(diff, false), options);
}

/** `narrow`: both sides without their intervals; the difference keeps its own. */
function diffReport(diff: RunDiff, narrow: boolean): readonly Block[] {
  if (!diff.changed) return [{ kind: 'paragraph', line: nothingChanged(diff) }];
  return [
    { kind: 'paragraph', line: headline(diff) },
    ...chosenModel(diff, narrow),
    ...gates(diff),
    ...section('Parameters', changeTable(diff.params)),
    ...list('Data', diff.data.flatMap(dataLines)),
    ...list('Steps', stepLines(diff)),
    ...section('Other models', otherModels(diff)),
    ...list('Environment', environmentLines(diff)),
    { kind: 'paragraph', line: footer(diff) },
  ];
}

function nothingChanged(diff: RunDiff): Line {
  const environment = diff.environment.map(({ name }) => name).join(', ');
  return line(
    ...[endingMark(diff.head), ' ', endingOf(diff.head), '  Nothing changed: ', ...runName(diff.head)],
    ' has the parameters, data, steps, models and verdicts of ',
    ...runName(diff.base),
    environment === '' ? '.' : ` (other environment: ${environment}).`,
  );
}

/** `✗ fail  heart-disease  roc_auc 0.912 → 0.880, -0.032 [-0.061, -0.004], worse` */
function headline(diff: RunDiff): Line {
  const { base, head } = diff;
  const metric = diff.chosen?.metrics.find((each) => each.metric === diff.mainMetric);
  const before = endingOf(base).text === endingOf(head).text ? [] : [` (was ${endingOf(base).text})`];
  const start = line(endingMark(head), ' ', endingOf(head), ...before, '  ', span(head.pipeline, 'strong'));
  if (metric?.head === undefined) return start;
  const decimals = decimalsOf(metric.head);
  const old = metric.base === undefined ? '' : `${shownValue(metric.base, decimals)} → `;
  const now = shownValue(metric.head, decimals);
  return [
    ...start,
    ...line('  ', span(metric.metric, 'term'), ' ', span(`${old}${now}`, 'strong')),
    ...(metric.reading === undefined ? [] : line(', ', ...readingOf(metric))),
  ];
}

function chosenModel(diff: RunDiff, narrow: boolean): readonly Block[] {
  const { chosen } = diff;
  if (chosen === undefined) return [];
  const metrics = chosen.metrics.every((metric) => metric.reading === 'same') ? [] : chosen.metrics;
  const blocks: Block[] = [
    { kind: 'heading', text: 'Model' },
    { kind: 'paragraph', line: modelLine(chosen) },
  ];
  if (metrics.length > 0) blocks.push(metricTable(metrics, narrow));
  if (metrics.some((metric) => metric.basis === 'unpaired')) {
    const meaning =
      'unpaired: no run measured both models side by side, so the intervals of differences are those of separate measurements: wider than need be, and small real differences can look like noise';
    blocks.push({ kind: 'paragraph', line: line(span(meaning, 'quiet')) });
  }
  return blocks;
}

function modelLine({ base, head, change, inputs }: ModelDiff): Line {
  const name = (side: typeof base) =>
    side === undefined
      ? line('none')
      : line(span(side.step, 'term'), span(` ${shortDigest(side.digest)}, ${bytes(side.bytes)}`, 'quiet'));
  if (change === 'same') return line('the same: ', ...name(head));
  const columns = [
    ...inputs.added.map((column) => `+${column}`),
    ...inputs.removed.map((column) => `-${column}`),
  ];
  return [
    ...name(base),
    ...line(' → '),
    ...name(head),
    ...(columns.length === 0 ? [] : line('; inputs ', span(columns.join(' '), 'term'))),
  ];
}

function metricTable(metrics: readonly MetricDiff[], narrow: boolean): TableBlock {
  return {
    kind: 'table',
    columns: [
      { title: 'metric', align: 'left' },
      { title: 'base', align: 'left' },
      { title: 'head', align: 'left' },
      { title: 'difference', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows: metrics.map((metric) => {
      const decimals = decimalsOfBoth(metric.base, metric.head);
      const side = (estimate: Estimate | undefined) => {
        if (estimate === undefined) return line(span('not measured', 'quiet'));
        return line(narrow ? shownValue(estimate, decimals) : shownEstimate(estimate, decimals));
      };
      const difference = typeof metric.difference === 'number' ? { decimals } : {};
      return [
        line(span(metric.metric, 'term')),
        side(metric.base),
        side(metric.head),
        line(metric.difference === undefined ? '' : shownDifference(metric.difference, difference.decimals)),
        metric.reading === undefined ? [] : readingOf(metric),
      ];
    }),
  };
}

function decimalsOfBoth(...estimates: readonly (Estimate | undefined)[]): number {
  return Math.min(...estimates.map((each) => (each === undefined ? 6 : decimalsOf(each))));
}

function readingOf(metric: MetricDiff): Line {
  const how = metric.basis === 'unpaired' ? span(' (unpaired)', 'quiet') : '';
  switch (metric.reading) {
    case 'better':
      return line(span('better', 'good'), how);
    case 'worse':
      return line(span('worse', 'bad'), how);
    case 'noise':
      return line(span('noise', 'quiet'), how);
    default:
      return line(span('the same', 'quiet'));
  }
}

function gates(diff: RunDiff): readonly Block[] {
  const items = diff.gates.map(({ gate, base, head, reason }) => {
    if (head === undefined) return line(span('–', 'quiet'), ' removed: ', gateName(gate), ...was(base));
    return line(verdictMark(head), ' ', reason, ...(base === head ? [] : was(base)));
  });
  return list('Gates', items);
}

function was(verdict: Verdict | undefined): Line {
  return verdict === undefined ? line(span(' (new)', 'quiet')) : line(' (was ', verdictSpan(verdict), ')');
}

function gateName(gate: Gate): string {
  return Object.entries(gate)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

function changeTable(changes: RunDiff['params']): readonly Block[] {
  if (changes.length === 0) return [];
  const cell = (value: unknown) => line(value === undefined ? span('not set', 'quiet') : shownScalar(value));
  return [
    {
      kind: 'table',
      columns: [
        { title: 'parameter', align: 'left', atLeast: 10 },
        { title: 'base', align: 'left', atLeast: 10 },
        { title: 'head', align: 'left', atLeast: 10 },
      ],
      rows: changes.map((change) => [line(span(change.name, 'term')), cell(change.base), cell(change.head)]),
    },
  ];
}

function stepLines(diff: RunDiff): readonly Line[] {
  const of = (change: string) => diff.steps.filter((step) => step.change === change);
  const names = (change: string) =>
    joined(
      of(change).map((step) => line(span(step.id, 'term'))),
      ', ',
    );
  const groups: Line[] = [];
  if (of('inputs').length > 0) groups.push(line('made of other inputs: ', ...names('inputs')));
  if (of('added').length > 0) groups.push(line('added: ', ...names('added')));
  if (of('removed').length > 0) groups.push(line('removed: ', ...names('removed')));
  for (const { id, base, head } of of('ending')) groups.push(line(span(id, 'term'), `: ${base} → ${head}`));
  if (groups.length === 0) return [];
  const counts = Object.entries(diff.stepCounts).map(
    ([status, n]) => `${n} ${status === 'cached' ? 're-used' : status}`,
  );
  return [...groups, line(span(`in head: ${counts.join(', ')}`, 'quiet'))];
}

function otherModels(diff: RunDiff): readonly Block[] {
  const main = diff.mainMetric;
  const others = diff.models.filter(({ base, head, change }) => {
    const isChosen = head?.step === diff.chosen?.head?.step && base?.step === diff.chosen?.base?.step;
    return change !== 'same' && !isChosen;
  });
  if (others.length === 0 || main === undefined) return [];
  const rows = others.map((model): readonly Line[] => {
    const metric = model.metrics.find((each) => each.metric === main);
    const decimals = decimalsOfBoth(metric?.base, metric?.head);
    const cell = (estimate: Estimate | undefined) =>
      line(estimate === undefined ? '' : shownEstimate(estimate, decimals));
    const change =
      model.change === 'changed'
        ? metric?.reading === undefined
          ? []
          : readingOf(metric)
        : line(model.change);
    return [
      line(span((model.head ?? model.base)!.step, 'term')),
      cell(metric?.base),
      cell(metric?.head),
      change,
    ];
  });
  const titles = ['model', `${main}, base`, `${main}, head`, ''];
  const columns = titles.map((title) => ({ title, align: 'left' as const, atLeast: 8 }));
  return [{ kind: 'table', columns, rows }];
}

function environmentLines(diff: RunDiff): readonly Line[] {
  return diff.environment.map(({ name, base, head }) => {
    const show = (value: unknown) =>
      name === 'memoryBytes' && typeof value === 'number' ? bytes(value) : shownScalar(value);
    return line(`${name === 'memoryBytes' ? 'memory' : name}: ${show(base)} → ${show(head)}`);
  });
}

function footer(diff: RunDiff): Line {
  return line('base: run ', ...runName(diff.base), '; head: run ', ...runName(diff.head));
}

function runName(run: RunDiff['base']): Line {
  const commit = run.commit === undefined ? '' : ` at ${run.commit.slice(0, 7)}`;
  return line(span(run.id, 'name'), commit, run.dirty ? span(' with uncommitted changes', 'doubtful') : '');
}

function section(text: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', text }, ...blocks];
}

function list(text: string, items: readonly Line[]): readonly Block[] {
  return section(text, items.length === 0 ? [] : [{ kind: 'list', items }]);
}
