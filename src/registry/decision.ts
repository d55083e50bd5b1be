import type { Verdict } from '../base/index.ts';
import type { AssignEvent, DecidedCheck, Identity, VersionName } from './event.ts';

/** May this version come to stand in this stage now? A value that can be printed before anything is done. */
export interface Decision {
  readonly model: string;
  /** Absent when a tag asks for a commit that has no version, or several. */
  readonly name?: VersionName;
  readonly stage: string;
  readonly cause: AssignEvent['cause'];
  readonly by: Identity;
  /** `pass` completes; everything else refuses. */
  readonly verdict: Verdict;
  readonly checks: readonly DecidedCheck[];
  /** What stands there now. */
  readonly replaces?: VersionName;
  /** It stands there already: there is nothing to do, so nothing else was asked. */
  readonly already?: true;
  /** The tag that asks for it. */
  readonly request?: string;
}

/** What a stage demands of those who come: from `trainyard.yaml`. */
export interface StagePolicy {
  readonly name: string;
  readonly auto: boolean;
  readonly from?: string;
  readonly environment?: string;
  readonly promoters: readonly string[];
  /** So many people other than the promoter. */
  readonly approvals: number;
  /** Evaluated on data that is younger than so many days. */
  readonly maxAgeDays?: number;
  /** Only models whose provenance is signed by somebody who is trusted. */
  readonly provenance: boolean;
}

/** What was found of one condition. */
export type Judgement = Pick<DecidedCheck, 'verdict' | 'because'>;
