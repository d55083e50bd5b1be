import type { Judgement, StagePolicy } from '../decision.ts';
import type { Identity, VersionName } from '../event.ts';
import type { ForeignTag, ModelState } from '../state.ts';
import type { Approval } from './approval.ts';

export interface PromotionRequest {
  /** Absent when a tag asks for a commit that has no version, or several. */
  readonly name?: VersionName;
  readonly stage: string;
  readonly cause: 'promotion' | 'automatic';
  readonly by: Identity;
  /** The tag that asks for it, when it was pushed and not typed as a command. */
  readonly request?: Pick<ForeignTag, 'tag' | 'commit' | 'counter'>;
}

/** Everything that a decision depends on. */
export interface Evidence {
  readonly state: ModelState;
  /** Every stage, in order. */
  readonly stages: readonly StagePolicy[];
  /** Whether `by` may promote to the stage. */
  readonly promoter: Judgement;
  /** Of this version for this stage. */
  readonly approvals: readonly Approval[];
  /** Of the run that measured the version; `problem` where it is not known. */
  readonly startedAt: { readonly at: string } | { readonly problem: string };
  /** Whether somebody who is trusted signed for the model; asked only where the stage demands it. */
  readonly provenance?: Judgement;
  /** Every gate as it was judged now; `undefined` where nobody did. None: the pipeline has no gates. */
  readonly gates: readonly Judgement[] | undefined;
  /** Which rows the gates were judged on: a sentence. */
  readonly rows?: string;
  readonly now: Date;
}
