import type { PastStep } from '../plan/history.ts';
import { openHistory, saveHistory } from '../plan/history.ts';
import type { LocalState } from '../plan/local-state.ts';
import { isDemand, reasonsToRun } from '../plan/reasons.ts';
import type { Plan, Reason } from '../plan.ts';
import type { Ended } from './scheduler.ts';

/** Keeps what each step was made of, if it ended well, so that a later plan can say what has changed. */
export async function rememberSteps(plan: Plan, ended: readonly Ended[], state: LocalState): Promise<void> {
  const history = openHistory(state.historyFile(plan.pipeline));
  await saveHistory(
    state.historyFile(plan.pipeline),
    plan.steps.map((step) => step.id),
    (id): PastStep | undefined => {
      const end = ended.find(({ step }) => step.id === id);
      const isDone = end !== undefined && ['ran', 'cached', 'rejected'].includes(end.outcome.status);
      if (end?.settled === undefined || !isDone || end.outcome.fingerprint === undefined)
        return history.get(id);
      const { fingerprint, inputs } = end.settled();
      return { id, fingerprint, inputs, reasons: reasonsOf(end, history.get(id)) };
    },
    ended.every(({ outcome }) => outcome.attempts === 0 && outcome.fingerprint !== undefined)
      ? ended.map(({ outcome }) => outcome.fingerprint!)
      : undefined,
  );
}

/** Why the step ran; of a step that was re-used as it was before, why it ran then. */
function reasonsOf({ step, outcome, settled }: Ended, past: PastStep | undefined): readonly Reason[] {
  const { decision } = step;
  if (outcome.attempts === 0 && past?.fingerprint === outcome.fingerprint) return past?.reasons ?? [];
  if (decision.kind === 'run') return decision.reasons;
  const demands = decision.kind === 'pending' ? decision.reasons.filter(isDemand) : [];
  if (demands.length > 0) return demands;
  return reasonsToRun(past, settled!().inputs);
}
