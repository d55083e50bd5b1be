import type { JsonScalar } from '../base/index.ts';
import type { StepFile } from './file.ts';

/** As in GitHub Actions. */
export const mostInstances = 256;

/**
 * The instances of a step, in the order of the file: the last key of the matrix changes fastest. A step without a
 * matrix has one instance, with no values.
 */
export function expandMatrix(
  step: Pick<StepFile, 'matrix'>,
): readonly Readonly<Record<string, JsonScalar>>[] {
  let instances: Readonly<Record<string, JsonScalar>>[] = [{}];
  for (const [key, values] of Object.entries(step.matrix ?? {})) {
    instances = instances.flatMap((instance) => values.map((value) => ({ ...instance, [key]: value })));
  }
  return instances;
}

/** How many instances a matrix has, without making them. */
export function instancesOf(matrix: Readonly<Record<string, readonly unknown[]>>): number {
  return Object.values(matrix).reduce((product, values) => product * values.length, 1);
}
