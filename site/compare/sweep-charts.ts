import type { ChartOptions, ChartTable } from '@site/charts/chart.ts';
import { ink, seriesStyle, tip } from '@site/charts/palette.ts';
import type { Compared } from './compared.ts';
import type { Sweep, SweepRun } from './sweep.ts';
import { axisOf } from './sweep.ts';

export interface SweepLook {
  readonly sweep: Sweep;
  /** Runs of the comparison: drawn in their colours, over the others. */
  readonly compared: readonly Compared[];
  /** Runs that are not faint. */
  readonly isIn: (run: SweepRun) => boolean;
  /** Drawn over all others, as the reader chose it from the list. */
  readonly chosen?: SweepRun | undefined;
}

/** How strong a run of the comparison is drawn: faint, while another is highlighted. */
function opacityOf({ compared }: SweepLook, run: Compared, highlight: number | undefined): number {
  return highlight === undefined || compared[highlight] === run ? 1 : 0.2;
}

function comparedRun({ compared }: SweepLook, run: SweepRun): Compared | undefined {
  return compared.find(({ name }) => name.id === run.name.id);
}

function titleOf(run: SweepRun, columns: readonly string[]): string {
  const lines = columns.map(
    (name) => `${name.slice(name.indexOf('.') + 1)}: ${String(run.values[name] ?? '–')}`,
  );
  return [`${run.name.pipeline} ${run.name.id}`, ...lines].join('\n');
}

/** A line for each run, from axis to axis: one axis for each parameter, the metric last. */
export function parallelChart(look: SweepLook, columns: readonly string[]): ChartOptions {
  const { sweep } = look;
  const axes = columns.map((name) => axisOf(name, sweep.runs));
  const points = sweep.runs.flatMap((run) =>
    axes.flatMap((axis) => {
      const y = axis.at(run.values[axis.name]);
      return y === undefined ? [] : [{ run, id: run.name.id, axis: axis.name, y }];
    }),
  );
  const shown = points.filter(({ run }) => look.isIn(run));
  const ofChosen = points.filter(({ id }) => id === look.chosen?.name.id);
  // On a ground of its own, to be seen over lines of any colour.
  const chosenPoints =
    ofChosen.length === 0 ? [] : ([6, 3] as const).map((width) => [ofChosen, width] as const);
  const ticks = axes.flatMap((axis) => axis.ticks.map(({ at, text }) => ({ axis: axis.name, y: at, text })));
  const label = (name: string): string => axes.find((axis) => axis.name === name)?.label ?? name;
  return (Plot, { isNarrow, highlight }) => ({
    marginLeft: 44,
    marginRight: 56,
    x: {
      domain: columns,
      type: 'point',
      label: null,
      axis: 'top',
      tickFormat: (name: string) => cut(label(name), isNarrow ? 9 : 20),
      tickSize: 0,
    },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.line(points, { x: 'axis', y: 'y', z: 'id', stroke: ink.line, strokeOpacity: 0.12 }),
      Plot.line(shown, {
        x: 'axis',
        y: 'y',
        z: 'id',
        stroke: 'var(--ty-series-1)',
        strokeOpacity: shown.length > 100 ? 0.25 : 0.5,
      }),
      ...look.compared.flatMap((run) => {
        const own = points.filter(({ id }) => id === run.name.id);
        const { color, dash, symbol } = seriesStyle(run.place);
        const opacity = opacityOf(look, run, highlight);
        return [
          Plot.line(own, {
            x: 'axis',
            y: 'y',
            stroke: color,
            strokeWidth: 3,
            strokeDasharray: dash,
            opacity,
          }),
          Plot.dot(own, { x: 'axis', y: 'y', symbol, r: 5, fill: color, stroke: ink.ground, opacity }),
        ];
      }),
      ...chosenPoints.map(([at, width]) =>
        Plot.line(at, { x: 'axis', y: 'y', stroke: width === 6 ? ink.ground : ink.text, strokeWidth: width }),
      ),
      Plot.dot(chosenPoints[0]?.[0] ?? [], {
        x: 'axis',
        y: 'y',
        r: 5,
        fill: ink.ground,
        stroke: ink.text,
        strokeWidth: 2,
      }),
      Plot.ruleX(columns, { stroke: ink.line }),
      Plot.text(ticks, {
        x: 'axis',
        y: 'y',
        text: ({ text }: { text: string }) => cut(text, 12),
        dx: 6,
        textAnchor: 'start',
        fill: ink.text,
        stroke: ink.ground,
        strokeWidth: 4,
      }),
      Plot.tip(
        shown,
        Plot.pointer({
          x: 'axis',
          y: 'y',
          title: ({ run }: { run: SweepRun }) => titleOf(run, columns),
          ...tip,
        }),
      ),
    ],
  });
}

/** A dot for each run: a parameter against a metric. */
export function scatterChart(look: SweepLook, x: string, y: string): ChartOptions {
  const both = look.sweep.runs.filter(
    ({ values }) => values[x] !== undefined && typeof values[y] === 'number',
  );
  const isNumber = both.every(({ values }) => typeof values[x] === 'number');
  const xOf = ({ values }: SweepRun): number | string =>
    isNumber ? (values[x] as number) : String(values[x]);
  const yOf = ({ values }: SweepRun): number => values[y] as number;
  const others = both.filter((run) => comparedRun(look, run) === undefined);
  const chosen = both.filter((run) => run.name.id === look.chosen?.name.id);
  return (Plot, { highlight }) => ({
    x: isNumber
      ? { label: x.replace(/^params\./, ''), nice: true }
      : { label: x.replace(/^params\./, ''), type: 'point', tickFormat: (text: string) => cut(text, 14) },
    y: { label: y.replace(/^metrics\./, ''), nice: true, grid: true },
    marks: [
      Plot.dot(others, {
        x: xOf,
        y: yOf,
        r: 3.5,
        stroke: 'var(--ty-series-1)',
        strokeOpacity: (run: SweepRun) => (look.isIn(run) ? 0.9 : 0.15),
      }),
      ...both.flatMap((run) => {
        const compared = comparedRun(look, run);
        if (compared === undefined) return [];
        const { color, symbol } = seriesStyle(compared.place);
        const opacity = opacityOf(look, compared, highlight);
        return [Plot.dot([run], { x: xOf, y: yOf, symbol, r: 6, fill: color, stroke: ink.ground, opacity })];
      }),
      Plot.dot(chosen, { x: xOf, y: yOf, r: 10, stroke: ink.text, strokeWidth: 2.5 }),
      Plot.tip(
        both,
        Plot.pointer({ x: xOf, y: yOf, title: (run: SweepRun) => titleOf(run, [x, y]), ...tip }),
      ),
    ],
  });
}

export function sweepTable({ sweep, isIn }: SweepLook, columns: readonly string[]): ChartTable {
  return {
    columns: [
      { label: 'Run' },
      ...columns.map((name) => ({
        label: name.slice(name.indexOf('.') + 1),
        isNumber: sweep.runs.every(({ values }) => typeof (values[name] ?? 0) === 'number'),
      })),
    ],
    rows: sweep.runs
      .filter((run) => isIn(run))
      .map((run) => [`${run.name.pipeline}/${run.name.id}`, ...columns.map((name) => run.values[name])]),
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
