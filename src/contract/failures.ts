import type { Failure, Place } from '../base/index.ts';

export type ContractFailureCode =
  | 'contract-too-large'
  | 'contract-not-utf8'
  | 'contract-yaml'
  | 'contract-shape'
  | 'contract-key-unknown'
  | 'contract-key-missing'
  | 'contract-version'
  | 'contract-value'
  | 'contract-tables'
  | 'contract-column-duplicate'
  | 'contract-option'
  | 'contract-range-empty'
  | 'contract-pattern'
  | 'contract-enum'
  | 'contract-quality'
  | 'contract-missing'
  | 'contract-unreadable';

export type ContractFailure = Failure<ContractFailureCode>;

export interface Mistake {
  readonly code: ContractFailureCode;
  readonly message: string;
  readonly remedy: string;
}

/** A mistake that the writer of the contract can mend. */
export function mistakeAt(place: Place, mistake: Mistake): ContractFailure {
  return { kind: 'input', place, ...mistake };
}

export function contractMissing(dataset: string): ContractFailure {
  return {
    code: 'contract-missing',
    kind: 'input',
    message: `the dataset "${dataset}" has no contract to be checked against`,
    remedy:
      'Write `contract:` with the path of an ODCS file into the dataset, or leave the validate step out.',
  };
}

export function contractUnreadable(file: string, cause: unknown): ContractFailure {
  return {
    code: 'contract-unreadable',
    kind: 'input',
    message: `the contract cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Check the path of the contract; it is relative to the pipeline file.',
    place: { file },
    cause,
  };
}
