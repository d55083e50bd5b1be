import type { Random, Verdict } from '../../base/index.ts';
import { seededRandom, worstVerdict } from '../../base/index.ts';
import type { Estimate } from '../evaluation.ts';
import type { SliceGate } from '../gate.ts';
import type { ResamplingOptions } from '../measure.ts';
import { measure } from '../measure.ts';
import type { MetricDefinition } from '../metric-definitions.ts';
import { permutation } from '../permutation.ts';
import { measurerOf } from '../prepare-measurer.ts';
import type { Sample } from '../sample.ts';
import { subsetOf } from '../sample.ts';
import type { Slice } from '../slice.ts';
import { supportOf } from '../support.ts';
import { judgeLimits } from './limits.ts';
import { percent, shown } from './sentence.ts';

/** A slice with fewer rows is not judged. */
const fewestSliceRows = 20;
/** Nor is one with fewer rows of the kind that the metric stands on (`supportedBy`): recall of 2 rows says nothing. */
const fewestSupportingRows = 5;
/** A gap that random groupings reach at least this often is noise. */
const noiseLevel = 0.05;

interface JudgedSlice {
  readonly slice: Slice;
  readonly estimate: Estimate;
}

/**
 * Judges the slices of one column. Slices with too few rows, or without the metric, are named and make the verdict
 * `inconclusive` unless another one makes it `fail`: what was not looked at did not pass.
 *
 * - `min`, `max`: each slice's value decides, as for the whole.
 * - `max-gap`: passes when the best and the worst slice are not further apart. A larger gap fails when chance does
 *   not explain it, and is `inconclusive` when it does: the rows are grouped anew at random, with the same number of
 *   rows of each true class in each slice (a permutation test, which stays right for many slices, where the largest
 *   of many differences is always large), and the gap must be reached by fewer than 5 % of these groupings.
 */
export function judgeSlices(
  gate: SliceGate,
  metric: MetricDefinition,
  sample: Sample,
  slices: readonly Slice[],
  options: ResamplingOptions,
): { verdict: Verdict; reason: string } {
  const judged: JudgedSlice[] = [];
  const unjudged: string[] = [];
  for (const slice of slices) {
    const part = subsetOf(sample, slice.rows);
    const problem = tooFew(part, metric);
    const estimate = problem === undefined ? measure([part], options)[0]!.metrics[metric.name] : undefined;
    if (estimate === undefined) unjudged.push(`${slice.value} (${problem ?? 'does not have the metric'})`);
    else judged.push({ slice, estimate });
  }
  const findings = [
    ...judgeEach(gate, judged),
    ...judgeGap(gate, metric, sample, judged, options),
    ...(unjudged.length === 0
      ? []
      : [{ verdict: 'inconclusive' as const, reason: `not judged: ${unjudged.join(', ')}` }]),
  ];
  if (findings.length === 0) return { verdict: 'inconclusive', reason: 'the gate states no limit' };
  const verdict = worstVerdict(findings.map((finding) => finding.verdict));
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'pass'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return { verdict, reason: sorted.map((finding) => finding.reason).join('; ') };
}

function tooFew(part: Sample, metric: MetricDefinition): string | undefined {
  if (part.rows < fewestSliceRows) return `${part.rows} rows, ${fewestSliceRows} are needed`;
  const support = supportOf(part, metric);
  if (support >= fewestSupportingRows) return undefined;
  return `${support} ${supportName(part, metric)}, ${fewestSupportingRows} are needed`;
}

function supportName(part: Sample, { supportedBy }: MetricDefinition): string {
  if (supportedBy === 'rows') return 'rows';
  // With more than two classes none is the positive one: see `supportOf`.
  if (part.task === 'classification' && part.positive === undefined) return supportNames['smallest-class'];
  return supportNames[supportedBy];
}

const supportNames: Readonly<Record<Exclude<MetricDefinition['supportedBy'], 'rows'>, string>> = {
  'smallest-class': 'of its rarest class',
  positives: 'of the positive class',
  'predicted-positives': 'with the positive label',
};

