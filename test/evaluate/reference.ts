import { expect } from 'vitest';
import type { Curves } from '../../src/evaluate/index.ts';
import { curvesOf, measure } from '../../src/evaluate/index.ts';
import type { Case, Reference } from './cases.ts';
import { sampleOfCase } from './cases.ts';

/** The largest distance from the reference, relative above 1; fails when one side has a metric and the other has not. */
export function compareWithReference(one: Case, reference: Reference): number {
  const sample = sampleOfCase(one);
  const { metrics, missing } = measure([sample], { resamples: 0, seed: 1 })[0]!;
  let worst = 0;
  for (const [name, expected] of Object.entries(reference.metrics)) {
    if (expected === null) {
      expect(missing[name], name).toMatch(/\w/);
      expect(metrics[name], name).toBeUndefined();
      continue;
    }
    expect(missing[name], name).toBeUndefined();
    worst = Math.max(worst, distance(metrics[name]!.value, expected));
  }
  expect(Object.keys({ ...metrics, ...missing }).sort()).toEqual(Object.keys(reference.metrics).sort());
  if (sample.task === 'regression') return worst;
  return Math.max(worst, curveDistance(curvesOf(sample), reference));
}

function curveDistance(curves: Curves, reference: Reference): number {
  let worst = 0;
  const compare = (ours: readonly number[] | undefined, theirs: readonly number[] | undefined): void => {
    expect(ours?.length).toBe(theirs?.length);
    theirs?.forEach((value, i) => {
      worst = Math.max(worst, distance(ours![i]!, value));
    });
  };
  compare(
    curves.roc?.map((point) => point.falsePositiveRate),
    reference.roc?.fpr,
  );
  compare(
    curves.roc?.map((point) => point.truePositiveRate),
    reference.roc?.tpr,
  );
  compare(
    curves.precisionRecall?.map((point) => point.recall),
    reference.precisionRecall?.recall,
  );
  compare(
    curves.precisionRecall?.map((point) => point.precision),
    reference.precisionRecall?.precision,
  );
  compare(
    curves.calibration?.map((point) => point.predicted),
    reference.calibration?.predicted,
  );
  compare(
    curves.calibration?.map((point) => point.observed),
    reference.calibration?.observed,
  );
  return worst;
}

function distance(ours: number, theirs: number): number {
  const difference = Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
