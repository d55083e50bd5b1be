import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClassSample, ValueSample } from '../../src/evaluate/index.ts';
import {
  confusionOf,
  curvesOf,
  improvement,
  measure,
  measureOnce,
  metricDefinition,
  metricDefinitions,
} from '../../src/evaluate/index.ts';
import type { Case, Reference } from './cases.ts';
import { generateCases, sampleOfCase } from './cases.ts';
import { compareWithReference } from './reference.ts';

const kept = JSON.parse(readFileSync(new URL('golden/metrics.json', import.meta.url), 'utf8')) as readonly {
  case: Case;
  reference: Reference;
}[];

function binary(truth: readonly number[], scores: readonly number[]): ClassSample {
  return {
    task: 'classification',
    rows: truth.length,
    classes: ['no', 'yes'],
    positive: 1,
    truth: Int32Array.from(truth),
    labels: Int32Array.from(scores, (score) => (score > 0.5 ? 1 : 0)),
    probabilities: Float64Array.from(scores.flatMap((score) => [1 - score, score])),
  };
}

describe('metrics', () => {
  test('equal the values that scikit-learn gave, to 1e-9, with ties and absent classes (V1)', () => {
    expect(kept.length).toBeGreaterThan(50);
    for (const one of kept) expect(compareWithReference(one.case, one.reference)).toBeLessThanOrEqual(1e-9);
  });

  test('of the golden file cover both tasks, more than two classes, and metrics that are not defined', () => {
    const cases = kept.map((one) => one.case);
    expect(cases.some((one) => one.task === 'regression')).toBe(true);
    expect(cases.some((one) => (one.classes?.length ?? 0) > 2)).toBe(true);
    expect(kept.some((one) => Object.values(one.reference.metrics).includes(null))).toBe(true);
  });

  test('are either a finite number with an interval around it, or missing with a reason', () => {
    for (const one of generateCases(150, 3)) {
      const { metrics, missing } = measure([sampleOfCase(one)], { resamples: 40, seed: 1 })[0]!;
      for (const { value, low, high } of Object.values(metrics)) {
        expect([value, low, high].every(Number.isFinite)).toBe(true);
        expect(low <= value && value <= high).toBe(true);
      }
      for (const reason of Object.values(missing)) expect(reason).not.toBe('');
      const names = metricDefinitions.filter((metric) => metric.task === one.task).map(({ name }) => name);
      expect([...Object.keys(metrics), ...Object.keys(missing)].sort()).toEqual(names.sort());
    }
  });

  test('say why they are missing', () => {
    const reasons = (sample: ClassSample | ValueSample): Readonly<Record<string, string>> =>
      measure([sample], { resamples: 0, seed: 1 })[0]!.missing;
    expect(reasons(binary([0, 0], [0.1, 0.2]))).toEqual({
      roc_auc: 'no row is of class yes',
      average_precision: 'no row is of class yes',
      balanced_accuracy: 'no row is of class yes',
      recall: 'no row is of class yes',
      f1: 'no row is of class yes',
      precision: 'no row has the label yes',
    });
    expect(reasons(binary([], []))['accuracy']).toBe('there are no rows');
    const values = (truth: number[]): ValueSample => ({
      task: 'regression',
      rows: truth.length,
      truth: Float64Array.from(truth),
      predicted: new Float64Array(truth.length),
    });
    expect(reasons(values([0, 1]))).toEqual({ mape: 'a true value is 0' });
    expect(reasons(values([1]))).toEqual({ r2: 'there are fewer than two rows' });
    expect(reasons(values([2, 2]))).toEqual({ r2: 'all true values are equal' });
  });

  test('stay inside of their declared range', () => {
    for (const one of generateCases(300, 11)) {
      for (const [name, value] of measureOnce(sampleOfCase(one))) {
        if (Number.isNaN(value)) continue;
        const [low, high] = metricDefinition(name)!.range;
        expect(value, name).toBeGreaterThanOrEqual((low ?? Number.NEGATIVE_INFINITY) - 1e-12);
        expect(value, name).toBeLessThanOrEqual((high ?? Number.POSITIVE_INFINITY) + 1e-12);
      }
    }
  });

  test('know which direction is better', () => {
    const good = measureOnce(binary([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]));
    const bad = measureOnce(binary([0, 0, 1, 1], [0.9, 0.6, 0.4, 0.7]));
    for (const metric of metricDefinitions.filter(({ task }) => task === 'classification')) {
      expect(improvement(metric, good.get(metric.name)!, bad.get(metric.name)!), metric.name).toBeGreaterThan(
        0,
      );
    }
  });

  test('have names, descriptions and sources, each once', () => {
    expect(new Set(metricDefinitions.map(({ name }) => name)).size).toBe(metricDefinitions.length);
    for (const { description, source } of metricDefinitions) {
      expect(description.length).toBeGreaterThan(20);
      expect(source).toMatch(/\w/);
    }
  });

  test('do not depend on the order of the rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 8 })), {
          minLength: 1,
          maxLength: 40,
        }),
        (rows) => {
          const there = measureOnce(
            binary(
              rows.map(([y]) => y),
              rows.map(([, s]) => s / 8),
            ),
          );
          const back = [...rows].reverse();
          const again = measureOnce(
            binary(
              back.map(([y]) => y),
              back.map(([, s]) => s / 8),
            ),
          );
          for (const [name, value] of there) {
            if (Number.isNaN(value)) expect(again.get(name)).toBeNaN();
            else expect(again.get(name)).toBeCloseTo(value, 12);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('curves', () => {
  test('have at most 200 points and keep both ends', () => {
    const scores = Array.from({ length: 5000 }, (_, i) => i / 5000);
    const { roc, precisionRecall } = curvesOf(
      binary(
        scores.map((_, i) => (i % 3 === 0 ? 1 : 0)),
        scores,
      ),
    );
    for (const curve of [roc!, precisionRecall!]) expect(curve.length).toBe(200);
    expect(roc![0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0, threshold: null });
    expect(roc!.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1, threshold: 0 });
    expect(precisionRecall![0]).toEqual({ recall: 0, precision: 1, threshold: null });
    expect(precisionRecall!.at(-1)!.recall).toBe(1);
  });

  test('that need both classes are left out when one is absent', () => {
    const curves = curvesOf(binary([1, 1], [0.2, 0.7]));
    expect(curves.roc).toBeUndefined();
    expect(curves.precisionRecall).toBeDefined();
    expect(curvesOf(binary([0], [0.2])).precisionRecall).toBeUndefined();
  });
});

test('the confusion matrix has the truth in its rows', () => {
  expect(confusionOf(binary([0, 0, 1, 1, 1], [0.9, 0.1, 0.9, 0.1, 0.8]))).toEqual([
    [1, 1],
    [1, 2],
  ]);
});
