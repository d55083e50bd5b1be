import type { PlannedStep, StepId } from '../plan.ts';

/**
 * The plan of one job of several: only some steps are executed here. What they need, however far, has to be there by
 * digest; the rest is re-used where it is there, and is no matter of this job where it is not.
 *
 * What the gates compare with is looked up, and may move between two jobs. So the job that puts a run together (`only`
 * is empty) has the last word: it judges itself when nobody has judged by what stands there now. In the other jobs the
 * verdict of the gates fails nothing.
 */
export function limitedTo(steps: readonly PlannedStep[], only: ReadonlySet<StepId>): readonly PlannedStep[] {
  const needed = withNeeds(steps, only);
  return steps.map((planned): PlannedStep => {
    const isAssembling = only.size === 0;
    if (isAssembling && judges(planned)) return planned;
    const step = judges(planned) ? { ...planned, continueOnError: true } : planned;
    if (only.has(step.id)) return step;
    const isMissing = step.decision.kind === 'run' || step.decision.kind === 'pending';
    if (!isAssembling && isMissing && !needed.has(step.id)) {
      return { ...step, decision: { kind: 'skip', because: 'another job executes it' } };
    }
    return { ...step, elsewhere: true };
  });
}

function judges({ work }: PlannedStep): boolean {
  return work.kind === 'builtin' && work.request.uses === 'gates';
}

function withNeeds(steps: readonly PlannedStep[], some: ReadonlySet<StepId>): ReadonlySet<StepId> {
  const needed = new Set(some);
  // Steps stand after what they need.
  for (const { id, needs } of [...steps].reverse()) {
    if (needed.has(id)) for (const need of needs) needed.add(need);
  }
  return needed;
}
