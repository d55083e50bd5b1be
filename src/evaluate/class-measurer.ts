import { binOf, calibrationBins } from './calibration.ts';
import type { Measurer } from './measurer.ts';
import { metricsOf } from './metric-definitions.ts';
import type { Ranking } from './ranking.ts';
import { areas, rank } from './ranking.ts';
import type { ClassSample } from './sample.ts';
import { classCounts } from './sample.ts';

/** Kept between a probability and 0 or 1 before the logarithm: the machine epsilon of double, as scikit-learn does. */
const epsilon = 2 ** -52;

const names = metricsOf('classification').map((metric) => metric.name);

export function classMeasurer(sample: ClassSample): Measurer {
  const width = sample.classes.length;
  const rankings = rankingsOf(sample);
  const { losses, squares } = lossesOf(sample);
  const bins = binnedOf(sample);
  const confusion = new Float64Array(width * width);
  const binTotals = new Float64Array(2 * calibrationBins);

  return {
    names,
    measure(counts, out) {
      confusion.fill(0);
      binTotals.fill(0);
      let total = 0;
      let loss = 0;
      let square = 0;
      for (let i = 0; i < sample.rows; i++) {
        const count = counts[i]!;
        if (count === 0) continue;
        total += count;
        loss += count * losses[i]!;
        square += count * squares[i]!;
        confusion[sample.truth[i]! * width + sample.labels[i]!]! += count;
        binTotals[2 * bins.bin[i]!]! += count * bins.probability[i]!;
        binTotals[2 * bins.bin[i]! + 1]! += count * bins.outcome[i]!;
      }
      let calibrationError = 0;
      for (let b = 0; b < calibrationBins; b++) {
        calibrationError += Math.abs(binTotals[2 * b]! - binTotals[2 * b + 1]!);
      }
      const labels = labelMetrics(confusion, width, sample.positive);
      const [rocAuc, averagePrecision] = meanAreas(rankings, counts);
      const values = [rocAuc, averagePrecision, loss / total, square / total, calibrationError / total];
      values.push(labels.accuracy, labels.balancedAccuracy, labels.precision, labels.recall, labels.f1);
      for (let m = 0; m < values.length; m++) out[m] = values[m]!;
    },
    reason: (name) => reasonOf(name, sample),
  };
}

/** One ranking for two classes, by the probability of the positive one; else one a class. */
function rankingsOf(sample: ClassSample): readonly Ranking[] {
  const width = sample.classes.length;
  const ranked = sample.positive === undefined ? sample.classes.map((_, j) => j) : [sample.positive];
  return ranked.map((j) => {
    const scores = new Float64Array(sample.rows);
    for (let i = 0; i < sample.rows; i++) scores[i] = sample.probabilities[i * width + j]!;
    return rank(scores, (row) => sample.truth[row] === j);
  });
}

function meanAreas(rankings: readonly Ranking[], counts: Uint32Array): [number, number] {
  let rocAuc = 0;
  let averagePrecision = 0;
  for (const ranking of rankings) {
    const area = areas(ranking, counts);
    rocAuc += area.rocAuc;
    averagePrecision += area.averagePrecision;
  }
  return [rocAuc / rankings.length, averagePrecision / rankings.length];
}

function lossesOf(sample: ClassSample): { losses: Float64Array; squares: Float64Array } {
  const width = sample.classes.length;
  const losses = new Float64Array(sample.rows);
  const squares = new Float64Array(sample.rows);
  for (let i = 0; i < sample.rows; i++) {
    let square = 0;
    for (let j = 0; j < width; j++) {
      const probability = sample.probabilities[i * width + j]!;
      const outcome = sample.truth[i] === j ? 1 : 0;
      if (outcome === 1) losses[i] = -Math.log(Math.min(Math.max(probability, epsilon), 1 - epsilon));
      square += (probability - outcome) ** 2;
    }
    squares[i] = width === 2 ? square / 2 : square;
  }
  return { losses, squares };
}

/** For each row its calibration bin, the probability that is judged, and whether it came true. */
export function binnedOf(sample: ClassSample): {
  bin: Uint8Array;
  probability: Float64Array;
  outcome: Uint8Array;
} {
  const width = sample.classes.length;
  const bin = new Uint8Array(sample.rows);
  const probability = new Float64Array(sample.rows);
  const outcome = new Uint8Array(sample.rows);
  for (let i = 0; i < sample.rows; i++) {
    const judged = sample.positive ?? mostProbable(sample.probabilities, i * width, width);
    const value = sample.probabilities[i * width + judged]!;
    probability[i] = value;
    bin[i] = binOf(value);
    outcome[i] = sample.truth[i] === judged ? 1 : 0;
  }
  return { bin, probability, outcome };
}

function mostProbable(probabilities: Float64Array, start: number, width: number): number {
  let best = 0;
  for (let j = 1; j < width; j++) {
    if (probabilities[start + j]! > probabilities[start + best]!) best = j;
  }
  return best;
}

/** Metrics of labels from a confusion matrix (rows: truth, columns: label). NaN where one is not defined. */
function labelMetrics(
  confusion: Float64Array,
  width: number,
  positive: number | undefined,
): { accuracy: number; balancedAccuracy: number; precision: number; recall: number; f1: number } {
  let total = 0;
  let right = 0;
  let recalls = 0;
  let precisions = 0;
  let f1s = 0;
  const one = { precision: Number.NaN, recall: Number.NaN, f1: Number.NaN };
  for (let j = 0; j < width; j++) {
    let actual = 0;
    let predicted = 0;
    for (let k = 0; k < width; k++) {
      actual += confusion[j * width + k]!;
      predicted += confusion[k * width + j]!;
    }
    const hits = confusion[j * width + j]!;
    total += actual;
    right += hits;
    recalls += hits / actual;
    precisions += actual === 0 ? Number.NaN : predicted === 0 ? 0 : hits / predicted;
    f1s += actual === 0 ? Number.NaN : (2 * hits) / (actual + predicted);
    if (j === positive) {
      one.precision = hits / predicted;
      one.recall = hits / actual;
      one.f1 = actual === 0 ? Number.NaN : (2 * hits) / (actual + predicted);
    }
  }
  return {
    accuracy: right / total,
    balancedAccuracy: recalls / width,
    ...(positive === undefined
      ? { precision: precisions / width, recall: recalls / width, f1: f1s / width }
      : one),
  };
}

function reasonOf(name: string, sample: ClassSample): string {
  if (sample.classes.length < 2) return 'the model knows one class only';
  const absent = absentClasses(sample);
  const positive = sample.positive === undefined ? undefined : sample.classes[sample.positive];
  if (name === 'precision' && positive !== undefined) return `no row has the label ${positive}`;
  if (absent.length > 0) {
    const listed = absent.slice(0, 3).join(', ');
    const more = absent.length > 3 ? ` and ${absent.length - 3} more` : '';
    return `no row is of class ${listed}${more}`;
  }
  return 'too few resamples of these rows have a value';
}

function absentClasses(sample: ClassSample): readonly string[] {
  const counts = classCounts(sample.truth, sample.classes.length);
  return sample.classes.filter((_, j) => counts[j] === 0);
}

/** Rows: truth, columns: label. */
export function confusionOf(sample: ClassSample): readonly (readonly number[])[] {
  const confusion = sample.classes.map(() => sample.classes.map(() => 0));
  for (let i = 0; i < sample.rows; i++) confusion[sample.truth[i]!]![sample.labels[i]!]!++;
  return confusion;
}
