import type { Failure } from '../base/index.ts';

export type EvaluateFailure = Failure<
  | 'evaluate-task-differs'
  | 'evaluate-classes-differ'
  | 'evaluate-models-differ'
  | 'evaluate-rows-differ'
  | 'evaluate-prediction-invalid'
  | 'evaluate-target-invalid'
  | 'evaluate-target-leaks'
  | 'evaluate-positive-unknown'
  | 'evaluate-no-rows'
  | 'evaluate-no-models'
  | 'evaluate-slice-unknown'
  | 'evaluate-slice-edges'
  | 'evaluate-slice-personal'
  | 'evaluate-metric-unknown'
  | 'evaluate-no-candidate'
  | 'evaluate-model-unusable'
  | 'evaluate-input-missing'
  | 'evaluate-input-unreadable'
  | 'evaluate-model-unmeasured'
>;

type Code = EvaluateFailure['code'];

function input(code: Code, message: string, remedy: string): EvaluateFailure {
  return { code, kind: 'input', message, remedy };
}

export function taskDiffers(model: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-task-differs',
    `The model of ${model} does not fit the target: ${problem}`,
    'Give `evaluate` only models that answer the question of this dataset: classes for a classification, numbers for a regression.',
  );
}

export function classesDiffer(model: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-classes-differ',
    `The classes of ${model} do not fit: ${problem}`,
    'Train on rows that have every class, and write the labels as the dataset does.',
  );
}

export function modelsDiffer(model: string, other: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-models-differ',
    `The models of ${other} and ${model} answer different questions: ${problem}`,
    'Evaluate together only models of one task that know the same classes.',
  );
}

export function rowsDiffer(model: string, expected: number, given: number): EvaluateFailure {
  return input(
    'evaluate-rows-differ',
    `The model of ${model} answered ${given} rows when asked for ${expected}`,
    'Leave the first dimension of the inputs and outputs of the model free, and answer one row for each row.',
  );
}

export function predictionInvalid(model: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-prediction-invalid',
    `The model of ${model} gives answers that cannot be judged: ${problem}`,
    'Make every answer a finite number, and the probabilities of a row at least 0 with a sum of 1. NaN most often comes from a missing value that no training row had, or from a category that none had under `encode: ordinal`: add `impute`, encode `one-hot`, or take a tree estimator.',
  );
}

export function targetInvalid(dataset: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-target-invalid',
    `The target of dataset ${dataset} cannot be judged: ${problem}`,
    'Name a `target` column that has values on the held-out rows.',
  );
}

export function targetLeaks(model: string, target: string): EvaluateFailure {
  return input(
    'evaluate-target-leaks',
    `The model of ${model} reads ${target}, which is what it should predict`,
    'Train on the other columns: the target is not known when the model is asked.',
  );
}

export function positiveUnknown(positive: string, classes: readonly string[]): EvaluateFailure {
  return input(
    'evaluate-positive-unknown',
    `The positive class ${positive} is not one of the classes ${classes.join(', ')}`,
    'Set `positive` of the dataset to one of its classes.',
  );
}

export function noRows(dataset: string): EvaluateFailure {
  return input(
    'evaluate-no-rows',
    `Dataset ${dataset} has no held-out rows with a target`,
    'Hold rows out with `split: { test: 0.25 }`, or bring more rows.',
  );
}

export function noModels(): EvaluateFailure {
  return input(
    'evaluate-no-models',
    'There is no model to evaluate',
    'Let the step need one whose `model` output it can measure.',
  );
}

export function sliceUnknown(column: string, known: readonly string[]): EvaluateFailure {
  return input(
    'evaluate-slice-unknown',
    `There is no column ${column} to slice by`,
    `Use one of ${known.join(', ')}.`,
  );
}

export function sliceEdges(column: string, problem: string): EvaluateFailure {
  return input(
    'evaluate-slice-edges',
    `The edges of slice ${column} cannot be used: ${problem}`,
    'Give `edges` in rising order, for a column of numbers.',
  );
}

export function slicePersonal(column: string): EvaluateFailure {
  return input(
    'evaluate-slice-personal',
    `Column ${column} is classified as personal data, and the values of a slice are written into records`,
    'Slice by a column that is not personal, or derive a coarser one.',
  );
}

export function metricUnknown(metric: string, problem: string, known: readonly string[]): EvaluateFailure {
  return input('evaluate-metric-unknown', `Metric ${metric} ${problem}`, `Use one of ${known.join(', ')}.`);
}

export function noCandidate(metric: string, reasons: readonly string[]): EvaluateFailure {
  return input(
    'evaluate-no-candidate',
    `No candidate has the metric ${metric}: ${reasons.join('; ')}`,
    'Choose by a metric that can be computed on the held-out rows.',
  );
}

export function modelUnusable(model: string, cause: Failure): EvaluateFailure {
  return {
    ...input(
      'evaluate-model-unusable',
      `The model of ${model} does not run on the held-out rows: ${cause.message}`,
      cause.remedy ?? 'Check that its inputs are columns of the dataset, by name and type.',
    ),
    cause,
  };
}

export function inputMissing(name: string): EvaluateFailure {
  return {
    code: 'evaluate-input-missing',
    kind: 'world',
    message: `The file ${name} was not handed to the step`,
    remedy: 'Run the pipeline again with `--force` for the step that makes it.',
  };
}

export function inputUnreadable(name: string, problem: string): EvaluateFailure {
  return {
    code: 'evaluate-input-unreadable',
    kind: 'world',
    message: `The file ${name} cannot be read: ${problem}`,
    remedy: 'Run the step that makes it again, with this version of Trainyard.',
  };
}

export function modelUnmeasured(model: string): EvaluateFailure {
  return input(
    'evaluate-model-unmeasured',
    `The model of ${model} is not one of those that the \`evaluate\` step measured`,
    'Let `model.from` name a step whose model is evaluated, or a `choose` step.',
  );
}
