import type { Estimate, PairedDifference } from '../../../evaluate/index.ts';
import { metricDefinition } from '../../../evaluate/index.ts';
import type { MetricDiff, ModelDiff, RunDiff, RunRecord, Sameness } from '../../../runs/index.ts';
import { modelOf } from '../../../runs/index.ts';
import { fewestRows } from '../../model-card-measured.ts';
import type {
  ReportedCandidate,
  ReportedMetric,
  ReportedModel,
  ReportedModelSide,
  ReportedNumber,
  ReportedSlice,
} from '../pull-report.ts';
import { first, short } from './clip.ts';

type ModelRecord = RunRecord['models'][number];

export function reportedModel(
  diff: ModelDiff | undefined,
  base: RunRecord | undefined,
  head: RunRecord,
): ReportedModel | undefined {
  const [before, after] = [base === undefined ? undefined : modelOf(base), modelOf(head)];
  if (before === undefined && after === undefined) return undefined;
  return {
    change: diff?.change ?? 'added',
    ...(before === undefined ? {} : { base: sideOf(before) }),
    ...(after === undefined ? {} : { head: sideOf(after) }),
    inputsAdded: first(diff?.inputs.added ?? [], 200).map(short),
    inputsRemoved: first(diff?.inputs.removed ?? [], 200).map(short),
  };
}

function sideOf({ step, digest, bytes, evaluation }: ModelRecord): ReportedModelSide {
  const latency = evaluation?.latency;
  return { step: short(step), digest, bytes, ...(latency === undefined ? {} : { latency: { ...latency } }) };
}

/** Where the rows differ, the baseline's numbers are those that its model has on this run's rows, if it was run on them. */
export function reportedMetrics(
  diff: RunDiff | undefined,
  head: RunRecord,
  { heldOut, paired }: { readonly heldOut: Sameness; readonly paired: readonly PairedDifference[] },
): readonly ReportedMetric[] {
  if (diff?.chosen !== undefined) {
    return first(diff.chosen.metrics, 60).map((metric) => {
      const again = paired.find((each) => each.metric === metric.metric);
      const shown = reportedMetric(metric);
      return again === undefined || heldOut === 'same'
        ? shown
        : { ...shown, base: { value: again.baseline } };
    });
  }
  const metrics = Object.entries(modelOf(head)?.evaluation?.metrics ?? {});
  return first(metrics, 60).map(([metric, estimate]) => ({
    metric: short(metric),
    better: metricDefinition(metric)?.better ?? 'higher',
    head: numberOf(estimate),
  }));
}

function reportedMetric({ metric, better, base, head, difference, ...rest }: MetricDiff): ReportedMetric {
  return {
    metric: short(metric),
    better,
    ...(base === undefined ? {} : { base: numberOf(base) }),
    ...(head === undefined ? {} : { head: numberOf(head) }),
    ...(difference === undefined
      ? {}
      : { difference: typeof difference === 'number' ? { value: difference } : numberOf(difference) }),
    ...rest,
  };
}

function numberOf({ value, low, high }: Estimate): ReportedNumber {
  return { value, low, high };
}

/** Models beside the chosen one: what the change did to those that were not taken. */
export function reportedCandidates(diff: RunDiff | undefined, head: RunRecord): readonly ReportedCandidate[] {
  const main = diff?.mainMetric ?? head.mainMetric;
  if (diff === undefined) {
    const others = head.models.filter(({ step }) => step !== head.model?.step);
    return first(others, 100).map(({ step, evaluation }) => {
      const estimate = main === undefined ? undefined : evaluation?.metrics[main];
      return {
        step: short(step),
        change: 'added',
        ...(main === undefined || estimate === undefined
          ? {}
          : {
              measured: {
                metric: short(main),
                better: metricDefinition(main)?.better ?? 'higher',
                head: numberOf(estimate),
              },
            }),
      };
    });
  }
  const others = diff.models.filter(
    ({ base, head: now }) =>
      !(now?.step === diff.chosen?.head?.step && base?.step === diff.chosen?.base?.step),
  );
  return first(others, 100).map(({ base, head: now, change, metrics }) => {
    const measured = metrics.find(({ metric }) => metric === main);
    return {
      step: short((now ?? base)!.step),
      change,
      ...(measured === undefined ? {} : { measured: reportedMetric(measured) }),
    };
  });
}

/** Groups that may be judged first, then those with too few rows; each time the worst first. */
export function reportedSlices(
  metric: string | undefined,
  head: RunRecord,
  base: RunRecord | undefined,
): readonly ReportedSlice[] {
  if (metric === undefined) return [];
  const sign = metricDefinition(metric)?.better === 'lower' ? -1 : 1;
  const before = base === undefined ? [] : (modelOf(base)?.evaluation?.slices ?? []);
  const slices = (modelOf(head)?.evaluation?.slices ?? []).flatMap(({ column, value, rows, metrics }) => {
    const estimate = metrics[metric];
    if (estimate === undefined) return [];
    const old = before.find((each) => each.column === column && each.value === value)?.metrics[metric];
    return {
      column: short(column),
      value: short(value),
      rows,
      metric: short(metric),
      head: numberOf(estimate),
      ...(old === undefined ? {} : { base: numberOf(old) }),
      ...(rows < fewestRows ? { few: true as const } : {}),
    };
  });
  const sorted = slices.sort(
    (a, b) =>
      Number(a.few === true) - Number(b.few === true) ||
      sign * (a.head.value - b.head.value) ||
      b.rows - a.rows,
  );
  return first(sorted, 50);
}
