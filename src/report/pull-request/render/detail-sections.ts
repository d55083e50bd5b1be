import type { Block, Line } from '../../document.ts';
import { joined, line } from '../../document.ts';
import { count, counted, seconds } from '../../numbers.ts';
import type {
  PullReport,
  ReportedCurve,
  ReportedMetric,
  ReportedSlice,
  ReportedStep,
} from '../pull-report.ts';
import { barsWord, drawingOf, sparkline, xychart } from './charts.ts';
import { dagChart, statusWords } from './dag.ts';
import { heading, isSame, small } from './judged-sections.ts';
import type { Section } from './section.ts';
import { folded, section } from './section.ts';
import { changeWords, decimalsOfMetric, fromTo, shownNumber, shownText, term } from './words.ts';

const worst = 10;

/** The groups of rows that the model serves worst. */
export function slicesSection({ slices }: PullReport): readonly Section[] {
  const first = slices[0];
  if (first === undefined) return [];
  const shown = slices.slice(0, worst);
  const hasBase = shown.some(({ base }) => base !== undefined);
  const hasFew = shown.some(({ few }) => few === true);
  const lowest = shownNumber(
    first.head,
    Math.min(3, decimalsOfMetric({ metric: '', better: 'higher', head: first.head })),
  );
  const summary = `Slices by ${shownText(first.metric, 40)}: worst is ${shownText(first.column, 40)} ${shownText(first.value, 40)} with ${lowest}`;
  return section(
    'Slices',
    5,
    folded(summary, [
      {
        kind: 'table',
        columns: [
          { title: 'Slice', align: 'left' },
          { title: 'Rows', align: 'right' },
          { title: `${hasBase ? 'Was → now' : 'Value'}, 95 % interval`, align: 'left' },
        ],
        rows: shown.map((slice) => sliceRow(slice, hasBase)),
      },
      ...(slices.length > worst ? [small(`The ${worst} worst of ${count(slices.length)}.`)] : []),
      ...(hasFew ? [small('Few: with so few rows a number says little, and no gate judges it.')] : []),
    ]),
  );
}

function sliceRow(slice: ReportedSlice, hasBase: boolean): readonly Line[] {
  const { column, value, rows, head, base, few } = slice;
  const decimals = Math.min(3, decimalsOfMetric({ metric: '', better: 'higher', head }));
  const interval =
    head.low === undefined || head.high === undefined
      ? ''
      : ` [${shownNumber({ value: head.low }, decimals)}, ${shownNumber({ value: head.high }, decimals)}]`;
  const now = hasBase ? fromTo(base, head, decimals) : shownNumber(head, decimals);
  return [
    line(term(column), ' ', shownText(value, 40)),
    line(`${count(rows)}${few === true ? ' (few)' : ''}`),
    line(`${now}${interval}`),
  ];
}

/** The models that were not chosen, where the change did something to them. */
export function candidatesSection({ candidates, base }: PullReport): readonly Section[] {
  const shown = candidates
    .filter(({ change, measured }) => measured !== undefined && (base.kind === 'none' || change !== 'same'))
    .slice(0, 20);
  const metric = shown[0]?.measured?.metric;
  if (metric === undefined) return [];
  return section(
    'Other models',
    6,
    folded(`Other models by ${shownText(metric, 40)}: ${count(shown.length)}`, [
      {
        kind: 'table',
        columns: [
          { title: 'Model', align: 'left' },
          { title: base.kind === 'none' ? 'Value' : 'Was → now', align: 'right' },
          ...(base.kind === 'none' ? [] : [{ title: 'Change', align: 'left' as const }]),
        ],
        rows: shown.map(({ step, change, measured }) => {
          const decimals = decimalsOfMetric(measured!);
          if (base.kind === 'none') return [line(term(step)), line(shownNumber(measured!.head, decimals))];
          return [
            line(term(step)),
            line(candidateNumbers(measured!, decimals)),
            change === 'changed' ? changeWords(measured!) : line(change),
          ];
        }),
      },
    ]),
  );
}

/** One of the two where the model is new or gone. */
function candidateNumbers({ base, head }: ReportedMetric, decimals: number): string {
  return base === undefined || head === undefined
    ? shownNumber(head ?? base, decimals)
    : fromTo(base, head, decimals);
}

const mostSteps = 60;

