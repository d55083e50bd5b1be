import type { Curves } from '@format';
import type { ChartOptions, ChartParts, ChartSeries } from './chart.ts';
import { ink, seriesStyle, tip } from './palette.ts';

/** A line of a chart: how it is drawn and named, and what the table says of whose it is. */
export interface LineSeries extends Required<ChartSeries> {
  readonly cell: string;
}

/** A point of a line. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Shown beside the point. */
  readonly more?: string;
}

export interface LinesChart<S extends LineSeries> {
  readonly title: string;
  readonly description: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly S[];
  /** What the series are, at the head of the table: `Run`. */
  readonly of: string;
  readonly pointsOf: (series: S) => readonly LinePoint[];
  /** Both axes from 0 to 1, with the line that chance or a perfect answer would draw. */
  readonly unit?: 'diagonal' | 'square';
  /** Head of the column of what is shown beside points. */
  readonly moreLabel?: string;
}

/** Lines over each other; `undefined` when none has points. */
export function linesChart<S extends LineSeries>(chart: LinesChart<S>): ChartParts | undefined {
  const { unit, moreLabel } = chart;
  const lines = chart.series
    .map((series) => ({ series, points: chart.pointsOf(series).map((point) => ({ series, ...point })) }))
    .filter(({ points }) => points.length > 0);
  if (lines.length === 0) return undefined;
  const all = lines.flatMap(({ points }) => points);
  type Point = (typeof all)[number];
  const options: ChartOptions = (Plot, { highlight }) => ({
    x: { label: chart.x, ...(unit === undefined ? { nice: true } : { domain: [0, 1] }), ticks: 6 },
    y: {
      label: chart.y,
      ...(unit === undefined ? { nice: true } : { domain: [0, 1] }),
      grid: true,
      ticks: 6,
    },
    marks: [
      ...(unit === 'diagonal'
        ? [
            Plot.line(
              [
                [0, 0],
                [1, 1],
              ],
              { stroke: ink.line, strokeDasharray: '2 4' },
            ),
          ]
        : []),
      ...lines.flatMap(({ series, points }, i) => {
        const { color, dash, symbol } = seriesStyle(series.place);
        const isFaint = highlight !== undefined && highlight !== i;
        const apart = Math.max(1, Math.ceil(points.length / 6));
        const marked = points.filter((_, at) => at % apart === Math.floor(apart / 2));
        return [
          Plot.line(points, {
            x: 'x',
            y: 'y',
            stroke: color,
            strokeWidth: highlight === i ? 3.5 : 2,
            strokeDasharray: dash,
            strokeOpacity: isFaint ? 0.25 : 1,
          }),
          Plot.dot(marked, {
            x: 'x',
            y: 'y',
            symbol,
            r: 4,
            fill: color,
            stroke: ink.ground,
            fillOpacity: isFaint ? 0.25 : 1,
          }),
        ];
      }),
      Plot.tip(
        all,
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: ({ series, x, y, more }: Point) =>
            `${series.label}\n${chart.x} ${short(x)}\n${chart.y} ${short(y)}${more === undefined ? '' : `\n${more}`}`,
          ...tip,
        }),
      ),
    ],
  });
  return {
    title: chart.title,
    description: chart.description,
    options,
    table: {
      columns: [
        { label: chart.of },
        { label: chart.x, isNumber: true },
        { label: chart.y, isNumber: true },
        ...(moreLabel === undefined ? [] : [{ label: moreLabel }]),
      ],
      rows: all.map(({ series, x, y, more }) => [
        series.cell,
        x,
        y,
        ...(moreLabel === undefined ? [] : [more]),
      ]),
    },
    series: lines.map(({ series: { label, place } }) => ({ label, place })),
  };
}

/** A line with what an evaluation wrote of its model. */
export interface CurvesSeries extends LineSeries {
  readonly curves: Curves | undefined;
}

/** Those of the usual curves of classifiers that any of them has. */
export function curveCharts(series: readonly CurvesSeries[], of: string): readonly ChartParts[] {
  return [rocChart, precisionRecallChart, calibrationChart].flatMap((make) => make(series, of) ?? []);
}

function rocChart(series: readonly CurvesSeries[], of: string): ChartParts | undefined {
  return linesChart({
    title: 'ROC curve',
    description: 'The further to the upper left, the better; the dotted diagonal is chance.',
    x: 'False positive rate',
    y: 'True positive rate',
    series,
    of,
    unit: 'diagonal',
    pointsOf: ({ curves }) =>
      (curves?.roc ?? []).map(({ falsePositiveRate, truePositiveRate, threshold }) => ({
        x: falsePositiveRate,
        y: truePositiveRate,
        more: thresholdWords(threshold),
      })),
    moreLabel: 'Threshold',
  });
}

function precisionRecallChart(series: readonly CurvesSeries[], of: string): ChartParts | undefined {
  return linesChart({
    title: 'Precision and recall',
    description:
      'How many of the rows that are called positive are, against how many of the positive rows are found: the further to the upper right, the better.',
    x: 'Recall',
    y: 'Precision',
    series,
    of,
    unit: 'square',
    pointsOf: ({ curves }) =>
      (curves?.precisionRecall ?? []).map(({ recall, precision, threshold }) => ({
        x: recall,
        y: precision,
        more: thresholdWords(threshold),
      })),
    moreLabel: 'Threshold',
  });
}

function calibrationChart(series: readonly CurvesSeries[], of: string): ChartParts | undefined {
  return linesChart({
    title: 'Calibration',
    description:
      'How often what was said with a probability came true; on the dotted diagonal, probabilities mean what they say.',
    x: 'Mean predicted probability',
    y: 'Share that came true',
    series,
    of,
    unit: 'diagonal',
    pointsOf: ({ curves }) =>
      (curves?.calibration ?? []).map(({ predicted, observed, rows }) => ({
        x: predicted,
        y: observed,
        more: `${rows} rows`,
      })),
    moreLabel: 'Rows',
  });
}

function thresholdWords(threshold: number | null): string {
  return threshold === null ? 'no row is called positive' : `threshold ${short(threshold)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
