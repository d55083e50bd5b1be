import type { Instance } from './instances.ts';
import { usesOf } from './links.ts';

/** Names of the options of a built-in estimator; `undefined` when there is no such estimator. */
export type EstimatorOptions = (estimator: string) => readonly string[] | undefined;

/** Loads the estimators only when a step trains. */
export async function loadEstimatorOptions(instances: readonly Instance[]): Promise<EstimatorOptions> {
  if (!instances.some((instance) => usesOf(instance) === 'train')) return () => undefined;
  const { findEstimator } = await import('../../train/index.ts');
  return (name) => findEstimator(name)?.options.map((option) => option.name);
}
