import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { ClassSample, Sample, ValueSample } from '../../src/evaluate/index.ts';
import { measure, measureOnce, pairedDifference } from '../../src/evaluate/index.ts';
import { subsetOf } from '../../src/evaluate/sample.ts';

type Random = () => number;

/** Scores of two normal distributions, 1.5 apart: their area under the ROC curve is Phi(1.5 / sqrt 2). */
function binormal(rows: number, random: Random, noise = 0): ClassSample {
  const truth = Int32Array.from({ length: rows }, () => (random() < 0.4 ? 1 : 0));
  const scores = Array.from(truth, (y) => normal(random) + 1.5 * y + noise * normal(random));
  const probability = scores.map((score) => 1 / (1 + Math.exp(-(1.5 * score - 1.5))));
  return {
    task: 'classification',
    rows,
    classes: ['0', '1'],
    positive: 1,
    truth,
    labels: Int32Array.from(probability, (p) => (p > 0.5 ? 1 : 0)),
    probabilities: Float64Array.from(probability.flatMap((p) => [1 - p, p])),
  };
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Wilson's lower end for one of one: SciPy's binomtest(1, 1).proportion_ci(method='wilson'). */
const oneOfOne = 0.20654931437723742;

describe('bootstrap intervals', () => {
  test('of a share of 0 or 1 end where those of Wilson do, because its resamples all agree (V6)', () => {
    const rows = 5;
    const truth = Int32Array.from([1, 1, 1, 1, 1]);
    const sample = { ...binormal(rows, seededRandom(1)), truth };
    const of = (label: number): unknown =>
      measure([{ ...sample, labels: truth.map(() => label) }], { resamples: 100, seed: 5 })[0]!.metrics[
        'accuracy'
      ];
    // binomtest(5, 5) and binomtest(0, 5).
    expect(of(1)).toEqual({ value: 1, low: expect.closeTo(0.5655175352168251, 15), high: 1 });
    expect(of(0)).toEqual({ value: 0, low: 0, high: expect.closeTo(0.4344824647831748, 15) });
  });

  test('are the same for the same seed, and others for another', () => {
    const sample = binormal(120, seededRandom(1));
    const of = (seed: number): unknown => measure([sample], { resamples: 50, seed })[0]!.metrics;
    expect(of(5)).toEqual(of(5));
    expect(of(5)).not.toEqual(of(6));
  });

  test('do not depend on which other models are measured', () => {
    const sample = binormal(60, seededRandom(1));
    const alone = measure([sample], { resamples: 50, seed: 5 })[0]!.metrics;
    const flipped: ClassSample = { ...sample, labels: sample.labels.map((label) => 1 - label) };
    expect(measure([flipped, sample], { resamples: 50, seed: 5 })[1]!.metrics).toEqual(alone);
  });

  test('agree with resampling the rows themselves and measuring each resample from scratch', () => {
    const sample = binormal(200, seededRandom(2));
    const measured = measure([sample], { resamples: 2000, seed: 5 })[0]!;
    const random = seededRandom(99);
    const values = new Map<string, number[]>();
    for (let r = 0; r < 2000; r++) {
      const rows = Int32Array.from({ length: sample.rows }, () => Math.floor(random() * sample.rows));
      for (const [name, value] of measureOnce(subsetOf(sample, rows))) {
        values.set(name, [...(values.get(name) ?? []), value]);
      }
    }
    for (const [name, estimate] of Object.entries(measured.metrics)) {
      const sorted = values.get(name)!.sort((a, b) => a - b);
      const width = sorted[1949]! - sorted[49]!;
      // Two independent runs of 2,000 resamples: their ends differ by a small part of the width.
      expect(Math.abs(estimate.low - Math.min(sorted[49]!, estimate.value)), name).toBeLessThan(0.12 * width);
      expect(Math.abs(estimate.high - Math.max(sorted[1949]!, estimate.value)), name).toBeLessThan(
        0.12 * width,
      );
    }
  });

  test('hold the true value of a metric in about 95 of 100 samples', () => {
    const random = seededRandom(4);
    const large = measureOnce(binormal(200_000, random));
    const names = ['roc_auc', 'accuracy', 'recall', 'precision', 'log_loss', 'brier', 'average_precision'];
    const held = new Map(names.map((name) => [name, 0]));
    const trials = 300;
    for (let trial = 0; trial < trials; trial++) {
      const { metrics } = measure([binormal(120, random)], { resamples: 300, seed: trial })[0]!;
      for (const name of names) {
        const { low, high } = metrics[name]!;
        if (low <= large.get(name)! && large.get(name)! <= high) held.set(name, held.get(name)! + 1);
      }
    }
    for (const [name, count] of held) {
      expect(count / trials, name).toBeGreaterThan(0.9);
      expect(count / trials, name).toBeLessThan(0.985);
    }
  });

  test('never lose a class, however few rows it has', () => {
    const truth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2];
    const sample: ClassSample = {
      task: 'classification',
      rows: truth.length,
      classes: ['a', 'b', 'c'],
      truth: Int32Array.from(truth),
      labels: Int32Array.from(truth),
      probabilities: Float64Array.from(truth.flatMap((y) => [0, 1, 2].map((j) => (j === y ? 0.8 : 0.1)))),
    };
    const { metrics, missing, replicates } = measure([sample], { resamples: 300, seed: 5 })[0]!;
    expect(missing).toEqual({});
    for (const values of replicates.values()) expect(values.every(Number.isFinite)).toBe(true);
    expect(metrics['recall']).toEqual({ value: 1, low: oneOfOne, high: 1 });
  });

  test('a metric that some resamples do not have gets its interval from the others', () => {
    // One row decides whether there is a predicted positive; a third of the resamples lack it.
    const truth = Array.from({ length: 40 }, (_, i) => (i < 20 ? 1 : 0));
    const sample: ClassSample = {
      ...binormal(40, seededRandom(1)),
      truth: Int32Array.from(truth),
      labels: Int32Array.from(truth, (_, i) => (i === 0 ? 1 : 0)),
    };
    const { metrics } = measure([sample], { resamples: 200, seed: 5 })[0]!;
    expect(metrics['precision']).toEqual({ value: 1, low: oneOfOne, high: 1 });
  });

  test('of numbers hold the value', () => {
    const random = seededRandom(8);
    const truth = Float64Array.from({ length: 100 }, () => normal(random) * 10);
    const sample: ValueSample = {
      task: 'regression',
      rows: 100,
      truth,
      predicted: truth.map((value) => value + normal(random)),
    };
    const { rmse, r2 } = measure([sample], { resamples: 500, seed: 1 })[0]!.metrics;
    expect(rmse!.low).toBeLessThan(rmse!.value);
    expect(rmse!.high).toBeGreaterThan(rmse!.value);
    expect(r2!.value).toBeGreaterThan(0.97);
  });
});

