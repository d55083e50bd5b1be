import type { PlanOutcome, Readiness } from './fleet.ts';
import type { ServingPlan } from './plan.ts';

/** A server, of however many processes. Disposing takes no more requests, waits for those that are there, and ends all. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  /** Of the plan that it started with. */
  readonly outcome: PlanOutcome;
  readiness(): Readiness;
  /** Every process loads what is new; resolves when all of them have. */
  apply(plan: ServingPlan): Promise<PlanOutcome>;
  /** Ids of the processes that answer. */
  processes(): readonly number[];
}
