import type { JsonScalar } from '../../base/index.ts';
import type { RunsFailure } from '../failures.ts';
import type { RunNotes } from '../notes.ts';
import type { RunId, RunRecord } from '../record.ts';

/** What somebody wants to know of many runs. Texts are as they were typed. */
export interface RunQuestion {
  readonly pipeline?: string;
  /** `metrics.roc_auc > 0.9 and params.trees >= 200 or tag = best` */
  readonly where?: string;
  /** A field; with `-` before it from the largest. Default: the newest first. */
  readonly sort?: string;
  readonly descending?: boolean;
  /** Of each pipeline, and of each group, only the best run: by a metric, or by the main one. */
  readonly best?: string | true;
  /** Of each pipeline, and of each group, only the newest run. */
  readonly last?: boolean;
  /** Fields; without `best` and `last` the answer is a line a group. */
  readonly groupBy?: readonly string[];
  /** Fields to show beside the usual ones. */
  readonly columns?: readonly string[];
  /** Show the parameters in which the runs of the answer differ. */
  readonly differing?: boolean;
  readonly limit?: number;
  /** Archived runs too. */
  readonly archived?: boolean;
  /** Everything that the index knows of each run, for programs. */
  readonly details?: boolean;
}

export interface RunAnswer {
  readonly runs: readonly ListedRun[];
  /** How many runs, or groups, there are without the limit. */
  readonly total: number;
  /** Fields that were asked for, in the order in which to show them. */
  readonly columns: readonly string[];
  readonly groups?: GroupedRuns;
  /** Files that are no records, or no notes. */
  readonly damaged: readonly RunsFailure[];
}

/** A run as the index knows it. */
export interface ListedRun {
  readonly id: RunId;
  readonly pipeline: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly status: RunRecord['status'];
  readonly verdict: RunRecord['verdict'];
  readonly trigger: string;
  readonly actor?: string;
  readonly commit?: string;
  readonly branch?: string;
  /** Absent outside of Git. */
  readonly dirty?: boolean;
  /** Step of the model that it chose. */
  readonly model?: string;
  /** The metric to look at first, of that model. */
  readonly metric?: { readonly name: string } & ListedEstimate;
  readonly archived?: true;
  readonly tags: RunNotes['tags'];
  readonly notes: RunNotes['notes'];
  /** The fields in `columns`; one that the run does not have is not there. */
  readonly fields: ReadonlyMap<string, JsonScalar>;
  readonly details?: RunDetails;
}

/** Without an interval where the record has none. */
export interface ListedEstimate {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface RunDetails {
  readonly params: Readonly<Record<string, JsonScalar>>;
  readonly metrics: Readonly<Record<string, ListedEstimate>>;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  /** Fingerprints by dataset. */
  readonly data: Readonly<Record<string, JsonScalar>>;
}

export interface GroupedRuns {
  /** Fields, in full. */
  readonly by: readonly string[];
  /** The metric that the runs have in common. */
  readonly metric?: string;
  readonly groups: readonly RunGroup[];
}

export interface RunGroup {
  /** One a field; `undefined` where the runs do not have it. */
  readonly values: readonly (JsonScalar | undefined)[];
  readonly runs: number;
  /** Of them, with the verdict `pass`. */
  readonly passed: number;
  readonly last: RunId;
  readonly best?: { readonly run: RunId; readonly value: number };
  readonly mean?: number;
}
