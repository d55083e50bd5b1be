import type { Evaluation } from '../../../evaluate/index.ts';
import type { CurvePoint, CurvePoints, ReportedCurve } from '../pull-report.ts';

/** Steps of a twentieth: what a chart of a comment can show. */
const grid = Array.from({ length: 21 }, (_, i) => i / 20);

/** The levels of `residualQuantiles`. */
const residualLevels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Curves of a model, thinned; with those of the baseline's beside them where it has them. */
export function reportedCurves(
  head: Evaluation | undefined,
  base: Evaluation | undefined,
): readonly ReportedCurve[] {
  const kinds = ['roc', 'precision-recall', 'calibration', 'residuals'] as const;
  return kinds.flatMap((kind) => {
    const [now, before] = [pointsOf(kind, head), pointsOf(kind, base)];
    if (now === undefined) return [];
    return { kind, head: now, ...(before === undefined ? {} : { base: before }) };
  });
}

function pointsOf(kind: ReportedCurve['kind'], evaluation: Evaluation | undefined): CurvePoints | undefined {
  const { curves, residualQuantiles } = evaluation ?? {};
  switch (kind) {
    case 'roc':
      return onGrid(
        curves?.roc?.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
        (points, x) => points.findLast((point) => point[0]! <= x + 1e-12),
      );
    case 'precision-recall':
      return onGrid(
        curves?.precisionRecall?.map(({ recall, precision }) => [recall, precision]),
        // The first threshold that reaches the recall: what one has to pay for it.
        (points, x) => points.find((point) => point[0]! >= x - 1e-12),
      );
    case 'calibration':
      return some(curves?.calibration?.map(({ predicted, observed }) => [tidy(predicted), tidy(observed)]));
    case 'residuals':
      return some(
        residualQuantiles?.flatMap((value, i) =>
          residualLevels[i] === undefined || !Number.isFinite(value) ? [] : [[residualLevels[i], value]],
        ),
      );
  }
}

function onGrid(
  points: CurvePoints | undefined,
  at: (points: CurvePoints, x: number) => CurvePoint | undefined,
): CurvePoints | undefined {
  if (points === undefined) return undefined;
  return some(
    grid.flatMap((x) => {
      const point = at(points, x);
      return point === undefined ? [] : [[x, tidy(point[1]!)]];
    }),
  );
}

function some(points: CurvePoints | undefined): CurvePoints | undefined {
  return points === undefined || points.length < 2 ? undefined : points.slice(0, 60);
}

function tidy(value: number): number {
  return Number(value.toFixed(4));
}
