import { nearest } from '../base/index.ts';
import type { Estimator } from './estimator.ts';
import { baseline } from './estimators/baseline.ts';
import { gradientBoosting } from './estimators/gradient-boosting.ts';
import { logisticRegression } from './estimators/logistic-regression.ts';
import { randomForest } from './estimators/random-forest.ts';
import { ridge } from './estimators/ridge.ts';
import { sgd } from './estimators/sgd.ts';

/** All built-in ways of learning, simplest first. */
export const estimators: readonly Estimator[] = [
  baseline,
  logisticRegression,
  ridge,
  sgd,
  randomForest,
  gradientBoosting,
];

export function findEstimator(name: string): Estimator | undefined {
  return estimators.find((estimator) => estimator.name === name);
}

/** The name that was probably meant. */
export function nearestEstimator(written: string): string | undefined {
  return nearest(
    written,
    estimators.map((estimator) => estimator.name),
  );
}
