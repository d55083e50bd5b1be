import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';

export type BatchFailure = Failure<
  | 'batch-column-missing'
  | 'batch-column-unknown'
  | 'batch-column-taken'
  | 'batch-key-unknown'
  | 'batch-format'
  | 'batch-output-is-input'
  | 'batch-output-unwritable'
  | 'batch-input-changed'
  | 'batch-model-failed'
  | 'batch-worker-lost'
  | 'batch-interrupted'
>;

export function columnMissing(name: string, columns: readonly string[]): BatchFailure {
  const meant = nearest(name, columns);
  return {
    code: 'batch-column-missing',
    kind: 'input',
    message: `The input has no column "${name}", which the model reads`,
    remedy:
      meant === undefined
        ? `Add it; its values may be missing where the contract allows it. The input has ${columns.map((column) => `"${column}"`).join(', ')}.`
        : `Is it "${meant}"? Rename it.`,
  };
}

export function columnUnknown(name: string, columns: readonly string[]): BatchFailure {
  const meant = nearest(name, columns);
  return {
    code: 'batch-column-unknown',
    kind: 'input',
    message: `--columns names "${name}", which the input does not have`,
    remedy: meant === undefined ? `Name some of: ${columns.join(', ')}.` : `Did you mean "${meant}"?`,
  };
}

export function columnTaken(name: string): BatchFailure {
  return {
    code: 'batch-column-taken',
    kind: 'input',
    message: `The output would have two columns "${name}": one of the input and one of the answers`,
    remedy: 'Name the columns to keep with `--columns`, or give the answers a `--prefix`.',
  };
}

export function keyUnknown(): BatchFailure {
  return {
    code: 'batch-key-unknown',
    kind: 'input',
    message: 'The contract of the model names no primary key that the input has',
    remedy: 'Name the columns to keep: `--columns patient_id`; or `all`, or `none`.',
  };
}

export function formatUnknown(path: string, what: string, choices: string): BatchFailure {
  return {
    code: 'batch-format',
    kind: 'input',
    message: `The name of the ${what} ${path} does not say its format`,
    remedy: `Let it end with ${choices}.`,
  };
}

export function outputIsInput(path: string): BatchFailure {
  return {
    code: 'batch-output-is-input',
    kind: 'input',
    message: `${path} is one of the files that are read`,
    remedy: 'Name another file after `--output`.',
  };
}

export function outputUnwritable(path: string, cause: unknown): BatchFailure {
  return {
    code: 'batch-output-unwritable',
    kind: 'world',
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'See that its folder is there, may be written to, and has space for twice the output.',
    cause,
  };
}

export function inputChanged(path: string): BatchFailure {
  return {
    code: 'batch-input-changed',
    kind: 'world',
    message: `${path} was changed while it was read`,
    remedy: 'Start again when nothing writes to it.',
    place: { file: path },
  };
}

export function modelFailed(because: string): BatchFailure {
  return {
    code: 'batch-model-failed',
    kind: 'input',
    message: `The model can answer none of the rows: ${because}`,
    remedy: 'The rows keep the contract and the model refuses them all: look at the model.',
  };
}

export function workerLost(because: string): BatchFailure {
  return {
    code: 'batch-worker-lost',
    kind: 'world',
    message: `A thread that asks the model ended: ${because}`,
    remedy:
      'Start the same command again: it goes on where it stopped. Give it more memory when it was short of it.',
  };
}

export function interrupted(work: string): BatchFailure {
  return {
    code: 'batch-interrupted',
    kind: 'world',
    message: 'The scoring was interrupted',
    remedy: `Start the same command again: it goes on with the parts in ${work}.`,
  };
}
