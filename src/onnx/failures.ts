import type { Failure } from '../base/index.ts';

export type OnnxFailure = Failure<
  | 'onnx-model-invalid'
  | 'onnx-model-too-large'
  | 'onnx-external-data'
  | 'onnx-input-unsupported'
  | 'onnx-output-unsupported'
  | 'onnx-classes-unknown'
  | 'onnx-column-missing'
  | 'onnx-column-type'
  | 'onnx-column-value'
  | 'onnx-probabilities-invalid'
  | 'onnx-run-failed'
>;

export function modelInvalid(problem: string, cause?: unknown): OnnxFailure {
  return {
    code: 'onnx-model-invalid',
    kind: 'input',
    message: `this is not an ONNX model that can be run: ${problem}`,
    remedy: 'export the model again; `onnx.checker.check_model` of the Python package `onnx` says more',
    ...(cause === undefined ? {} : { cause }),
  };
}

export function modelTooLarge(bytes: number, most: number): OnnxFailure {
  return {
    code: 'onnx-model-too-large',
    kind: 'input',
    message: `the model has ${bytes} bytes, more than the ${most} that are read`,
    remedy: 'train fewer or shallower trees, or export in single precision',
  };
}

export function externalData(): OnnxFailure {
  return {
    code: 'onnx-external-data',
    kind: 'input',
    message: 'the model keeps tensors in other files',
    remedy: 'save it as one file (`onnx.save_model(model, path, save_as_external_data=False)`)',
  };
}

export function inputUnsupported(input: string, problem: string): OnnxFailure {
  return {
    code: 'onnx-input-unsupported',
    kind: 'input',
    message: `input ${input} ${problem}`,
    remedy:
      'give the model one input a column ([N, 1], of double, float, int64, int32, bool or string), or one [N, F] ' +
      'input and its columns in the metadata entry `trainyard.columns`, a JSON list',
  };
}

export function outputUnsupported(problem: string): OnnxFailure {
  return {
    code: 'onnx-output-unsupported',
    kind: 'input',
    message: `the outputs of the model cannot be understood: ${problem}`,
    remedy:
      'give a classifier a label output ([N], int64 or string) and probabilities ([N, classes], float or double); ' +
      'a regression one output of values ([N, 1], float or double)',
  };
}

export function classesUnknown(): OnnxFailure {
  return {
    code: 'onnx-classes-unknown',
    kind: 'input',
    message: 'the model gives labels, but does not say which class each probability is of',
    remedy:
      'add the metadata entry `trainyard.classes`: a JSON list of the classes, in the order of the columns',
  };
}

export function columnMissing(input: string, near: string | undefined): OnnxFailure {
  return {
    code: 'onnx-column-missing',
    kind: 'input',
    message: `the model wants an input ${input}, which the rows do not have`,
    remedy:
      near === undefined
        ? "name the model's inputs as the columns of the dataset"
        : `rename the model's input to ${near}, if that is the column that was meant`,
  };
}

export function columnType(input: string, wanted: string, given: string): OnnxFailure {
  return {
    code: 'onnx-column-type',
    kind: 'input',
    message: `input ${input} wants ${wanted}, and the column holds ${given}`,
    remedy: `train on the column as it is in the dataset, or change its type in the contract`,
  };
}

/** `row` counts from 1. The value itself is not told: it may be personal. */
export function columnValue(input: string, row: number, problem: string): OnnxFailure {
  return {
    code: 'onnx-column-value',
    kind: 'input',
    message: `input ${input} cannot take the value of row ${row}: ${problem}`,
    remedy: 'declare the input as double (or float), where a missing value is NaN',
  };
}

export function probabilitiesInvalid(row: number, problem: string): OnnxFailure {
  return {
    code: 'onnx-probabilities-invalid',
    kind: 'input',
    message: `what the model gives as probabilities of row ${row} are none: ${problem}`,
    remedy: 'end the model with probabilities (a softmax or a logistic function), not with scores',
  };
}

export function runFailed(problem: string, cause: unknown): OnnxFailure {
  return {
    code: 'onnx-run-failed',
    kind: 'input',
    message: `the model failed while it ran: ${problem}`,
    remedy: 'run the same rows through it where it was made',
    cause,
  };
}