function judgeEach(
  gate: SliceGate,
  judged: readonly JudgedSlice[],
): readonly { verdict: Verdict; reason: string }[] {
  const { min, max } = gate;
  if (min === undefined && max === undefined) return [];
  return judged.map(({ slice, estimate }) =>
    judgeLimits(`${gate.metric} of ${gate.slice} ${slice.value}:`, estimate, {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    }),
  );
}

function judgeGap(
  gate: SliceGate,
  metric: MetricDefinition,
  sample: Sample,
  judged: readonly JudgedSlice[],
  options: ResamplingOptions,
): readonly { verdict: Verdict; reason: string }[] {
  const limit = gate['max-gap'];
  if (limit === undefined) return [];
  if (judged.length < 2) {
    return [
      {
        verdict: 'inconclusive',
        reason: `${gate.metric} by ${gate.slice}: fewer than two slices can be compared`,
      },
    ];
  }
  const byValue = [...judged].sort((a, b) => a.estimate.value - b.estimate.value);
  const [low, high] = [byValue[0]!, byValue.at(-1)!];
  const gap = high.estimate.value - low.estimate.value;
  const said =
    `${gate.metric} by ${gate.slice} differs by ${shown(gap, limit)} ` +
    `(${low.slice.value}: ${shown(low.estimate.value)}, ${high.slice.value}: ${shown(high.estimate.value)})`;
  if (gap <= limit) return [{ verdict: 'pass', reason: `${said}, at most ${shown(limit)} is allowed` }];
  const chance = chanceOfGap(
    gap,
    sample,
    judged.map(({ slice }) => slice),
    metric,
    options,
  );
  const explained = `random groups of these rows differ as much in ${percent(chance)} of cases`;
  return chance < noiseLevel
    ? [{ verdict: 'fail', reason: `${said}, more than ${shown(limit)}; ${explained}` }]
    : [{ verdict: 'inconclusive', reason: `${said}, more than ${shown(limit)}, but ${explained}` }];
}

/** The share of random groupings whose gap is at least as large (with the one that was observed counted in). */
function chanceOfGap(
  gap: number,
  sample: Sample,
  slices: readonly Slice[],
  metric: MetricDefinition,
  options: ResamplingOptions,
): number {
  const pool = subsetOf(sample, Int32Array.from(slices.flatMap(({ rows }) => [...rows])));
  const group = Int32Array.from(slices.flatMap(({ rows }, s) => Array<number>(rows.length).fill(s)));
  const measurer = measurerOf(pool);
  const place = measurer.names.indexOf(metric.name);
  const random = seededRandom(options.seed);
  const out = new Float64Array(measurer.names.length);
  const counts = new Uint32Array(pool.rows);
  const repeats = Math.max(200, Math.min(options.resamples, Math.floor(1e9 / (pool.rows * slices.length))));
  let reached = 1;
  for (let r = 0; r < repeats; r++) {
    const shuffled = shuffleWithinClasses(group, pool, random);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let s = 0; s < slices.length; s++) {
      for (let i = 0; i < pool.rows; i++) counts[i] = shuffled[i] === s ? 1 : 0;
      measurer.measure(counts, out);
      if (!Number.isFinite(out[place])) continue;
      low = Math.min(low, out[place]!);
      high = Math.max(high, out[place]!);
    }
    if (high - low >= gap - 1e-12) reached++;
  }
  return reached / (repeats + 1);
}

/** Deals the groups out anew among the rows of each true class; among all rows for a regression. */
function shuffleWithinClasses(group: Int32Array, sample: Sample, random: Random): Int32Array {
  const shuffled = new Int32Array(group.length);
  const classes = sample.task === 'classification' ? sample.classes.length : 1;
  for (let j = 0; j < classes; j++) {
    const rows: number[] = [];
    for (let i = 0; i < group.length; i++) {
      if (sample.task === 'regression' || sample.truth[i] === j) rows.push(i);
    }
    const order = permutation(rows.length, random);
    for (let i = 0; i < rows.length; i++) shuffled[rows[i]!] = group[rows[order[i]!]!]!;
  }
  return shuffled;
}
