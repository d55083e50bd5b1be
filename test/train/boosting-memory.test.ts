import { expect, test } from 'vitest';
import { binMatrix } from '../../src/train/trees/binning.ts';
import { boost } from '../../src/train/trees/boosting.ts';
import { mixedTask } from './tasks.ts';

async function leavesWith(
  histogramBudget: number,
  limits: { maxDepth: number; maxLeaves: number },
): Promise<Float64Array> {
  const { matrix, values } = mixedTask(6_000, 12);
  const boosted = await boost({
    binned: binMatrix(matrix, { maxBins: 255, seed: 1 }),
    loss: 'squared',
    outputs: 1,
    targets: values,
    weights: undefined,
    rounds: 5,
    limits: { ...limits, learningRate: 0.3 },
    rules: { l2: 1, minRows: 3, minSecond: Number.MIN_VALUE, smoothing: 10, support: 3 },
    subsample: 1,
    columnsShare: 1,
    patience: 0,
    validationShare: 0.1,
    seed: 1,
    histogramBudget,
    threads: 1,
    signal: new AbortController().signal,
    onRound: () => {},
  });
  return boosted!.trees.leaves.slice().sort();
}

test.each([
  { maxDepth: 9, maxLeaves: 65_536 },
  { maxDepth: Infinity, maxLeaves: 90 },
])('little memory for histograms makes the same trees, up to rounding: %j', async (limits) => {
  const rich = await leavesWith(2 ** 29, limits);
  const poor = await leavesWith(0, limits);
  expect(poor.length).toBe(rich.length);
  let most = 0;
  rich.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - poor[i]!));
  });
  expect(most).toBeLessThan(1e-9);
});
