import type { Measurer } from './measurer.ts';
import { metricsOf } from './metric-definitions.ts';
import type { ValueSample } from './sample.ts';

const names = metricsOf('regression').map((metric) => metric.name);

export function valueMeasurer(sample: ValueSample): Measurer {
  const { rows, truth, predicted } = sample;
  const errors = Float64Array.from(truth, (value, i) => value - predicted[i]!);
  const shares = Float64Array.from(truth, (value, i) => Math.abs(errors[i]!) / Math.abs(value));
  const hasZero = truth.includes(0);
  // Squares around a value near the mean keep the digits that squares around 0 would lose.
  const centre = truth.reduce((sum, value) => sum + value, 0) / Math.max(rows, 1);

  return {
    names,
    measure(counts, out) {
      let total = 0;
      let squares = 0;
      let absolutes = 0;
      let percentages = 0;
      let offsets = 0;
      let spread = 0;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < rows; i++) {
        const count = counts[i]!;
        if (count === 0) continue;
        const error = errors[i]!;
        const offset = truth[i]! - centre;
        total += count;
        squares += count * error * error;
        absolutes += count * Math.abs(error);
        percentages += count * shares[i]!;
        offsets += count * offset;
        spread += count * offset * offset;
        if (offset < low) low = offset;
        if (offset > high) high = offset;
      }
      const variation = spread - (offsets * offsets) / total;
      out[0] = Math.sqrt(squares / total);
      out[1] = absolutes / total;
      out[2] = high > low ? 1 - squares / variation : Number.NaN;
      out[3] = hasZero ? Number.NaN : percentages / total;
    },
    reason: (name) => reasonOf(name, rows, hasZero),
  };
}

function reasonOf(name: string, rows: number, hasZero: boolean): string {
  if (name === 'mape' && hasZero) return 'a true value is 0';
  if (name === 'r2' && rows < 2) return 'there are fewer than two rows';
  if (name === 'r2') return 'all true values are equal';
  return 'too few resamples of these rows have a value';
}
