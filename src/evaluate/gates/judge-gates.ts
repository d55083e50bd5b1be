import type { Result, Verdict } from '../../base/index.ts';
import { failed, success, worstVerdict } from '../../base/index.ts';
import type { Table } from '../../sql/index.ts';
import type { PairedDifference } from '../evaluation.ts';
import type { EvaluateFailure } from '../failures.ts';
import * as failures from '../failures.ts';
import type {
  BaselineComparison,
  BaselineGate,
  Gate,
  GateReport,
  GateResult,
  SliceGate,
  ThresholdGate,
} from '../gate.ts';
import type { ResamplingOptions } from '../measure.ts';
import { measure, pairedDifference } from '../measure.ts';
import type { MetricDefinition } from '../metric-definitions.ts';
import { improvement, metricDefinition, metricsOf } from '../metric-definitions.ts';
import type { Sample } from '../sample.ts';
import type { SliceSpec } from '../slice.ts';
import { slicesOf } from '../slice.ts';
import { judgeLimits } from './limits.ts';
import { shown, shownEstimate } from './sentence.ts';
import { judgeSlices } from './slices.ts';

/** What a baseline has to say of today's held-out rows. `origin` is for people: which run or version it is. */
export type BaselineAnswer =
  | { readonly kind: 'answered'; readonly origin: string; readonly sample: Sample }
  /** There is nothing to compare with. */
  | { readonly kind: 'none'; readonly origin: string }
  /** There is a model, but it does not run on these rows, or answers another question. */
  | { readonly kind: 'unusable'; readonly origin: string; readonly problem: string };

export interface JudgeOptions extends ResamplingOptions {
  readonly gates: readonly Gate[];
  /** What the model said of the held-out rows. */
  readonly sample: Sample;
  /** The same rows, for slices. */
  readonly table: Table;
  /** How columns are cut; a column that is not among them is taken as it is. */
  readonly slices: readonly SliceSpec[];
  /** By the name that gates use. */
  readonly baselines: ReadonlyMap<string, BaselineAnswer>;
}

type Finding = Omit<GateResult, 'gate'>;

/** Judges a model by its gates. What cannot be judged is `inconclusive` and says why; it never passes. */
export function judgeGates(options: JudgeOptions): Result<GateReport, EvaluateFailure> {
  const { metrics, missing } = measure([options.sample], options)[0]!;
  const results: GateResult[] = [];
  const comparisons = compareWithBaselines(options);
  for (const gate of options.gates) {
    const metric = metricDefinition(gate.metric);
    if (metric?.task !== options.sample.task) {
      const known = metricsOf(options.sample.task).map(({ name }) => name);
      const problem = metric === undefined ? 'does not exist' : `is not for ${options.sample.task}`;
      return failed(failures.metricUnknown(gate.metric, problem, known));
    }
    if (isSliceGate(gate)) {
      const finding = sliceFinding(gate, metric, options);
      if (!finding.ok) return finding;
      results.push({ gate, ...finding.value });
      continue;
    }
    const estimate = metrics[gate.metric];
    if (estimate === undefined) {
      const reason = `${gate.metric} cannot be computed: ${missing[gate.metric]}`;
      results.push({ gate, verdict: 'inconclusive', reason });
    } else if (isBaselineGate(gate)) {
      results.push({ gate, ...baselineFinding(gate, metric, options, comparisons) });
    } else results.push({ gate, ...judgeLimits(gate.metric, estimate, gate) });
  }
  return success({
    verdict: worstVerdict(results.map(({ verdict }) => verdict)),
    results,
    ...(comparisons.length === 0 ? {} : { comparisons }),
  });
}

/** Every metric, not only those of gates: whoever compares the two runs later can tell news from noise. */
function compareWithBaselines(options: JudgeOptions): readonly BaselineComparison[] {
  return [...options.baselines].flatMap(([name, answer]) => {
    if (answer.kind !== 'answered') return [];
    const [baseline, candidate] = measure([answer.sample, options.sample], options);
    const differences = metricsOf(options.sample.task).flatMap(
      (metric) => pairedDifference({ metric: metric.name, baseline: baseline!, candidate: candidate! }) ?? [],
    );
    return [{ baseline: name, differences }];
  });
}

function isSliceGate(gate: Gate): gate is SliceGate {
  return 'slice' in gate;
}

function isBaselineGate(gate: ThresholdGate | BaselineGate | SliceGate): gate is BaselineGate {
  return 'baseline' in gate;
}

function sliceFinding(
  gate: SliceGate,
  metric: MetricDefinition,
  options: JudgeOptions,
): Result<Finding, EvaluateFailure> {
  const spec = options.slices.find(({ column }) => column === gate.slice) ?? { column: gate.slice };
  const slices = slicesOf(options.table, [spec]);
  return slices.ok ? success(judgeSlices(gate, metric, options.sample, slices.value, options)) : slices;
}

/**
 * A drop is how much worse the model is than the baseline on the same rows. A drop of at most `max-drop` passes. A
 * larger one fails when the paired 95 % interval excludes 0, so that it is not noise; when the interval holds 0 it is
 * `inconclusive`: more held-out rows, or a person, must decide. (Asking the whole interval to be within `max-drop`
 * would let hardly any change pass on small data.)
 */
function baselineFinding(
  gate: BaselineGate,
  metric: MetricDefinition,
  options: JudgeOptions,
  comparisons: readonly BaselineComparison[],
): Finding {
  const answer = options.baselines.get(gate.baseline) ?? { kind: 'none', origin: 'it was not looked up' };
  if (answer.kind === 'none') {
    const verdict: Verdict = gate['without-baseline'] ?? 'inconclusive';
    return { verdict, reason: `there is no baseline ${gate.baseline}: ${answer.origin}` };
  }
  if (answer.kind === 'unusable') {
    return {
      verdict: 'inconclusive',
      reason: `the baseline ${gate.baseline} (${answer.origin}) cannot be compared: ${answer.problem}`,
    };
  }
  const difference = comparisons
    .find(({ baseline }) => baseline === gate.baseline)
    ?.differences.find((each) => each.metric === gate.metric);
  if (difference === undefined) {
    const reason = `${gate.metric} of the baseline ${gate.baseline} (${answer.origin}) cannot be computed`;
    return { verdict: 'inconclusive', reason };
  }
  return judgeDrop(gate, metric, difference, answer.origin);
}

function judgeDrop(
  gate: BaselineGate,
  metric: MetricDefinition,
  difference: PairedDifference,
  origin: string,
): Finding {
  const allowed = gate['max-drop'];
  const drop = -improvement(metric, difference.value, difference.baseline);
  const said =
    `${gate.metric} ${shown(difference.value)} against ${shown(difference.baseline)} of ${gate.baseline} (${origin}), ` +
    `difference ${shownEstimate(difference.difference)}`;
  const limit = `at most ${shown(allowed)} worse is allowed`;
  // Sums of the same numbers in another order must not turn a verdict.
  if (drop <= allowed + 1e-12) return { verdict: 'pass', reason: `${said}; ${limit}`, difference };
  return difference.noise
    ? {
        verdict: 'inconclusive',
        reason: `${said}; ${limit}, but the interval holds 0: it may be noise`,
        difference,
      }
    : { verdict: 'fail', reason: `${said}; ${limit}`, difference };
}
