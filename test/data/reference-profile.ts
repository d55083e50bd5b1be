import type { NumberProfile } from '../../src/data/index.ts';

/** An independent computation of `NumberProfile`, by the definitions of NumPy and pandas, in the plainest way. */
export function referenceNumbers(values: readonly number[]): NumberProfile {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const mean = compensatedSum(sorted) / n;
  const squares = compensatedSum(sorted.map((value) => (value - mean) ** 2));
  const minimum = sorted[0]!;
  const maximum = sorted[n - 1]!;
  const quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((level) => {
    const place = (n - 1) * level;
    const below = sorted[Math.floor(place)]!;
    const above = sorted[Math.ceil(place)]!;
    return below + (above - below) * (place - Math.floor(place));
  });
  const edges =
    minimum === maximum
      ? [minimum, maximum]
      : Array.from({ length: 21 }, (_, i) => (i === 20 ? maximum : minimum + i * ((maximum - minimum) / 20)));
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const value of values) {
    let bin = edges.length - 2;
    while (bin > 0 && value < edges[bin]!) bin--;
    counts[bin]!++;
  }
  return {
    mean,
    standardDeviation: n === 1 ? 0 : Math.sqrt(squares / (n - 1)),
    minimum,
    maximum,
    quantiles,
    histogram: { edges, counts },
  };
}

/** Neumaier's compensated summation. */
function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
