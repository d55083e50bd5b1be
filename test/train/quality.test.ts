import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/train/index.ts';
import { qualityRows, readReference } from './reference/rows.ts';
import { classesOf, matrixOf, trained, valuesOf } from './tasks.ts';

const reference = readReference().quality;
const train = qualityRows(31, 2000);
const held = qualityRows(32, 2000);
const kinds = train.columns.map((_, j) => (j === 8 ? 12 : 0));
const trainMatrix = matrixOf(train.columns, kinds);
const heldMatrix = matrixOf(held.columns, kinds);
const weights = train.target.map((_, i) => (i % 3 === 0 ? 0.25 : 1.5));
const ones = train.target.map(() => 1);

const isHigh = (values: Float64Array) => Int32Array.from(values, (value) => (value > 0.5 ? 1 : 0));
const quarter = (values: Float64Array) =>
  Int32Array.from(values, (value) => (value < -0.5 ? 0 : value < 0.5 ? 1 : value < 1.5 ? 2 : 3));

async function answers(
  name: string,
  target: Target,
  options: object,
  rowWeights?: Float64Array,
): Promise<Float64Array> {
  const model = await trained(name, {
    matrix: trainMatrix,
    target,
    options: { ...options },
    ...(rowWeights === undefined ? {} : { weights: rowWeights }),
  });
  return model.predict(heldMatrix);
}

/** Weighted area under the ROC curve, by its definition as the share of pairs in the right order. */
function rocAuc(scores: Float64Array, labels: Int32Array, rowWeights: Float64Array): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let below = 0;
  let pairs = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let up = 0;
    let down = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) {
      if (labels[order[to]!] === 1) up += rowWeights[order[to]!]!;
      else down += rowWeights[order[to]!]!;
    }
    pairs += up * (below + down / 2);
    below += down;
    positives += up;
    from = to;
  }
  return pairs / (below * positives);
}

function logLoss(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  rowWeights: Float64Array,
): number {
  let total = 0;
  let weight = 0;
  labels.forEach((label, i) => {
    total -= rowWeights[i]! * Math.log(Math.max(probabilities[i * classes + label]!, 2 ** -52));
    weight += rowWeights[i]!;
  });
  return total / weight;
}

function rmse(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value, i) => sum + (value - held.target[i]!) ** 2, 0) / values.length);
}

const boosting = { trees: 100, 'max-depth': 6, l2: 1 };
const forest = { trees: 100 };

describe('on held-out rows with gaps and categories, models are as good as those of scikit-learn', () => {
  for (const [name, estimator, options, rowWeights] of [
    ['boostingBinary', 'gradient-boosting', boosting, ones],
    ['boostingWeighted', 'gradient-boosting', boosting, weights],
    ['boostingStopping', 'gradient-boosting', { ...boosting, trees: 1000, 'early-stopping': 10 }, ones],
    ['forestBinary', 'random-forest', forest, ones],
    ['forestWeighted', 'random-forest', forest, weights],
  ] as const) {
    test(`${name}: ROC AUC not 0.01 below, log loss not 4 % above`, async () => {
      const probabilities = await answers(estimator, classesOf(isHigh(train.target)), options, rowWeights);
      const second = probabilities.filter((_, i) => i % 2 === 1);
      expect(rocAuc(second, isHigh(held.target), rowWeights)).toBeGreaterThan(reference[name]!.auc - 0.01);
      const loss = logLoss(probabilities, isHigh(held.target), 2, rowWeights);
      expect(loss).toBeLessThan(reference[name]!.logLoss * 1.04);
    });
  }

  for (const [name, estimator, options] of [
    ['boostingSeveral', 'gradient-boosting', boosting],
    ['forestSeveral', 'random-forest', { ...forest, 'min-samples-leaf': 3 }],
  ] as const) {
    test(`${name}: log loss not 4 % above`, async () => {
      const target = classesOf(quarter(train.target), ['a', 'b', 'c', 'd']);
      const probabilities = await answers(estimator, target, options);
      expect(logLoss(probabilities, quarter(held.target), 4, ones)).toBeLessThan(
        reference[name]!.logLoss * 1.04,
      );
    });
  }

  for (const [name, estimator, options] of [
    ['boostingRegression', 'gradient-boosting', boosting],
    ['forestRegression', 'random-forest', forest],
  ] as const) {
    test(`${name}: RMSE not 3 % above`, async () => {
      const values = await answers(estimator, valuesOf(train.target), options);
      expect(rmse(values)).toBeLessThan(reference[name]!.rmse * 1.03);
    });
  }
});
