import type { RunDiff, RunRecord } from '../../../runs/index.ts';
import type { ReportedStep } from '../pull-report.ts';
import { first, long, short } from './clip.ts';

export function reportedSteps(head: RunRecord, diff: RunDiff | undefined): readonly ReportedStep[] {
  const steps = first(head.steps, 300);
  const places = new Map(steps.map(({ id }, at) => [id, at]));
  return steps.map(({ id, status, seconds, needs, failure, because }, at) => {
    const change = diff?.steps.find((each) => each.id === id)?.change;
    const why = failure?.message ?? because;
    const before = needs.flatMap((need) => places.get(need) ?? []).filter((place) => place < at);
    return {
      id: short(id),
      status,
      seconds,
      needs: first(before, 100),
      ...(change === undefined || change === 'removed' ? {} : { change }),
      ...(why === undefined || status === 'ran' || status === 'cached' ? {} : { because: long(why) }),
    };
  });
}

export function removedSteps(diff: RunDiff | undefined): readonly string[] {
  const removed = (diff?.steps ?? []).filter(({ change }) => change === 'removed');
  return first(removed, 200).map(({ id }) => short(id));
}
