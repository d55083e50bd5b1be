import type { Digest } from '../../base/index.ts';
import type { Plan, PlannedStep, StepId } from '../plan.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Steps that one job executes: they ask for the same runner, and all that they need is made before them, or here. */
export interface StepGroup {
  /** Labels of the runner; none for that of the workflow. */
  readonly runsOn: readonly string[];
  /** Ids, in the order of the plan. */
  readonly steps: readonly StepId[];
}

/**
 * The steps of a plan, split over jobs by the runners that they ask for. Groups of one wave can be executed at the same
 * time; a wave needs only waves before it. Without `runs-on` there is one wave of one group.
 */
export function groupSteps(
  steps: readonly Pick<PlannedStep, 'id' | 'needs' | 'runsOn'>[],
): readonly (readonly StepGroup[])[] {
  const placed = new Map<StepId, { readonly runner: string; readonly wave: number }>();
  const waves: Map<string, { readonly runsOn: readonly string[]; readonly steps: StepId[] }>[] = [];
  for (const { id, needs, runsOn = [] } of steps) {
    const runner = JSON.stringify([...runsOn].sort());
    const wave = Math.max(
      0,
      ...needs.map((need) => {
        const before = placed.get(need);
        return before === undefined ? 0 : before.wave + (before.runner === runner ? 0 : 1);
      }),
    );
    placed.set(id, { runner, wave });
    while (waves.length <= wave) waves.push(new Map());
    const groups = waves[wave]!;
    const group = groups.get(runner) ?? { runsOn, steps: [] };
    groups.set(runner, group);
    group.steps.push(id);
  }
  return waves.map((groups) => [...groups.values()]);
}

/** What the rows of each dataset follow from, by the step that reads them: `data.<name>`. */
export function datasetFingerprints(plan: Plan): ReadonlyMap<StepId, Digest> {
  const reading = plan.steps.filter(({ work }) => work.kind === 'builtin' && work.request.uses === 'prepare');
  return new Map(reading.map(({ id, inputs }) => [id, fingerprintOf(inputs)]));
}
