import type { Estimate, FeatureImportance } from '@format';
import type { ChartOptions, ChartParts } from '@site/charts/chart.ts';
import { ink, seriesStyle, tip } from '@site/charts/palette.ts';
import type { Compared } from './compared.ts';
import { labelOf } from './compared.ts';

/** A value with its interval, of one run in one row of a chart. */
export interface RangePoint {
  readonly run: Compared;
  readonly row: string;
  readonly estimate: Estimate;
}

/** Rows of values with intervals, the runs below each other in each row. */
export function rangesChart({
  title,
  description,
  x,
  runs,
  points,
}: {
  readonly title: string;
  readonly description: string;
  readonly x: string;
  readonly runs: readonly Compared[];
  readonly points: readonly RangePoint[];
}): ChartParts | undefined {
  if (points.length === 0) return undefined;
  const rows = [...new Set(points.map(({ row }) => row))];
  const shown = runs.filter((run) => points.some((point) => point.run === run));
  const options: ChartOptions = (Plot, { isNarrow, highlight }) => ({
    marginLeft: isNarrow ? 110 : 180,
    x: { label: x, nice: true, grid: true, ticks: isNarrow ? 4 : 8 },
    y: { axis: null, domain: shown.map(({ letter }) => letter), type: 'point', padding: 0.8 },
    fy: {
      label: null,
      domain: rows,
      tickFormat: (row: string) => cut(row, isNarrow ? 15 : 26),
      axis: 'left',
    },
    marks: [
      Plot.frame({ stroke: 'var(--vp-c-divider)', strokeWidth: 0.5 }),
      ...shown.flatMap((run, i) => {
        const own = points.filter((point) => point.run === run);
        const { color, symbol } = seriesStyle(run.place);
        const opacity = highlight === undefined || highlight === i ? 1 : 0.25;
        const at = { y: () => run.letter, fy: 'row', opacity };
        return [
          Plot.ruleY(own, {
            ...at,
            x1: ({ estimate }: RangePoint) => estimate.low,
            x2: ({ estimate }: RangePoint) => estimate.high,
            stroke: color,
            strokeWidth: 1.5,
          }),
          Plot.dot(own, {
            ...at,
            x: ({ estimate }: RangePoint) => estimate.value,
            symbol,
            r: 4,
            fill: color,
            stroke: ink.ground,
          }),
        ];
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: ({ estimate }: RangePoint) => estimate.value,
          y: ({ run }: RangePoint) => run.letter,
          fy: 'row',
          title: ({ run, row, estimate }: RangePoint) =>
            `${labelOf(run, runs)}\n${row}\n${short(estimate.value)} [${short(estimate.low)}, ${short(estimate.high)}]`,
          ...tip,
        }),
      ),
    ],
  });
  return {
    title,
    description,
    options,
    height: 70 + rows.length * (14 + 13 * shown.length),
    table: {
      columns: [
        { label: 'Row' },
        { label: 'Run' },
        { label: x, isNumber: true },
        { label: 'From', isNumber: true },
        { label: 'To', isNumber: true },
      ],
      rows: points.map(({ run, row, estimate }) => [
        row,
        `${run.letter} ${run.name.id}`,
        estimate.value,
        estimate.low,
        estimate.high,
      ]),
    },
    series: shown.map((run) => ({ label: labelOf(run, runs), place: run.place })),
  };
}

/** Columns by how much the metric falls when they are shuffled; those that matter most to any run first. */
export function importanceChart(runs: readonly Compared[]): ChartParts | undefined {
  const most = 15;
  // Drops of two metrics have no common axis: runs whose columns were shuffled for another one are left out, and named.
  const all = (run: Compared): readonly FeatureImportance[] => run.model?.evaluation?.importance ?? [];
  const metric = runs.flatMap((run) => all(run)[0]?.metric ?? [])[0];
  const importanceOf = (run: Compared) => all(run).filter((each) => each.metric === metric);
  const left = runs.filter((run) => all(run).length > 0 && importanceOf(run).length === 0);
  const largest = new Map<string, number>();
  for (const { column, mean } of runs.flatMap(importanceOf))
    largest.set(column, Math.max(largest.get(column) ?? 0, Math.abs(mean)));
  const columns = [...largest]
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([column]) => column);
  const points = columns.flatMap((row) =>
    runs.flatMap((run): RangePoint[] => {
      const found = importanceOf(run).find(({ column }) => column === row);
      if (found === undefined) return [];
      const { mean, standardDeviation } = found;
      const estimate = { value: mean, low: mean - standardDeviation, high: mean + standardDeviation };
      return [{ run, row, estimate }];
    }),
  );
  return rangesChart({
    title: 'Importance of columns',
    description: `How much worse ${metric} gets when a column is shuffled, with one standard deviation over repeats${largest.size > most ? `; the ${most} that matter most of ${largest.size}` : ''}.${left.length > 0 ? ` Left out, as another metric was asked: ${left.map(({ letter }) => letter).join(', ')}.` : ''}`,
    x: 'How much worse',
    runs,
    points,
  });
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
