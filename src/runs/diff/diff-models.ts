import type { Estimate, PairedDifference } from '../../evaluate/index.ts';
import { metricDefinition, metricDefinitions } from '../../evaluate/index.ts';
import type { ModelRecord, RunRecord } from '../record.ts';
import { heldOutSameness } from './held-out.ts';
import type { MetricDiff, ModelDiff, ModelSide } from './run-diff.ts';

/** Compares a model of `base` with one of `head`; `undefined` when there is neither. */
export function diffModels(
  base: RunRecord,
  head: RunRecord,
  before: ModelRecord | undefined,
  after: ModelRecord | undefined,
  measured: readonly PairedDifference[] = [],
): ModelDiff | undefined {
  if (before === undefined && after === undefined) return undefined;
  const names = [before, after].map((model) => model?.signature.inputs.map((input) => input.name) ?? []);
  const [old, now] = names as [string[], string[]];
  const both = before !== undefined && after !== undefined;
  return {
    ...(before === undefined ? {} : { base: side(before) }),
    ...(after === undefined ? {} : { head: side(after) }),
    change: changeOf(before, after),
    inputs: {
      added: both ? now.filter((name) => !old.includes(name)) : [],
      removed: both ? old.filter((name) => !now.includes(name)) : [],
    },
    metrics: metricsOf(before, after).map((metric) =>
      diffMetric(metric, { base, head, before, after, measured }),
    ),
  };
}

function changeOf(before: ModelRecord | undefined, after: ModelRecord | undefined): ModelDiff['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return before.digest === after.digest ? 'same' : 'changed';
}

function side({ step, digest, bytes }: ModelRecord): ModelSide {
  return { step, digest, bytes };
}

function metricsOf(...models: readonly (ModelRecord | undefined)[]): readonly string[] {
  const found = new Set(models.flatMap((model) => Object.keys(model?.evaluation?.metrics ?? {})));
  const known = metricDefinitions.map(({ name }) => name).filter((name) => found.has(name));
  return [...known, ...[...found].filter((name) => !known.includes(name)).sort()];
}

interface Sides {
  readonly base: RunRecord;
  readonly head: RunRecord;
  readonly before: ModelRecord | undefined;
  readonly after: ModelRecord | undefined;
  readonly measured: readonly PairedDifference[];
}

function diffMetric(metric: string, { base, head, before, after, measured }: Sides): MetricDiff {
  const better = metricDefinition(metric)?.better ?? 'higher';
  const old = before?.evaluation?.metrics[metric];
  const now = after?.evaluation?.metrics[metric];
  const sides = { ...(old === undefined ? {} : { base: old }), ...(now === undefined ? {} : { head: now }) };
  if (before === undefined || after === undefined || old === undefined || now === undefined) {
    return { metric, better, ...sides };
  }
  const difference = now.value - old.value;
  if (before.digest === after.digest && heldOutSameness(base, head) === 'same') {
    return { metric, better, ...sides, difference, basis: 'same', reading: 'same' };
  }
  const paired =
    measured.find((each) => each.metric === metric) ?? pairedDifference(metric, head, before, after);
  if (paired !== undefined) {
    const reading = paired.noise ? 'noise' : direction(paired.difference.value, better);
    return { metric, better, ...sides, difference: paired.difference, basis: 'paired', reading };
  }
  const unpaired = independentDifference(old, now);
  const apart = unpaired.low > 0 || unpaired.high < 0;
  // Without resamples intervals have no width: nobody knows, which is not the same as being sure.
  const known = old.high > old.low || now.high > now.low;
  const reading = apart && known ? direction(difference, better) : 'noise';
  return { metric, better, ...sides, difference: unpaired, basis: 'unpaired', reading };
}

/**
 * The difference of two independent estimates with its 95 % interval, from theirs (Zou and Donner 2008; the square-and-
 * add method of Newcombe 1998). Two models measured on common rows err together, so that their difference is surer than
 * this says: real differences can be taken for noise, and noise is not taken for a difference more often than 5 %.
 */
function independentDifference(old: Estimate, now: Estimate): Estimate {
  const value = now.value - old.value;
  return {
    value,
    low: value - Math.hypot(now.value - now.low, old.high - old.value),
    high: value + Math.hypot(now.high - now.value, old.value - old.low),
  };
}

function direction(difference: number, better: 'higher' | 'lower'): 'better' | 'worse' | 'noise' {
  if (difference === 0) return 'noise';
  return difference > 0 === (better === 'higher') ? 'better' : 'worse';
}

/**
 * What `head` measured of both models on its own held-out rows: its gates ran the model of `base` there as a baseline,
 * or the model of `base` is also one of head's candidates.
 */
function pairedDifference(
  metric: string,
  head: RunRecord,
  before: ModelRecord,
  after: ModelRecord,
): PairedDifference | undefined {
  if (after.digest === head.model?.digest) {
    const names = (head.gates?.baselines ?? [])
      .filter((baseline) => baseline.digest === before.digest)
      .map((baseline) => baseline.name);
    const found = head.gates?.comparisons
      ?.find(({ baseline }) => names.includes(baseline))
      ?.differences.find((difference) => difference.metric === metric);
    if (found !== undefined) return found;
    // Records from before `comparisons` have the differences of the gates' own metrics only.
    for (const { gate, difference } of head.gates?.results ?? []) {
      if (difference?.metric === metric && 'baseline' in gate && names.includes(gate.baseline))
        return difference;
    }
  }
  const twin = head.models.find((model) => model.digest === before.digest);
  const measured = head.differences?.find((each) => each.metric === metric);
  if (twin === undefined || measured === undefined) return undefined;
  const ofStep = (step: string) => measured.others.find((other) => other.step === step)?.difference;
  if (measured.best === twin.step) return ofStep(after.step);
  const opposite = measured.best === after.step ? ofStep(twin.step) : undefined;
  return opposite === undefined ? undefined : turnedRound(opposite);
}

function turnedRound({ metric, baseline, value, difference, noise }: PairedDifference): PairedDifference {
  const turned: Estimate = { value: -difference.value, low: -difference.high, high: -difference.low };
  return { metric, baseline: value, value: baseline, difference: turned, noise };
}
