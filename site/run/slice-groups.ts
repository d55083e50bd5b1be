import type { Estimate, SliceEvaluation } from '@format';
import { improvement, metricDefinition } from '@format';

/** The values of a column, as slices of the held-out rows. */
export interface SliceGroup {
  readonly column: string;
  readonly slices: readonly SliceEvaluation[];
  /** The slice in which the model does worst by a metric; absent when fewer than two have it, or all are the same. */
  readonly worst?: SliceEvaluation;
  /** Between the best and the worst. */
  readonly gap?: number;
}

export function sliceGroups(slices: readonly SliceEvaluation[], metric: string): readonly SliceGroup[] {
  const columns = new Map<string, SliceEvaluation[]>();
  for (const slice of slices) {
    const known = columns.get(slice.column);
    if (known === undefined) columns.set(slice.column, [slice]);
    else known.push(slice);
  }
  const definition = metricDefinition(metric);
  return [...columns].map(([column, own]) => {
    const known = own.flatMap((slice) => {
      const estimate: Estimate | undefined = slice.metrics[metric];
      return estimate === undefined ? [] : [{ slice, value: estimate.value }];
    });
    if (known.length < 2 || definition === undefined) return { column, slices: own };
    const sorted = known.toSorted((a, b) => improvement(definition, a.value, b.value));
    const [worst, best] = [sorted[0]!, sorted.at(-1)!];
    const gap = Math.abs(best.value - worst.value);
    return gap === 0 ? { column, slices: own } : { column, slices: own, worst: worst.slice, gap };
  });
}
