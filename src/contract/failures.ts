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
  | 'contract-missing';

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
