import { seededRandom } from '../base/index.ts';
import type { Estimate, PairedDifference } from './evaluation.ts';
import type { Measurer } from './measurer.ts';
import { metricDefinition } from './metric-definitions.ts';
import { measurerOf } from './prepare-measurer.ts';
import { quantileOfSorted } from './quantile.ts';
import { resampler } from './resample.ts';
import type { Sample } from './sample.ts';
import { supportOf } from './support.ts';

/** The metrics of one sample, and their values in every resample. */
export interface Measured {
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly missing: Readonly<Record<string, string>>;
  /** By metric, also missing ones: one value a resample, NaN where it is not defined. Same resamples in one call. */
  readonly replicates: ReadonlyMap<string, Float64Array>;
}

export interface ResamplingOptions {
  /** How many resamples; 1,000 is the default of pipelines. */
  readonly resamples: number;
  readonly seed: number;
}

/**
 * Measures samples of the same rows (several models, one truth) with percentile bootstrap intervals of 95 %. Every
 * model gets the same resamples, so that the differences between their replicates are paired. The work is in
 * proportion to rows x resamples x models.
 *
 * How often such intervals hold the true value was simulated (two classes, 20 % positives): 92-95 % with
 * 300 rows, 89-91 % with 75, 74-91 % with 40. They are a little too sure on few rows, and for `rmse` of heavy tails.
 */
export function measure(samples: readonly Sample[], options: ResamplingOptions): readonly Measured[] {
  const first = samples[0];
  if (first === undefined) return [];
  const measurers = samples.map(measurerOf);
  const replicates = measurers.map((m) => m.names.map(() => new Float64Array(options.resamples)));
  const counts = new Uint32Array(first.rows);
  const out = new Float64Array(measurers[0]!.names.length);
  const draw = resampler(first, seededRandom(options.seed));
  for (let r = 0; r < options.resamples && first.rows > 0; r++) {
    draw(counts);
    for (let s = 0; s < measurers.length; s++) {
      measurers[s]!.measure(counts, out);
      for (let m = 0; m < out.length; m++) replicates[s]![m]![r] = out[m]!;
    }
  }
  return measurers.map((measurer, s) => summarize(measurer, samples[s]!, replicates[s]!));
}

/** The values alone, without intervals; NaN for a metric that is not defined. */
export function measureOnce(sample: Sample): ReadonlyMap<string, number> {
  const measurer = measurerOf(sample);
  const out = new Float64Array(measurer.names.length);
  measurer.measure(new Uint32Array(sample.rows).fill(1), out);
  return new Map(measurer.names.map((name, m) => [name, out[m]!]));
}

/**
 * How a metric of one model differs from a baseline's on the same rows. `undefined` when one of them does not have
 * the metric. Both must come from one call of `measure`.
 */
export function pairedDifference(options: {
  readonly metric: string;
  readonly baseline: Measured;
  readonly candidate: Measured;
}): PairedDifference | undefined {
  const { metric } = options;
  const baseline = options.baseline.metrics[metric];
  const value = options.candidate.metrics[metric];
  const before = options.baseline.replicates.get(metric);
  const after = options.candidate.replicates.get(metric);
  if (baseline === undefined || value === undefined || before === undefined || after === undefined)
    return undefined;
  const differences = after.map((replicate, r) => replicate - before[r]!);
  const difference = estimate(value.value - baseline.value, differences);
  if (difference === undefined) return undefined;
  return {
    metric,
    baseline: baseline.value,
    value: value.value,
    difference,
    // Without resamples nobody knows: that is not the same as being sure.
    noise: differences.length === 0 || (difference.low <= 0 && difference.high >= 0),
  };
}

function summarize(measurer: Measurer, sample: Sample, replicates: readonly Float64Array[]): Measured {
  const { rows } = sample;
  const values = new Float64Array(measurer.names.length).fill(Number.NaN);
  if (rows > 0) measurer.measure(new Uint32Array(rows).fill(1), values);
  const metrics: Record<string, Estimate> = {};
  const missing: Record<string, string> = {};
  measurer.names.forEach((name, m) => {
    const found = Number.isFinite(values[m]) ? estimate(values[m]!, replicates[m]!) : undefined;
    if (found === undefined) missing[name] = rows === 0 ? 'there are no rows' : measurer.reason(name);
    else metrics[name] = replicates[m]!.length === 0 ? found : widenedAtTheEnd(found, name, sample);
  });
  return { metrics, missing, replicates: new Map(measurer.names.map((name, m) => [name, replicates[m]!])) };
}

/** Shares of rows: counts of right among counts of all. */
const rowShares: readonly string[] = ['accuracy', 'balanced_accuracy', 'precision', 'recall'];

/**
 * A share of exactly 0 or 1 is the same in every resample, which is not certainty: 5 of 5 right is compatible with a
 * true share of 0.57. Such an interval ends where Wilson's score interval does (1927; 95 %, on the metric's support).
 */
function widenedAtTheEnd(found: Estimate, name: string, sample: Sample): Estimate {
  if (!rowShares.includes(name) || found.low !== found.high || (found.value !== 0 && found.value !== 1))
    return found;
  const rows = supportOf(sample, metricDefinition(name)!);
  const z2 = 1.959963984540054 ** 2;
  return found.value === 0 ? { ...found, high: z2 / (rows + z2) } : { ...found, low: rows / (rows + z2) };
}

/**
 * A value with the 2.5 % and 97.5 % quantiles of its replicates, widened to hold the value itself (a metric such as
 * `ece` grows under resampling). `undefined` when fewer than half of the replicates have a value. Without replicates
 * the interval is the value.
 */
function estimate(value: number, replicates: Float64Array): Estimate | undefined {
  if (replicates.length === 0) return { value, low: value, high: value };
  const defined = replicates.filter((replicate) => Number.isFinite(replicate)).sort();
  if (defined.length * 2 < replicates.length) return undefined;
  return {
    value,
    low: Math.min(value, quantileOfSorted(defined, 0.025)),
    high: Math.max(value, quantileOfSorted(defined, 0.975)),
  };
}
