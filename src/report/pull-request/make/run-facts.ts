import type { JsonScalar } from '../../../base/index.ts';
import type { RunDiff, RunRecord } from '../../../runs/index.ts';
import { shownScalar } from '../../numbers.ts';
import type {
  ReportedBaseline,
  ReportedChange,
  ReportedGate,
  ReportedReproduction,
  ReportedRun,
} from '../pull-report.ts';
import { first, long, short } from './clip.ts';
import type { BaseFacts } from './facts.ts';

export function reportedRun({ id, startedAt, seconds, status, verdict, ...run }: RunRecord): ReportedRun {
  const { code, trigger, environment } = run;
  return {
    ...{ id, startedAt, seconds, status, verdict },
    ...(code?.commit == null ? {} : { commit: code.commit }),
    ...(code?.branch === undefined ? {} : { branch: short(code.branch) }),
    dirty: code?.dirty === true,
    trigger: short(trigger.kind),
    platform: short(environment.platform),
    cpus: environment.cpus,
    trainyard: short(environment.trainyard),
  };
}

export function reportedBaseline(base: BaseFacts): ReportedBaseline {
  switch (base.kind) {
    case 'record': {
      const { kind, run, target, mergeBase, behind } = base;
      return { kind, run: reportedRun(run), target: short(target), mergeBase, behind };
    }
    case 're-evaluated': {
      const { kind, run, target, because } = base;
      return { kind, run: reportedRun(run), target: short(target), because: long(because) };
    }
    case 'none': {
      const { kind, target, because } = base;
      return { kind, ...(target === undefined ? {} : { target: short(target) }), because: long(because) };
    }
  }
}

/** Of a run that stopped before its gates, nothing is known of them: they are neither removed nor as they were. */
export function reportedGates(head: RunRecord, diff: RunDiff | undefined): readonly ReportedGate[] {
  if (head.gates === undefined && head.status !== 'succeeded') return [];
  if (diff === undefined) {
    const results = head.gates?.results ?? [];
    return first(results, 200).map(({ verdict, reason }) => ({ verdict, reason: long(reason) }));
  }
  return first(diff.gates, 200).map(({ base, head: now, reason }) =>
    now === undefined
      ? { verdict: base!, reason: long(reason), removed: true }
      : { verdict: now, reason: long(reason), was: base ?? 'new' },
  );
}

export function reportedParams(diff: RunDiff | undefined): readonly ReportedChange[] {
  return first(diff?.params ?? [], 200).map(({ name, base, head }) => ({
    name: short(name),
    ...(base === undefined ? {} : { base: short(shownScalar(base)) }),
    ...(head === undefined ? {} : { head: short(shownScalar(head)) }),
  }));
}

/** Parameters that were given on the command line: those that the file says need no repeating. */
export function reproductionOf(
  { code, params }: RunRecord,
  declared: Readonly<Record<string, JsonScalar>> | undefined,
): ReportedReproduction {
  const given = Object.entries(params).filter(
    ([name, value]) => declared !== undefined && declared[name] !== value,
  );
  return {
    ...(code?.commit == null ? {} : { commit: code.commit }),
    params: first(given, 200).map(([name, value]) => ({
      name: short(name),
      value: short(shownScalar(value)),
    })),
  };
}
