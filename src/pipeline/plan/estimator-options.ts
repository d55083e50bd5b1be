import type { Failure } from '../../base/index.ts';
import type { Instance } from './instances.ts';
import { usesOf } from './links.ts';

/** What the plan asks the built-in estimators. */
export interface EstimatorOptions {
  /** Names of the options of an estimator; `undefined` when there is no such estimator. */
  names(estimator: string): readonly string[] | undefined;
  /** What is wrong with the values of options: also of those that `--param` gave, before anything runs. */
  mistakes(estimator: string, options: Readonly<Record<string, unknown>>): readonly Failure[];
}

/** Loads the estimators only when a step trains. */
export async function loadEstimatorOptions(instances: readonly Instance[]): Promise<EstimatorOptions> {
  if (!instances.some((instance) => usesOf(instance) === 'train')) {
    return { names: () => undefined, mistakes: () => [] };
  }
  const { checkOptions, findEstimator } = await import('../../train/index.ts');
  return {
    names: (name) => findEstimator(name)?.options.map((option) => option.name),
    mistakes: (name, options) => {
      const estimator = findEstimator(name);
      const checked = estimator === undefined ? undefined : checkOptions(estimator, options);
      return checked?.ok === false ? checked.failure : [];
    },
  };
}
