import type { Failure } from '../../base/index.ts';

export type TrainStepFailure = Failure<
  | 'steps-input-missing'
  | 'steps-input-unreadable'
  | 'steps-estimator-unknown'
  | 'steps-target-unknown'
  | 'steps-target-missing'
  | 'steps-task-unsupported'
  | 'steps-class-weight-invalid'
  | 'steps-parity-features'
  | 'steps-parity-prediction'
>;

export function inputMissing(name: string): TrainStepFailure {
  return {
    code: 'steps-input-missing',
    kind: 'world',
    message: `the step was not given ${name}`,
    remedy: 'run the pipeline again; the step that makes it comes first',
  };
}

export function inputUnreadable(name: string, cause: unknown): TrainStepFailure {
  return {
    code: 'steps-input-unreadable',
    kind: 'world',
    message: `${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'run the pipeline with `--force` for the step that makes it',
    cause,
  };
}

export function estimatorUnknown(
  name: string,
  near: string | undefined,
  known: readonly string[],
): TrainStepFailure {
  return {
    code: 'steps-estimator-unknown',
    kind: 'input',
    message: `there is no estimator ${JSON.stringify(name)}`,
    remedy: near === undefined ? `use one of: ${known.join(', ')}` : `write ${near}, if that was meant`,
  };
}

export function targetUnknown(dataset: string, problem: string): TrainStepFailure {
  return {
    code: 'steps-target-unknown',
    kind: 'input',
    message: `the dataset ${dataset} cannot be learned from: ${problem}`,
    remedy: 'name the column that is to be predicted as `target:` of the dataset',
  };
}

export function targetMissing(target: string, rows: number, total: number): TrainStepFailure {
  return {
    code: 'steps-target-missing',
    kind: 'input',
    message: `${rows} of ${total} training rows have no ${target}`,
    remedy: `declare ${target} as required in the contract, and leave such rows out of the data`,
  };
}

export function taskUnsupported(estimator: string, task: string, reason: string): TrainStepFailure {
  return {
    code: 'steps-task-unsupported',
    kind: 'input',
    message: `${estimator} cannot do ${task}, which is the task here because ${reason}`,
    remedy:
      'take another estimator; or list the classes of the target as its enum in the contract (classification), or ' +
      'make it a number without enum (regression)',
  };
}

export function classWeightWithoutClasses(): TrainStepFailure {
  return {
    code: 'steps-class-weight-invalid',
    kind: 'input',
    message: 'class-weight is not usable: the target has no classes, this is a regression',
    remedy: 'leave `class-weight` out',
  };
}

export function classWeightInvalid(problem: string): TrainStepFailure {
  return {
    code: 'steps-class-weight-invalid',
    kind: 'input',
    message: `class-weight is not usable: ${problem}`,
    remedy:
      'write `balanced`, `none`, or positive numbers by class: `{ "yes": 5 }`; classes that are not named weigh 1',
  };
}

export function featuresDiffer(options: {
  readonly feature: string;
  readonly row: number;
  readonly sql: number;
  readonly onnx: number;
}): TrainStepFailure {
  const { feature, row, sql, onnx } = options;
  return {
    code: 'steps-parity-features',
    kind: 'world',
    message: `the feature ${feature} of training row ${row} is ${sql} by SQL and ${onnx} by ONNX Runtime`,
    remedy: 'look at the value of that row for something unusual; report it as a bug of Trainyard otherwise',
  };
}

export function predictionsDiffer(options: {
  readonly what: string;
  readonly row: number;
  readonly trainer: number;
  readonly onnx: number;
}): TrainStepFailure {
  const { what, row, trainer, onnx } = options;
  return {
    code: 'steps-parity-prediction',
    kind: 'world',
    message: `${what} of training row ${row} is ${trainer} by the trainer and ${onnx} by ONNX Runtime`,
    remedy: 'nothing was kept of this model; report it as a bug of Trainyard, with the options of the step',
  };
}
