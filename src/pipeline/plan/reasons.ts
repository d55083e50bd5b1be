import type { PlannedStep, Reason, StepId } from '../plan.ts';
import type { Inputs } from './fingerprint.ts';
import { sameInput } from './fingerprint.ts';
import type { PastStep } from './history.ts';

/** What is different from the last time that the step ended well. */
export function changesSince(past: PastStep, now: Inputs): readonly Reason[] {
  const names = new Set([...Object.keys(past.inputs), ...Object.keys(now)]);
  return [...names].sort().flatMap((input): Reason[] => {
    const before = past.inputs[input];
    const after = now[input];
    if (sameInput(before, after)) return [];
    return [
      {
        kind: 'changed',
        input,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ];
  });
}

/** Why a step runs whatever has changed; `undefined` when only changes make it run. */
export function demandOf(
  step: Pick<PlannedStep, 'id' | 'cache'>,
  forced: ReadonlySet<StepId>,
): Reason | undefined {
  if (forced.has(step.id)) return { kind: 'forced' };
  return step.cache === false ? { kind: 'uncached' } : undefined;
}

export function isDemand({ kind }: Reason): boolean {
  return kind === 'forced' || kind === 'uncached';
}

/** Why a step that has no result in the cache must run. */
export function reasonsToRun(past: PastStep | undefined, now: Inputs): readonly Reason[] {
  if (past === undefined) return [{ kind: 'never-ran' }];
  const changes = changesSince(past, now);
  // Nothing changed, yet the cache has no entry: somebody cleared it.
  return changes.length > 0 ? changes : [{ kind: 'lost', output: 'cache entry', problem: 'missing' }];
}

/** Why a step that waits for others will run, as far as it is known before they have ended. */
export function reasonsSoFar(past: PastStep | undefined, known: Inputs): readonly Reason[] {
  if (past === undefined) return [{ kind: 'never-ran' }];
  return changesSince(past, known).filter(
    (reason) =>
      !(reason.kind === 'changed' && reason.after === undefined && reason.input.startsWith('output:')),
  );
}
