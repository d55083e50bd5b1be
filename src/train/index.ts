export type { Estimator, EstimatorOption, Target, TrainedModel, TrainingRequest } from './estimator.ts';
export { estimators, findEstimator, nearestEstimator } from './estimators.ts';
export type { TrainFailure } from './failures.ts';
export type { Learning, LearningSeries } from './learning.ts';
export { learningSeries } from './learning.ts';
export type { CheckedOptions } from './options.ts';
export { checkOptions } from './options.ts';
