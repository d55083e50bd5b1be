import type { RunDiff } from '../../../runs/index.ts';
import { diffFeatures, diffRuns, heldOutSameness, modelOf } from '../../../runs/index.ts';
import type { PullReport } from '../pull-report.ts';
import { mostReportBytes } from '../read/most-report-bytes.ts';
import { first, long, short } from './clip.ts';
import { reportedCurves } from './curves.ts';
import { reportedData } from './data.ts';
import type { PullFacts } from './facts.ts';
import { reportedCandidates, reportedMetrics, reportedModel, reportedSlices } from './measured.ts';
import { problemsOf } from './problems.ts';
import { reportedBaseline, reportedGates, reportedParams, reportedRun, reproductionOf } from './run-facts.ts';
import { removedSteps, reportedSteps } from './steps.ts';

/** The report of a run against its baseline: every list and text within the limits of its type, and all of it within a reader's. */
export function makePullReport(facts: PullFacts): PullReport {
  return withinBytes(wholeReport(facts));
}

/** What goes first where everything together is too much for a reader. */
const dispensable = ['curves', 'candidates', 'slices', 'features', 'params', 'data', 'gates'] as const;

function withinBytes(report: PullReport): PullReport {
  let fitting = report;
  const gone: string[] = [];
  for (const name of dispensable) {
    if (Buffer.byteLength(JSON.stringify(fitting)) < mostReportBytes - 20_000) break;
    gone.push(name);
    const note = `Too much for one report, and left out: ${gone.join(', ')}.`;
    fitting = { ...fitting, [name]: [], notes: [note, ...report.notes.slice(0, 19)] };
  }
  return fitting;
}

function wholeReport(facts: PullFacts): PullReport {
  const { head, base, paired = [], evaluations, contracts, notes } = facts;
  const before = base.kind === 'none' ? undefined : base.run;
  const diff = before === undefined ? undefined : diffRuns(before, head, paired);
  const heldOut = before === undefined ? 'unknown' : heldOutSameness(before, head);
  const mainMetric =
    diff?.mainMetric ??
    head.model?.choice?.metric ??
    head.mainMetric ??
    Object.keys(modelOf(head)?.evaluation?.metrics ?? {})[0];
  const model = reportedModel(diff?.chosen, before, head);
  const features = facts.features === undefined ? [] : diffFeatures(facts.features.base, facts.features.head);
  return {
    version: 1,
    pipeline: head.pipeline,
    changed: diff === undefined || diff.changed || features.length > 0,
    head: reportedRun(head),
    base: reportedBaseline(base),
    ...(mainMetric === undefined ? {} : { mainMetric: short(mainMetric) }),
    gates: reportedGates(head, diff),
    ...(model === undefined ? {} : { model }),
    metrics: reportedMetrics(diff, head, { heldOut, paired }),
    heldOut,
    candidates: reportedCandidates(diff, head),
    slices: reportedSlices(mainMetric, head, heldOut === 'same' ? before : undefined),
    params: reportedParams(diff),
    features: first(features, 200).map(({ column, base: old, head: now }) => ({
      column: short(column),
      ...(old === undefined ? {} : { base: short(old) }),
      ...(now === undefined ? {} : { head: short(now) }),
    })),
    data: reportedData(diff, head, before),
    steps: reportedSteps(head, diff),
    removedSteps: removedSteps(diff),
    curves: reportedCurves(evaluations.head, heldOut === 'same' ? evaluations.base : undefined),
    problems: problemsOf(head, contracts),
    notes: first([...notes, ...notesOf(facts, diff)], 20).map(long),
    reproduce: reproductionOf(head, facts.declaredParams),
  };
}

function notesOf({ head, features, base }: PullFacts, diff: RunDiff | undefined): readonly string[] {
  const metrics = diff?.chosen?.metrics ?? [];
  return [
    ...(head.code?.dirty === true
      ? ['The run had changes that are in no commit: nobody else can make it again.']
      : []),
    ...(metrics.some(({ basis }) => basis === 'unpaired')
      ? [
          'Differences are of separate measurements: both models could not be run on the same rows here, so that small real differences look like noise.',
        ]
      : []),
    ...(features === undefined && base.kind !== 'none'
      ? ['Whether features changed is not known: one of the two pipelines is not in this clone.']
      : []),
  ];
}
