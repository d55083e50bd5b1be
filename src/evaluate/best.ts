import type { Estimate } from './evaluation.ts';
import { improvement, metricDefinition } from './metric-definitions.ts';

/** Indices of the estimates that are there, best first; equal ones keep their order. */
export function bestByMetric(
  metric: string,
  estimates: readonly (Estimate | undefined)[],
): readonly number[] {
  const definition = metricDefinition(metric);
  if (definition === undefined) return [];
  return estimates
    .flatMap((estimate, i) => (estimate === undefined ? [] : [{ i, value: estimate.value }]))
    .sort((a, b) => improvement(definition, b.value, a.value) || a.i - b.i)
    .map(({ i }) => i);
}
