import type { Failure, Json } from '../../base/index.ts';
import type { Contexts, NeedsStatus } from '../expressions.ts';
import { evaluateCondition, expressionReferences } from '../expressions.ts';
import type { StepOutcome } from '../outcome.ts';
import type { PlannedStep, StepId } from '../plan.ts';

/** How a step ended, in the words of `${{ steps.<name>.status }}`. */
export type EndStatus = 'success' | 'failure' | 'cancelled' | 'skipped';

export function endStatus(outcome: StepOutcome, step: PlannedStep): EndStatus {
  switch (outcome.status) {
    case 'ran':
    case 'cached':
      return 'success';
    case 'failed':
    case 'rejected':
      return step.continueOnError ? 'success' : 'failure';
    case 'cancelled':
      return 'cancelled';
    case 'skipped':
      return 'skipped';
  }
}

export type Ends = ReadonlyMap<StepId, { readonly step: PlannedStep; readonly outcome: StepOutcome }>;

export type Permission =
  | { readonly kind: 'go' }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'mistake'; readonly failure: Failure };

/** Whether a step whose needs have all ended runs. */
export function mayRun(step: PlannedStep, ends: Ends, contexts: Contexts): Permission {
  const needs = step.needs.flatMap((id) => {
    const end = ends.get(id);
    return end === undefined ? [] : [{ id, name: end.step.step, status: endStatus(end.outcome, end.step) }];
  });
  const status: NeedsStatus = needs.some((need) => need.status === 'cancelled')
    ? 'cancelled'
    : needs.some((need) => need.status === 'failure')
      ? 'failure'
      : 'success';
  // Instances that their own condition leaves out take nobody along while others of their step are there.
  const missing = needs.find(
    (need) =>
      need.status === 'skipped' &&
      !needs.some((other) => other.name === need.name && other.status !== 'skipped'),
  );
  if (step.condition === undefined) {
    const failing = needs.find((need) => need.status === 'failure');
    if (failing !== undefined) {
      const how = ends.get(failing.id)?.outcome.status === 'rejected' ? 'was rejected' : 'failed';
      return { kind: 'skip', because: `it needs ${failing.id}, which ${how}` };
    }
    if (status === 'cancelled') return { kind: 'skip', because: 'the run was cancelled' };
    if (missing !== undefined) return { kind: 'skip', because: `it needs ${missing.id}, which was skipped` };
    return { kind: 'go' };
  }
  // A step that was skipped for a failure further up counts as that failure, so that `failure()` sees it.
  const upstream =
    missing !== undefined && hasFailedBefore(step, ends) && status === 'success' ? 'failure' : status;
  const condition = evaluateCondition(step.condition, contexts, undefined, upstream);
  if (!condition.ok) return { kind: 'mistake', failure: condition.failure };
  if (!condition.value) return { kind: 'skip', because: `its condition does not hold: ${step.condition}` };
  if (missing !== undefined && upstream === 'success' && !asksAlways(step.condition)) {
    return { kind: 'skip', because: `it needs ${missing.id}, which was skipped` };
  }
  return { kind: 'go' };
}

function asksAlways(condition: string): boolean {
  return expressionReferences(condition, 'condition').functions.some(
    (use) => use.name.toLowerCase() === 'always',
  );
}

function hasFailedBefore(step: PlannedStep, ends: Ends): boolean {
  const seen = new Set<StepId>();
  const open = [...step.needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const end = ends.get(id);
    if (end === undefined) continue;
    if (endStatus(end.outcome, end.step) === 'failure') return true;
    open.push(...end.step.needs);
  }
  return false;
}

/**
 * What `${{ steps.<name> }}` gives: `status` (of a matrix, the worst of its instances), `outputs.<name>` (digests),
 * and `metrics` where the step has such an output.
 */
export function stepsContext(
  ends: Ends,
  metricsOf: (outcome: StepOutcome) => Json | undefined,
): { readonly [name: string]: Json } {
  const order: readonly EndStatus[] = ['success', 'skipped', 'failure', 'cancelled'];
  const context: Record<string, { readonly [key: string]: Json }> = {};
  for (const { step, outcome } of ends.values()) {
    const before = context[step.step]?.['status'] as EndStatus | undefined;
    const status = endStatus(outcome, step);
    const worst = before !== undefined && order.indexOf(before) > order.indexOf(status) ? before : status;
    const metrics = metricsOf(outcome);
    context[step.step] = {
      status: worst,
      outputs: Object.fromEntries(outcome.outputs.map(({ name, digest }) => [name, digest])),
      ...(metrics === undefined ? {} : { metrics }),
    };
  }
  return context;
}
