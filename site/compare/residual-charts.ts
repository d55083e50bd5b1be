import { percent, residualShares } from '@format';
import type { ChartParts } from '@site/charts/chart.ts';
import { ink, seriesStyle, tip } from '@site/charts/palette.ts';
import type { Compared } from './compared.ts';
import { labelOf } from './compared.ts';

/** Of a model of numbers: how far off it was, against what it said. A cloud around 0 without a shape is good. */
export function residualChart(runs: readonly Compared[]): ChartParts | undefined {
  const most = 2_000;
  let rows = 0;
  const points = runs.flatMap((run) => {
    if (run.answers?.task !== 'regression') return [];
    const { truth, predicted } = run.answers;
    rows += truth.length;
    const apart = Math.ceil((truth.length * runs.length) / most);
    return truth.flatMap((value, i) =>
      i % apart === 0 ? [{ run, x: predicted[i]!, y: value - predicted[i]! }] : [],
    );
  });
  if (points.length === 0) return undefined;
  const shown = runs.filter((run) => points.some((point) => point.run === run));
  return {
    title: 'Residuals',
    description: `Truth less prediction, against the prediction: a cloud around 0 without a shape is good. ${points.length < rows ? `${points.length.toLocaleString('en')} of ` : ''}${rows.toLocaleString('en')} rows.`,
    options: (Plot, { highlight }) => ({
      x: { label: 'Predicted', nice: true },
      y: { label: 'Truth less predicted', nice: true, grid: true },
      marks: [
        Plot.ruleY([0], { stroke: ink.line }),
        ...shown.map((run, i) => {
          const { color, symbol } = seriesStyle(run.place);
          return Plot.dot(
            points.filter((point) => point.run === run),
            {
              x: 'x',
              y: 'y',
              symbol,
              r: 3,
              stroke: color,
              strokeOpacity: highlight === undefined || highlight === i ? 0.8 : 0.15,
            },
          );
        }),
        Plot.tip(
          points,
          Plot.pointer({
            x: 'x',
            y: 'y',
            title: ({ run, x, y }: (typeof points)[number]) =>
              `${labelOf(run, runs)}\npredicted ${short(x)}\ntruth ${short(x + y)}`,
            ...tip,
          }),
        ),
      ],
    }),
    table: {
      columns: [
        { label: 'Run' },
        { label: 'Predicted', isNumber: true },
        { label: 'Truth less predicted', isNumber: true },
      ],
      rows: points.map(({ run, x, y }) => [`${run.letter} ${run.name.id}`, x, y]),
    },
    series: shown.map((run) => ({ label: labelOf(run, runs), place: run.place })),
  };
}

/** What every record of a model of numbers has: where its residuals lie. */
export function residualQuantilesChart(runs: readonly Compared[]): ChartParts | undefined {
  const shown = runs.filter(
    ({ model }) => model?.evaluation?.residualQuantiles?.length === residualShares.length,
  );
  if (shown.length === 0) return undefined;
  const of = (run: Compared): readonly number[] => run.model!.evaluation!.residualQuantiles!;
  const rows = shown.map((run) => ({ run, letter: run.letter, q: of(run) }));
  return {
    title: 'Where residuals lie',
    description:
      'Truth less prediction: the box holds half of the held-out rows, the line 98 of 100, the stroke is the median.',
    height: 70 + 44 * shown.length,
    options: (Plot) => ({
      x: { label: 'Truth less predicted', nice: true, grid: true },
      y: { label: null, domain: shown.map(({ letter }) => letter), type: 'band' },
      marks: [
        Plot.ruleX([0], { stroke: ink.line }),
        ...rows.flatMap((row) => {
          const { color } = seriesStyle(row.run.place);
          return [
            Plot.ruleY([row], {
              y: 'letter',
              x1: (d: typeof row) => d.q[0]!,
              x2: (d: typeof row) => d.q[6]!,
              stroke: color,
            }),
            Plot.barX([row], {
              y: 'letter',
              x1: (d: typeof row) => d.q[2]!,
              x2: (d: typeof row) => d.q[4]!,
              fill: color,
              fillOpacity: 0.35,
              stroke: color,
              insetTop: 6,
              insetBottom: 6,
            }),
            Plot.tickX([row], { y: 'letter', x: (d: typeof row) => d.q[3]!, stroke: color, strokeWidth: 3 }),
          ];
        }),
      ],
    }),
    table: {
      columns: [
        { label: 'Run' },
        ...residualShares.map((share) => ({ label: percent(share), isNumber: true })),
      ],
      rows: shown.map((run) => [`${run.letter} ${run.name.id}`, ...of(run)]),
    },
    series: [],
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
