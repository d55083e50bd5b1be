import type { Failure, Place } from '../base/index.ts';

/** Mistakes in pipeline.yaml and trainyard.yaml: what `trainyard check` can say of them. */
export type FileFailureCode =
  | 'pipeline-file-missing'
  | 'pipeline-file-unreadable'
  | 'pipeline-file-large'
  | 'pipeline-file-encoding'
  | 'pipeline-not-found'
  | 'pipeline-yaml-syntax'
  | 'pipeline-yaml-documents'
  | 'pipeline-yaml-duplicate'
  | 'pipeline-yaml-deep'
  | 'pipeline-yaml-alias'
  | 'pipeline-yaml-key'
  | 'pipeline-yaml-tag'
  | 'pipeline-yaml-text'
  | 'pipeline-yaml-number'
  | 'pipeline-version'
  | 'pipeline-key-unknown'
  | 'pipeline-key-missing'
  | 'pipeline-value-type'
  | 'pipeline-value-range'
  | 'pipeline-value-unknown'
  | 'pipeline-value-empty'
  | 'pipeline-name'
  | 'pipeline-expression-syntax'
  | 'pipeline-expression-name'
  | 'pipeline-expression-failed';

export type FileFailure = Failure<FileFailureCode>;

export function mistake(
  code: FileFailureCode,
  message: string,
  place: Place | undefined,
  remedy?: string,
): FileFailure {
  return {
    code,
    kind: 'input',
    message,
    ...(place === undefined ? {} : { place }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

export function expressionSyntax(message: string, place: Place | undefined): FileFailure {
  return mistake('pipeline-expression-syntax', message, place);
}

export function expressionNotAllowed(message: string, place: Place | undefined): FileFailure {
  return mistake('pipeline-expression-name', message, place);
}

export function expressionFailed(message: string, place: Place | undefined): FileFailure {
  return mistake('pipeline-expression-failed', message, place);
}
