import type { Failure, Place } from '../base/index.ts';

/** Mistakes in pipeline.yaml and trainyard.yaml: what `trainyard check` can say of them. */
export type FileFailureCode =
  | 'pipeline-baseline-unknown'
  | 'pipeline-column-unknown'
  | 'pipeline-contract-missing'
  | 'pipeline-cron'
  | 'pipeline-cycle'
  | 'pipeline-data-address'
  | 'pipeline-data-contract'
  | 'pipeline-data-format'
  | 'pipeline-data-key'
  | 'pipeline-data-missing'
  | 'pipeline-data-positive'
  | 'pipeline-data-split'
  | 'pipeline-data-target'
  | 'pipeline-dataset-unknown'
  | 'pipeline-dep-missing'
  | 'pipeline-dep-outside'
  | 'pipeline-deploy'
  | 'pipeline-dispatch-address'
  | 'pipeline-dispatch-data'
  | 'pipeline-env-reserved'
  | 'pipeline-estimator-unknown'
  | 'pipeline-evaluation-missing'
  | 'pipeline-expression-failed'
  | 'pipeline-expression-late'
  | 'pipeline-expression-name'
  | 'pipeline-expression-place'
  | 'pipeline-expression-syntax'
  | 'pipeline-feature-forbidden'
  | 'pipeline-feature-treatment'
  | 'pipeline-feature-twice'
  | 'pipeline-features-missing'
  | 'pipeline-file-encoding'
  | 'pipeline-file-large'
  | 'pipeline-file-missing'
  | 'pipeline-file-unreadable'
  | 'pipeline-gate-empty'
  | 'pipeline-gate-range'
  | 'pipeline-key-missing'
  | 'pipeline-key-unknown'
  | 'pipeline-matrix-large'
  | 'pipeline-matrix-twice'
  | 'pipeline-metric-task'
  | 'pipeline-metric-unknown'
  | 'pipeline-model-ambiguous'
  | 'pipeline-models-missing'
  | 'pipeline-name'
  | 'pipeline-name-alike'
  | 'pipeline-name-folder'
  | 'pipeline-not-found'
  | 'pipeline-option-invalid'
  | 'pipeline-option-unknown'
  | 'pipeline-out-outside'
  | 'pipeline-out-shared'
  | 'pipeline-param-unknown'
  | 'pipeline-secret-value'
  | 'pipeline-serving-header'
  | 'pipeline-serving-key'
  | 'pipeline-serving-log'
  | 'pipeline-serving-model'
  | 'pipeline-serving-stage'
  | 'pipeline-serving-twice'
  | 'pipeline-slice-edges'
  | 'pipeline-slice-personal'
  | 'pipeline-slice-unknown'
  | 'pipeline-site-file'
  | 'pipeline-step-kind'
  | 'pipeline-step-unknown'
  | 'pipeline-value-empty'
  | 'pipeline-value-form'
  | 'pipeline-value-range'
  | 'pipeline-value-type'
  | 'pipeline-value-unknown'
  | 'pipeline-store'
  | 'pipeline-branch'
  | 'pipeline-stage'
  | 'pipeline-promoter'
  | 'pipeline-provenance-file'
  | 'pipeline-provenance-identity'
  | 'pipeline-provenance-key'
  | 'pipeline-version'
  | 'pipeline-yaml-alias'
  | 'pipeline-yaml-deep'
  | 'pipeline-yaml-documents'
  | 'pipeline-yaml-duplicate'
  | 'pipeline-yaml-key'
  | 'pipeline-yaml-number'
  | 'pipeline-yaml-syntax'
  | 'pipeline-yaml-tag'
  | 'pipeline-yaml-text';

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

/** By file, line and column; what stands twice only once. */
export function inOrder<F extends Failure>(failures: readonly F[]): readonly F[] {
  const seen = new Set<string>();
  return failures
    .filter((failure) => {
      const key = JSON.stringify([failure.code, failure.message, failure.place]);
      return !seen.has(key) && seen.add(key);
    })
    .sort(
      (a, b) =>
        compareTexts(a.place?.file ?? '', b.place?.file ?? '') ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
