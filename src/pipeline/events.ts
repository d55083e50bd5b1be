import type { Failure } from '../base/index.ts';
import type { StepOutcome } from './outcome.ts';
import type { Plan, StepId } from './plan.ts';

/** What happens while a plan is executed. Only cli/ and actions/ print. Secrets are already masked. */
export type RunEvent =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'waiting'; readonly forProcess: number; readonly since: string }
  | { readonly kind: 'started'; readonly step: StepId; readonly attempt: number }
  | { readonly kind: 'output'; readonly step: StepId; readonly line: string }
  | { readonly kind: 'progress'; readonly step: StepId; readonly share: number; readonly note: string }
  | {
      readonly kind: 'retrying';
      readonly step: StepId;
      readonly attempt: number;
      readonly afterSeconds: number;
      readonly failure: Failure;
    }
  | { readonly kind: 'finished'; readonly step: StepId; readonly outcome: StepOutcome }
  | { readonly kind: 'corrupted'; readonly step: StepId; readonly output: string };

export type Listener = (event: RunEvent) => void;