describe('paired differences', () => {
  const differ = (
    baseline: Sample,
    candidate: Sample,
    resamples = 500,
  ): ReturnType<typeof pairedDifference> => {
    const [before, after] = measure([baseline, candidate], { resamples, seed: 5 });
    return pairedDifference({ metric: 'roc_auc', baseline: before!, candidate: after! });
  };

  test('of a model with itself are nothing', () => {
    const sample = binormal(80, seededRandom(1));
    expect(differ(sample, sample)).toMatchObject({ difference: { value: 0, low: 0, high: 0 }, noise: true });
  });

  test('are narrower than the intervals of the two models', () => {
    const sample = binormal(200, seededRandom(1));
    const random = seededRandom(2);
    const probabilities = sample.probabilities.slice();
    for (let i = 0; i < sample.rows; i++) {
      const p = Math.min(0.999, Math.max(0.001, probabilities[2 * i + 1]! + 0.02 * normal(random)));
      probabilities[2 * i + 1] = p;
      probabilities[2 * i] = 1 - p;
    }
    const other: ClassSample = { ...sample, probabilities };
    const difference = differ(sample, other)!;
    const { low, high } = measure([sample], { resamples: 500, seed: 5 })[0]!.metrics['roc_auc']!;
    expect(difference.difference.high - difference.difference.low).toBeLessThan((high - low) / 4);
  });

  test('tell a clearly worse model from noise', () => {
    const sample = binormal(400, seededRandom(1));
    const worse: ClassSample = {
      ...sample,
      probabilities: sample.probabilities.map((p, i) => (i % 8 < 2 ? 1 - p : p)),
    };
    const difference = differ(sample, worse)!;
    expect(difference.noise).toBe(false);
    expect(difference.difference.high).toBeLessThan(0);
    expect(difference.difference.value).toBeCloseTo(difference.value - difference.baseline, 12);
  });

  test('are called noise when nobody resampled', () => {
    const sample = binormal(50, seededRandom(1));
    const other = binormal(50, seededRandom(2));
    expect(differ(sample, { ...sample, probabilities: other.probabilities }, 0)!.noise).toBe(true);
  });

  test('need the metric on both sides', () => {
    const sample = binormal(50, seededRandom(1));
    const [measured] = measure([sample], { resamples: 10, seed: 1 });
    expect(pairedDifference({ metric: 'rmse', baseline: measured!, candidate: measured! })).toBeUndefined();
  });
});
