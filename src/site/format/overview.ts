import type { Verdict } from '../../base/index.ts';
import type { Estimate } from '../../evaluate/index.ts';
import type { RunId, RunRecord } from '../../runs/index.ts';

/** `overview.json`: what the first page says of runs. */
export interface OverviewFile {
  readonly version: 1;
  /** The newest of all, the newest first. */
  readonly newest: readonly NewestRun[];
  /** By the time of their newest run, the newest first. */
  readonly pipelines: readonly PipelineFacts[];
}

export interface NewestRun {
  readonly pipeline: string;
  readonly id: RunId;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly status: RunRecord['status'];
  readonly verdict: Verdict;
  /** Its main metric, when its model was measured by one. */
  readonly metric?: Estimate & { readonly name: string };
  readonly tags: readonly string[];
}

export interface PipelineFacts {
  readonly name: string;
  readonly runs: number;
  readonly newest: NewestRun;
  /** Name of the main metric of its newest run that has one. */
  readonly metric?: string;
  /** That metric of its newest runs that have it, from old to new; at most 40. */
  readonly values: readonly { readonly id: RunId; readonly value: number; readonly verdict: Verdict }[];
}

export const overviewFile = 'overview.json';
