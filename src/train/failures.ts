import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';

export type TrainFailure = Failure<
  | 'train-option-unknown'
  | 'train-option-invalid'
  | 'train-no-rows'
  | 'train-no-columns'
  | 'train-target-invalid'
  | 'train-one-class'
  | 'train-weights-invalid'
  | 'train-missing-values'
  | 'train-infinite-values'
  | 'train-diverged'
  | 'train-cancelled'
  | 'train-task-unsupported'
>;

export function unknownOption(estimator: string, option: string, known: readonly string[]): TrainFailure {
  const meant = nearest(option, known);
  return {
    code: 'train-option-unknown',
    kind: 'input',
    message: `the estimator ${estimator} has no option \`${option}\``,
    remedy:
      meant === undefined
        ? `Use one of: ${known.join(', ') || 'none at all'}.`
        : `Did you mean \`${meant}\`?`,
  };
}

export function invalidOption(option: string, written: unknown, expected: string): TrainFailure {
  return {
    code: 'train-option-invalid',
    kind: 'input',
    message: `the option \`${option}\` is ${JSON.stringify(written) ?? 'undefined'}, but must be ${expected}`,
    remedy: `Give \`${option}\` ${expected}, or leave it out.`,
  };
}

export function conflictingOptions(message: string, remedy: string): TrainFailure {
  return { code: 'train-option-invalid', kind: 'input', message, remedy };
}

export function noRows(): TrainFailure {
  return {
    code: 'train-no-rows',
    kind: 'input',
    message: 'there are no rows to learn from',
    remedy: 'Check the data, and that the split leaves rows for training.',
  };
}

export function noColumns(): TrainFailure {
  return {
    code: 'train-no-columns',
    kind: 'input',
    message: 'there are no feature columns to learn from',
    remedy: 'Declare features, or use the estimator `baseline`, which needs none.',
  };
}

export function invalidTarget(message: string): TrainFailure {
  return {
    code: 'train-target-invalid',
    kind: 'input',
    message,
    remedy: 'Make the target of every training row a finite number of moderate size, or one of its classes.',
  };
}

export function oneClass(name: string): TrainFailure {
  return {
    code: 'train-one-class',
    kind: 'input',
    message: `all training rows are of the class ${JSON.stringify(name)}, so there is nothing to tell apart`,
    remedy: 'Bring rows of another class, or use the estimator `baseline`.',
  };
}

export function invalidWeights(message: string): TrainFailure {
  return {
    code: 'train-weights-invalid',
    kind: 'input',
    message,
    remedy: 'Make the weights finite numbers of 0 or more, some of them above 0.',
  };
}

export function missingValues(column: string, rows: number, estimator: string): TrainFailure {
  return {
    code: 'train-missing-values',
    kind: 'input',
    message: `the feature ${JSON.stringify(column)} is missing in ${rows} training row(s), and ${estimator} cannot use missing values`,
    remedy:
      'Add `impute: median` (or another way) to its feature declaration, or use a tree estimator, which takes missing values as they are.',
  };
}

export function infiniteValues(column: string, estimator: string): TrainFailure {
  return {
    code: 'train-infinite-values',
    kind: 'input',
    message: `the feature ${JSON.stringify(column)} holds infinite or enormous values (1e150 and above), and ${estimator} cannot use them`,
    remedy: 'Mend the data (a `range` in the contract finds such rows), or use a tree estimator.',
  };
}

export function diverged(message: string, remedy: string): TrainFailure {
  return { code: 'train-diverged', kind: 'verdict', message, remedy };
}

export function cancelled(): TrainFailure {
  return {
    code: 'train-cancelled',
    kind: 'world',
    message: 'training was cancelled before it was done',
    remedy: 'Run it again, with a longer `timeout-minutes` if a time limit ended it.',
  };
}

export function unsupportedTask(estimator: string, task: string, able: readonly string[]): TrainFailure {
  return {
    code: 'train-task-unsupported',
    kind: 'input',
    message: `the estimator ${estimator} does not do ${task}`,
    remedy: `Use one of: ${able.join(', ')}.`,
  };
}
