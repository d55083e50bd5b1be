import type { Failure } from '../base/index.ts';

export type FeatureFailure = Failure<
  | 'features-none'
  | 'features-column-unknown'
  | 'features-column-twice'
  | 'features-column-forbidden'
  | 'features-type-unsupported'
  | 'features-text-not-encoded'
  | 'features-scale-invalid'
  | 'features-impute-invalid'
  | 'features-too-many-categories'
  | 'features-column-empty'
  | 'features-statistic-infinite'
>;

type Code = FeatureFailure['code'];

function mistake(code: Code, message: string, remedy: string): FeatureFailure {
  return { code, kind: 'input', message, remedy };
}

export function noFeatures(): FeatureFailure {
  return mistake(
    'features-none',
    'no column is declared as a feature',
    'list columns under `features:` of the pipeline file',
  );
}

export function columnUnknown(column: string, near: string | undefined): FeatureFailure {
  return mistake(
    'features-column-unknown',
    `the feature ${column} is not a column of the dataset`,
    near === undefined
      ? 'name a column of the dataset'
      : `write ${near}, if that is the column that was meant`,
  );
}

export function columnTwice(column: string): FeatureFailure {
  return mistake(
    'features-column-twice',
    `the column ${column} is declared more than once under \`features:\``,
    'put all that is to be made of a column into one entry',
  );
}

export function columnForbidden(column: string, role: 'target' | 'key' | 'personal'): FeatureFailure {
  const reasons = {
    target: `${column} is the target: a model that reads it has nothing to predict`,
    key: `${column} identifies a row: a model that reads it learns rows by heart`,
    personal: `${column} is classified as personal data, and its values would be kept inside the model`,
  };
  return mistake('features-column-forbidden', reasons[role], `take ${column} out of \`features:\``);
}

export function typeUnsupported(column: string, type: string): FeatureFailure {
  return mistake(
    'features-type-unsupported',
    `the column ${column} is of type ${type}, which cannot be a feature as it is`,
    'make a number or a text of it in the data (of a date, for example, the month or the days since another date)',
  );
}

export function textNotEncoded(column: string): FeatureFailure {
  return mistake(
    'features-text-not-encoded',
    `the feature ${column} is text, and nothing says how it becomes numbers`,
    'add `encode: one-hot` or `encode: ordinal` to its entry',
  );
}

export function scaleInvalid(column: string, problem: string): FeatureFailure {
  return mistake(
    'features-scale-invalid',
    `the feature ${column} cannot be scaled: ${problem}`,
    'give the column an entry of its own, without `scale:`',
  );
}

export function imputeInvalid(column: string, problem: string, remedy?: string): FeatureFailure {
  return mistake(
    'features-impute-invalid',
    `missing values of the feature ${column} cannot be imputed: ${problem}`,
    remedy ?? 'use `most-frequent`, or a value that the column can have',
  );
}

export function tooManyCategories(column: string, most: number): FeatureFailure {
  return mistake(
    'features-too-many-categories',
    `the feature ${column} has more than ${most} different values, and no enum in the contract`,
    'leave a quantity unencoded; list the categories that matter as the enum of the contract',
  );
}

export function columnEmpty(column: string): FeatureFailure {
  return mistake(
    'features-column-empty',
    `the feature ${column} has no value in any training row, so nothing can be learned for it`,
    'take the column out of `features:`, or impute a value that you give',
  );
}

export function statisticInfinite(column: string, statistic: string): FeatureFailure {
  return mistake(
    'features-statistic-infinite',
    `the ${statistic} of the feature ${column} is not a finite number`,
    'look for infinite or extreme values; a range in the contract finds them',
  );
}
