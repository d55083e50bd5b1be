import type { ChartOptions, ChartParts } from '@site/charts/chart.ts';
import { ink, seriesStyle, tip } from '@site/charts/palette.ts';
import type { Compared } from './compared.ts';
import { labelOf } from './compared.ts';

type Part = 'training' | 'validation';

interface LearningPoint {
  readonly run: Compared;
  readonly name: string;
  readonly part: Part;
  readonly step: number;
  readonly value: number;
}

/** A chart for each thing that was measured while learning: that of validation rows stands, dashed, beside the training's. */
export function learningCharts(runs: readonly Compared[]): readonly ChartParts[] {
  const measures = new Map<string, LearningPoint[]>();
  for (const run of runs) {
    for (const { name, steps, values } of run.learning?.series ?? []) {
      const { measure, part } = partOf(name);
      const points = measures.get(measure) ?? [];
      steps.forEach((step, i) => {
        points.push({ run, name, part, step, value: values[i]! });
      });
      measures.set(measure, points);
    }
  }
  return [...measures].flatMap(([measure, points]) =>
    points.length === 0 ? [] : [chartOf(measure, points, runs)],
  );
}

/** `val_loss` is `loss` of validation rows. */
export function partOf(name: string): { readonly measure: string; readonly part: Part } {
  const found = /^(val|valid|validation|eval|test|train|training)[ _./-]+(.+)$/i.exec(name);
  if (found === null) return { measure: name, part: 'training' };
  return { measure: found[2]!, part: /^train/i.test(found[1]!) ? 'training' : 'validation' };
}

function chartOf(measure: string, points: readonly LearningPoint[], runs: readonly Compared[]): ChartParts {
  const shown = runs.filter((run) => points.some((point) => point.run === run));
  const units = new Set(shown.map(({ learning }) => learning!.unit));
  const unit = units.size === 1 ? [...units][0]! : 'step';
  const hasBoth = new Set(points.map(({ part }) => part)).size > 1;
  const options: ChartOptions = (Plot, { highlight }) => ({
    x: { label: `${unit} →`, nice: true },
    y: { label: measure, nice: true, grid: true },
    marks: [
      ...shown.flatMap((run, i) =>
        (['training', 'validation'] as const).flatMap((part) => {
          const own = points.filter((point) => point.run === run && point.part === part);
          const opacity = highlight === undefined || highlight === i ? 1 : 0.2;
          const { color, symbol } = seriesStyle(run.place);
          const last = own.slice(-1);
          return [
            Plot.line(own, {
              x: 'step',
              y: 'value',
              z: 'name',
              stroke: color,
              strokeWidth: highlight === i ? 3 : 1.8,
              strokeDasharray: part === 'training' ? 'none' : '5 4',
              strokeOpacity: opacity,
            }),
            Plot.dot(last, {
              x: 'step',
              y: 'value',
              symbol,
              r: 4,
              fill: color,
              stroke: ink.ground,
              fillOpacity: opacity,
            }),
          ];
        }),
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'step',
          y: 'value',
          title: ({ run, name, step, value }: LearningPoint) =>
            `${labelOf(run, runs)}\n${name}\n${unit} ${step}: ${Number(value.toPrecision(5))}`,
          ...tip,
        }),
      ),
    ],
  });
  return {
    title: `${measure} by ${unit}`,
    description: hasBoth
      ? 'Solid: the rows that are learned from. Dashed: rows kept for validation, of which none is held out.'
      : 'As the step that made the model wrote it down while it learned.',
    options,
    table: {
      columns: [
        { label: 'Run' },
        { label: 'Series' },
        { label: unit, isNumber: true },
        { label: 'Value', isNumber: true },
      ],
      rows: points.map(({ run, name, step, value }) => [`${run.letter} ${run.name.id}`, name, step, value]),
    },
    series: shown.map((run) => ({ label: labelOf(run, runs), place: run.place })),
  };
}
