import { calibrationBins } from './calibration.ts';
import { binnedOf } from './class-measurer.ts';
import type { Curves } from './evaluation.ts';
import type { Ranking } from './ranking.ts';
import { rank } from './ranking.ts';
import type { ClassSample } from './sample.ts';

/** Points of a curve are thinned to at most this many, evenly, keeping both ends. */
const curvePoints = 200;

/** ROC and precision-recall curves for two classes; a calibration curve for any number (bins as `ece`). */
export function curvesOf(sample: ClassSample): Curves {
  const calibration = calibrationCurve(sample);
  const { positive } = sample;
  if (positive === undefined) return { calibration };
  const scores = new Float64Array(sample.rows);
  for (let i = 0; i < sample.rows; i++) scores[i] = sample.probabilities[2 * i + positive]!;
  const steps = stepsOf(rank(scores, (row) => sample.truth[row] === positive));
  const positives = steps.at(-1)!.truePositives;
  const negatives = steps.at(-1)!.falsePositives;
  return {
    ...(positives > 0 && negatives > 0
      ? {
          roc: thin(steps).map((step) => ({
            falsePositiveRate: step.falsePositives / negatives,
            truePositiveRate: step.truePositives / positives,
            threshold: step.threshold,
          })),
        }
      : {}),
    ...(positives > 0
      ? {
          precisionRecall: thin(steps).map((step) => ({
            recall: step.truePositives / positives,
            precision:
              step.threshold === null ? 1 : step.truePositives / (step.truePositives + step.falsePositives),
            threshold: step.threshold,
          })),
        }
      : {}),
    calibration,
  };
}

interface Step {
  readonly truePositives: number;
  readonly falsePositives: number;
  /** Rows with at least this score are called positive; `null` for none. */
  readonly threshold: number | null;
}

function stepsOf(ranking: Ranking): readonly Step[] {
  const steps: Step[] = [{ truePositives: 0, falsePositives: 0, threshold: null }];
  let truePositives = 0;
  let start = 0;
  ranking.ends.forEach((end, group) => {
    for (let i = start; i < end; i++) truePositives += ranking.positive[i]!;
    steps.push({ truePositives, falsePositives: end - truePositives, threshold: ranking.scores[group]! });
    start = end;
  });
  return steps;
}

function calibrationCurve(sample: ClassSample): NonNullable<Curves['calibration']> {
  const { bin, probability, outcome } = binnedOf(sample);
  const bins = Array.from({ length: calibrationBins }, () => ({ predicted: 0, observed: 0, rows: 0 }));
  for (let i = 0; i < sample.rows; i++) {
    const into = bins[bin[i]!]!;
    into.predicted += probability[i]!;
    into.observed += outcome[i]!;
    into.rows++;
  }
  return bins
    .filter(({ rows }) => rows > 0)
    .map(({ predicted, observed, rows }) => ({
      predicted: predicted / rows,
      observed: observed / rows,
      rows,
    }));
}

function thin<Point>(points: readonly Point[]): readonly Point[] {
  if (points.length <= curvePoints) return points;
  const step = (points.length - 1) / (curvePoints - 1);
  return Array.from({ length: curvePoints }, (_, i) => points[Math.round(i * step)]!);
}
