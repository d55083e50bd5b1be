import type { BoostLoss, BoostMemory } from './boost-memory.ts';

/** The best constant scores: the mean, the log odds, or the log shares. */
export function startScores(
  run: {
    readonly loss: BoostLoss;
    readonly outputs: number;
    readonly targets: Float64Array;
    readonly weights: Float64Array | undefined;
  },
  rows: Int32Array,
): Float64Array {
  const { loss, outputs, targets, weights } = run;
  const totals = new Float64Array(loss === 'softmax' ? outputs : 1);
  let total = 0;
  for (const row of rows) {
    const weight = weights === undefined ? 1 : weights[row]!;
    const target = targets[row]!;
    total += weight;
    if (loss === 'softmax') totals[target] = totals[target]! + weight;
    else totals[0] = totals[0]! + weight * target;
  }
  return totals.map((sum) => {
    const share = sum / total;
    if (loss === 'squared') return share;
    const kept = Math.min(Math.max(share, 1e-9), 1 - 1e-9);
    return loss === 'logistic' ? Math.log(kept / (1 - kept)) : Math.log(kept);
  });
}

/** The weighted mean loss of some rows at the scores so far: half the squared error, or the log loss. */
export function boostLoss(memory: BoostMemory, rows: Int32Array): number {
  const { loss, outputs, scores, targets, weights, binned } = memory;
  let total = 0;
  let weightSum = 0;
  for (const row of rows) {
    const weight = weights.length === 0 ? 1 : weights[row]!;
    const target = targets[row]!;
    weightSum += weight;
    if (loss === 'squared') {
      total += (weight * (scores[row]! - target) ** 2) / 2;
    } else if (loss === 'logistic') {
      const margin = target === 1 ? scores[row]! : -scores[row]!;
      total += weight * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
    } else {
      let highest = -Infinity;
      for (let k = 0; k < outputs; k++) highest = Math.max(highest, scores[k * binned.rows + row]!);
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += Math.exp(scores[k * binned.rows + row]! - highest);
      total += weight * (Math.log(sum) + highest - scores[target * binned.rows + row]!);
    }
  }
  return total / weightSum;
}
