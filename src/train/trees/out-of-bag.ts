import type { FeatureMatrix } from '../../features/index.ts';
import { stepsApart } from '../learning.ts';
import type { ForestJob } from './forest-grower.ts';
import { bagOf } from './forest-grower.ts';
import type { TreeEnsemble } from './tree.ts';
import { visitLeaves } from './tree.ts';

/** Rows times trees up to which the error costs little beside growing the forest: some tenths of a second. */
const cheapVisits = 5_000_000;

/**
 * What a forest of the first trees gets wrong on the rows that none of these trees has seen (Breiman 2001): the share of
 * wrong classes, or the root of the mean squared error. Rows that every tree has seen so far do not count. `undefined`
 * without bootstrap, where there are no such rows, and where it would take long.
 */
export function outOfBagError(
  job: ForestJob,
  trees: TreeEnsemble,
  matrix: FeatureMatrix,
  task: 'classification' | 'regression',
): readonly (readonly [trees: number, error: number])[] | undefined {
  const count = trees.roots.length;
  const { rows } = matrix;
  if (!job.bootstrap || rows * count > cheapVisits) return undefined;
  const isOut = outOfBag(job, count, rows);
  const { outputs } = trees;
  const sums = new Float64Array(rows * outputs);
  const votes = new Uint32Array(rows);
  const losses = new Float64Array(count);
  const weights = new Float64Array(count);
  const lossOf = (row: number): number => {
    const target = job.targets[row]!;
    if (task === 'regression') return (sums[row]! / votes[row]! - target) ** 2;
    if (outputs === 1) return sums[row]! / votes[row]! > 0.5 === (target === 1) ? 0 : 1;
    let best = 0;
    for (let k = 1; k < outputs; k++) if (sums[row * outputs + k]! > sums[row * outputs + best]!) best = k;
    return best === target ? 0 : 1;
  };
  visitLeaves(trees, matrix, (row, tree, leaf) => {
    if (isOut[tree * rows + row] === 1) {
      for (let k = 0; k < outputs; k++) sums[row * outputs + k]! += trees.leaves[leaf * outputs + k]!;
      votes[row]!++;
    }
    if (votes[row] === 0) return;
    const weight = job.weights === undefined ? 1 : job.weights[row]!;
    losses[tree]! += weight * lossOf(row);
    weights[tree]! += weight;
  });
  const apart = stepsApart(count);
  return Array.from(losses, (loss, tree): [number, number] => {
    const mean = loss / weights[tree]!;
    return [tree + 1, task === 'regression' ? Math.sqrt(mean) : mean];
  }).filter(([grown]) => grown % apart === 0 || grown === count);
}

/** Tree by tree: 1 for a row that the tree has not seen. */
function outOfBag(job: ForestJob, trees: number, rows: number): Uint8Array {
  const isOut = new Uint8Array(trees * rows);
  const counts = new Uint16Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    bagOf(job, tree, counts);
    for (let row = 0; row < rows; row++) isOut[tree * rows + row] = counts[row] === 0 ? 1 : 0;
  }
  return isOut;
}
