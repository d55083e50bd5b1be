import type { CurvePoints, ReportedCurve } from '../pull-report.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Heights as one line of text, from the lowest to the highest of a range. */
export function sparkline(values: readonly number[], low: number, high: number): string {
  const range = high - low;
  return values
    .map((value) => {
      const share = range > 0 ? (value - low) / range : 0;
      return bars[Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)))]!;
    })
    .join('');
}

interface Drawing {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** What a screen reader says of the whole. */
  readonly told: string;
}

/** How each kind of curve is drawn and told. */
export function drawingOf({ kind }: Pick<ReportedCurve, 'kind'>): Drawing {
  switch (kind) {
    case 'roc':
      return {
        title: 'ROC curve',
        x: 'false positive rate',
        y: 'true positive rate',
        told: 'true positive rate at false positive rates from 0 to 1',
      };
    case 'precision-recall':
      return {
        title: 'Precision and recall',
        x: 'recall',
        y: 'precision',
        told: 'precision at recalls from 0 to 1',
      };
    case 'calibration':
      return {
        title: 'Calibration',
        x: 'predicted probability',
        y: 'observed share',
        told: 'observed share of each group of predicted probabilities, which a good model has alike',
      };
    case 'residuals':
      return {
        title: 'Residuals',
        x: 'quantile',
        y: 'truth minus prediction',
        told: 'truth minus prediction at quantiles from 0.01 to 0.99, which a good model has near 0',
      };
  }
}

/** Small enough that a phone does not shrink its letters away; pages never draw it larger than it is. */
const size = '%%{init: {"xyChart": {"width": 440, "height": 280}}}%%';

/**
 * The curve in Mermaid's `xychart-beta`: this run is the line; bars are what it is compared with (the baseline, or for
 * calibration the prediction itself), so that shapes and no colours tell them apart. Every text in it is ours.
 */
export function xychart(curve: ReportedCurve): string {
  const { title, x, y, told } = drawingOf(curve);
  const compared = barsOf(curve);
  const all = [...curve.head, ...(compared ?? [])].map((point) => point[1]!);
  const isShare = curve.kind !== 'residuals';
  const [low, high] = isShare ? [0, 1] : rangeOf(all);
  const [least, most] = isShare ? [low, high] : [-Infinity, Infinity];
  const values = (points: CurvePoints): string =>
    points.map((point) => plain(Math.min(most, Math.max(least, point[1]!)))).join(', ');
  return [
    size,
    'xychart-beta',
    `  accTitle: ${title}`,
    `  accDescr: ${told}`,
    curve.kind === 'roc' || curve.kind === 'precision-recall'
      ? `  x-axis "${x}" 0 --> 1`
      : `  x-axis "${x}" [${labelsOf(curve.head).join(', ')}]`,
    `  y-axis "${y}" ${plain(low)} --> ${plain(high)}`,
    ...(compared === undefined ? [] : [`  bar [${values(compared)}]`]),
    `  line [${values(curve.head)}]`,
    '',
  ].join('\n');
}

/** What the bars of the chart are; none where nothing compares point by point. */
function barsOf({ kind, head, base }: ReportedCurve): CurvePoints | undefined {
  if (kind === 'calibration') return head.map((point) => [point[0]!, point[0]!]);
  return base?.length === head.length ? base : undefined;
}

export function barsWord(curve: ReportedCurve): string {
  if (curve.kind === 'calibration') return 'Line: observed share; bars: predicted probability.';
  return barsOf(curve) === undefined ? 'Line: this run.' : 'Line: this run; bars: the baseline.';
}

/** As short as they can be while each is another one: the chart takes two of a name for one. */
function labelsOf(points: CurvePoints): readonly string[] {
  for (const decimals of [2, 3]) {
    const labels = points.map((point) => `"${plain(point[0]!, decimals)}"`);
    if (new Set(labels).size === labels.length) return labels;
  }
  return points.map((point) => `"${plain(point[0]!)}"`);
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** A number as Mermaid reads it: no exponent, no long tail. */
function plain(value: number, decimals = 4): string {
  if (!Number.isFinite(value)) return '0';
  const bounded = Math.min(1e12, Math.max(-1e12, value));
  return String(Number(bounded.toFixed(Math.abs(bounded) >= 1000 ? 0 : decimals)));
}
