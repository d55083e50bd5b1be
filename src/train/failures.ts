import type { Failure } from '../base/index.ts';

export type TrainFailure = Failure<
  | 'train-option-invalid'
  | 'train-target-invalid'
  | 'train-diverged'
  | 'train-cancelled'
  | 'train-task-unsupported'
>;
