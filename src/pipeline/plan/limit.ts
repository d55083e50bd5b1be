import type { PlannedStep, StepId } from '../plan.ts';

/**
 * The plan of one job of several: only some steps are executed here. What they need, however far, has to be there by
 * digest; the rest is re-used where it is there, and is no matter of this job where it is not.
 */
export function limitedTo(steps: readonly PlannedStep[], only: ReadonlySet<StepId>): readonly PlannedStep[] {
  const needed = withNeeds(steps, only);
  return steps.map((step): PlannedStep => {
    if (only.has(step.id)) return step;
    const isMissing = step.decision.kind === 'run' || step.decision.kind === 'pending';
    if (only.size > 0 && isMissing && !needed.has(step.id)) {
      return { ...step, decision: { kind: 'skip', because: 'another job executes it' } };
    }
    return { ...step, elsewhere: true };
  });
}

function withNeeds(steps: readonly PlannedStep[], some: ReadonlySet<StepId>): ReadonlySet<StepId> {
  const needed = new Set(some);
  // Steps stand after what they need.
  for (const { id, needs } of [...steps].reverse()) {
    if (needed.has(id)) for (const need of needs) needed.add(need);
  }
  return needed;
}