/** Steps that did not end well, with their reasons. */
export function failedStepsSection({ steps }: PullReport): readonly Section[] {
  const broken = steps.filter(({ because, status }) => because !== undefined && status !== 'skipped');
  const items = broken
    .slice(0, 5)
    .map((step) => line('❌ ', term(step.id), ` ${statusWords(step)}: ${shownText(step.because!, 300)}`));
  return section(
    'Failed steps',
    1,
    items.length === 0 ? [] : [heading('Failed steps'), { kind: 'list', items }],
  );
}

/** What ran, what was re-used, how long it took; drawn, and as text. */
export function stepsSection({ steps, removedSteps, head }: PullReport): readonly Section[] {
  if (steps.length === 0) return [];
  const chart = dagChart(steps);
  const items = steps.slice(0, mostSteps).map(stepLine);
  if (steps.length > mostSteps) items.push(line(`and ${counted(steps.length - mostSteps, 'more step')}`));
  const summary = `${counted(steps.length, 'step')}: ${stepCounts(steps)}; ${seconds(Math.min(head.seconds, 1e9))} in all`;
  return section(
    'Steps',
    6,
    folded(summary, [
      ...(chart === undefined ? [] : [{ kind: 'fence', language: 'mermaid', text: chart } as const]),
      { kind: 'list', items },
      ...(removedSteps.length === 0 ? [] : [removedBlock(removedSteps)]),
    ]),
  );
}

function stepCounts(steps: PullReport['steps']): string {
  const statuses = ['failed', 'rejected', 'cancelled', 'skipped', 'ran', 'cached'] as const;
  const words = { rejected: 'said no', cached: 're-used' } as Readonly<Record<string, string>>;
  return statuses
    .map((status) => [status, steps.filter((step) => step.status === status).length] as const)
    .filter(([, many]) => many > 0)
    .map(([status, many]) => `${count(many)} ${words[status] ?? status}`)
    .join(', ');
}

function stepLine(step: ReportedStep): Line {
  return line(term(step.id), ': ', statusWords(step));
}

function removedBlock(removed: readonly string[]): Block {
  const names = removed.slice(0, 20).map((id) => line(term(id)));
  const more = removed.length > 20 ? ` and ${count(removed.length - 20)} more` : '';
  return { kind: 'paragraph', line: line('No longer there: ', ...joined(names, ', '), `${more}.`) };
}

/** Curves as lines of text, which everybody can read, and as charts. */
export function curvesSection(report: PullReport): readonly Section[] {
  const { curves } = report;
  if (isSame(report)) return [];
  const drawn = curves.filter(({ head }) => head.length >= 2);
  if (drawn.length === 0) return [];
  const names = drawn.map((curve) => drawingOf(curve).title).join(', ');
  return section('Curves', 7, folded(`Curves: ${names}`, drawn.flatMap(curveBlocks)));
}

function curveBlocks(curve: ReportedCurve): readonly Block[] {
  const { title, told } = drawingOf(curve);
  const all = [...curve.head, ...(curve.base ?? [])].map((point) => point[1]!);
  const [low, high] = curve.kind === 'residuals' ? [Math.min(...all), Math.max(...all)] : [0, 1];
  const spark = (name: string, points: ReportedCurve['head']): Line =>
    line(
      `${name} `,
      {
        text: sparkline(
          points.map((point) => point[1]!),
          low,
          high,
        ),
        tone: 'term',
      },
      ` ${threePoints(points)}`,
    );
  return [
    { kind: 'paragraph', line: line({ text: title, tone: 'strong' }, `: ${told}.`) },
    {
      kind: 'list',
      items: [
        spark('this', curve.head),
        ...(curve.base === undefined ? [] : [spark('baseline', curve.base)]),
      ],
    },
    { kind: 'fence', language: 'mermaid', text: xychart(curve) },
    small(barsWord(curve)),
  ];
}

/** Three points in words, for whoever sees neither chart nor blocks. */
function threePoints(points: ReportedCurve['head']): string {
  const at = [
    Math.floor((points.length - 1) / 4),
    Math.floor((points.length - 1) / 2),
    Math.floor((3 * (points.length - 1)) / 4),
  ];
  return [...new Set(at)].map((i) => `${tidy(points[i]![1]!)} at ${tidy(points[i]![0]!)}`).join(', ');
}

function tidy(value: number): string {
  if (!Number.isFinite(value)) return 'no number';
  return Math.abs(value) >= 1e9 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}
