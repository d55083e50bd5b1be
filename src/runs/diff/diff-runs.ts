import { canonicalJson, type Json, type JsonScalar } from '../../base/index.ts';
import type { PairedDifference } from '../../evaluate/index.ts';
import { modelOf } from '../baseline.ts';
import type { RunRecord } from '../record.ts';
import { diffData } from './diff-data.ts';
import { diffModels } from './diff-models.ts';
import type { Change, GateDiff, RunDiff, RunSummary, StepDiff } from './run-diff.ts';

/**
 * Compares two runs, of one pipeline or of two.
 *
 * @param paired what was measured since of both chosen models on the held-out rows of `head`, where it was
 */
export function diffRuns(
  base: RunRecord,
  head: RunRecord,
  paired: readonly PairedDifference[] = [],
): RunDiff {
  const params = changes(base.params, head.params);
  const data = diffData(base, head);
  const steps = diffSteps(base, head);
  const chosen = diffModels(base, head, modelOf(base), modelOf(head), paired);
  const models = modelSteps(base, head).flatMap((step) => {
    const of = (run: RunRecord) => run.models.find((model) => model.step === step);
    return diffModels(base, head, of(base), of(head)) ?? [];
  });
  const gates = diffGates(base, head);
  const mainMetric =
    head.model?.choice?.metric ?? head.mainMetric ?? base.mainMetric ?? chosen?.metrics[0]?.metric;
  return {
    base: summary(base),
    head: summary(head),
    changed:
      [params, data, steps].some((list) => list.length > 0) ||
      [chosen, ...models].some((model) => model !== undefined && model.change !== 'same') ||
      gates.some((gate) => gate.base !== gate.head) ||
      base.verdict !== head.verdict ||
      base.status !== head.status ||
      base.pipeline !== head.pipeline,
    params,
    data,
    steps,
    stepCounts: counts(head.steps.map((step) => step.status)),
    ...(chosen === undefined ? {} : { chosen }),
    models,
    ...(mainMetric === undefined ? {} : { mainMetric }),
    gates,
    environment: changes({ ...base.environment }, { ...head.environment }),
  };
}

function summary(run: RunRecord): RunSummary {
  const { id, pipeline, startedAt, seconds, status, verdict, code } = run;
  return {
    ...{ id, pipeline, startedAt, seconds, status, verdict },
    ...(code?.commit == null ? {} : { commit: code.commit }),
    ...(code?.branch === undefined ? {} : { branch: code.branch }),
    ...(code === null ? {} : { dirty: code.dirty }),
  };
}

function changes<T extends JsonScalar>(
  base: Readonly<Record<string, T>>,
  head: Readonly<Record<string, T>>,
): readonly Change<T>[] {
  return union(Object.keys(head), Object.keys(base)).flatMap((name) => {
    if (Object.hasOwn(base, name) && Object.hasOwn(head, name) && base[name] === head[name]) return [];
    return {
      name,
      ...(Object.hasOwn(base, name) ? { base: base[name]! } : {}),
      ...(Object.hasOwn(head, name) ? { head: head[name]! } : {}),
    };
  });
}

/** That a step ran in one run and came from the cache in the other is no difference. */
function diffSteps(base: RunRecord, head: RunRecord): readonly StepDiff[] {
  const ids = union(
    head.steps.map((step) => step.id),
    base.steps.map((step) => step.id),
  );
  return ids.flatMap((id): StepDiff | readonly StepDiff[] => {
    const before = base.steps.find((step) => step.id === id);
    const after = head.steps.find((step) => step.id === id);
    if (after === undefined) return { id, change: 'removed', base: before!.status };
    if (before === undefined) return { id, change: 'added', head: after.status };
    const sides = { base: before.status, head: after.status };
    if (ending(before.status) !== ending(after.status)) return { id, change: 'ending', ...sides };
    return before.fingerprint === after.fingerprint ? [] : { id, change: 'inputs', ...sides };
  });
}

function ending(status: RunRecord['steps'][number]['status']): string {
  return status === 'cached' ? 'ran' : status;
}

function diffGates(base: RunRecord, head: RunRecord): readonly GateDiff[] {
  const byGate = (run: RunRecord) =>
    new Map(
      (run.gates?.results ?? []).map((result) => [canonicalJson(result.gate as unknown as Json), result]),
    );
  const [before, after] = [byGate(base), byGate(head)];
  return union([...after.keys()], [...before.keys()]).map((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const { gate, reason } = (now ?? old)!;
    return {
      gate,
      reason,
      ...(old === undefined ? {} : { base: old.verdict }),
      ...(now === undefined ? {} : { head: now.verdict }),
    };
  });
}

function modelSteps(base: RunRecord, head: RunRecord): readonly string[] {
  return union(
    head.models.map((model) => model.step),
    base.models.map((model) => model.step),
  );
}

function counts(names: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const name of names) found[name] = (found[name] ?? 0) + 1;
  return found;
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])];
}
