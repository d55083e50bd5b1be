import type { Digest, Failure, JsonScalar } from '../base/index.ts';
import type { Artifact } from './cache.ts';
import type { Plan, StepId } from './plan.ts';

/** What became of a plan. */
export interface Outcome {
  readonly plan: Plan;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly seconds: number;
  readonly steps: readonly StepOutcome[];
}

export interface StepOutcome {
  readonly id: StepId;
  readonly step: string;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  readonly needs: readonly StepId[];
  /** `rejected`: a built-in step did its work and the verdict is no (a contract that does not hold). */
  readonly status: 'ran' | 'cached' | 'skipped' | 'failed' | 'rejected' | 'cancelled';
  readonly fingerprint?: Digest;
  /** Of the run that made the outputs: for `cached`, of the earlier one. */
  readonly seconds: number;
  readonly attempts: number;
  readonly outputs: readonly Artifact[];
  readonly log?: Artifact;
  readonly failure?: Failure;
  /** Why it was skipped. */
  readonly because?: string;
}
