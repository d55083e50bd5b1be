import type { Digest } from '../../base/index.ts';
import type { Baseline, GateReport } from '../../evaluate/index.ts';
import type { Repository } from '../../git/index.ts';
import type { LocalState, Pipeline } from '../../pipeline/index.ts';
import type { RunHistory, RunRecord } from '../../runs/index.ts';
import type { Store } from '../../store/index.ts';
import type { ModelState } from '../state.ts';

/** A question to the gates of a pipeline as it is now: does this version meet them, against what stands there now? */
export interface GatesQuestion {
  /** As its file is now: its gates, slices, resamples and seed count. */
  readonly pipeline: Pipeline;
  /** Of the version. */
  readonly digest: Digest;
  /** Of the version's run: which rows it held out, and at which commit. */
  readonly record: RunRecord;
  /** Which versions the names of stages stand for. */
  readonly state: ModelState;
  readonly history: RunHistory;
  readonly repository: Repository | undefined;
  readonly store: Store;
  /** What this working copy knows already; nothing of it is needed, and only digests of files are added to it. */
  readonly local: LocalState;
}

/** What judging needs of the outside world. */
export interface GatesWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly cpus: number;
  readonly signal: AbortSignal;
  /** A folder that exists; what is made in it is removed again. */
  readonly temporary: string;
}

/** The gates as they are judged now; `inconclusive` where something is missing, with what would help in its reason. */
export interface GatesNow {
  /** Without results where the pipeline has no gates: then it passes. */
  readonly report: GateReport;
  /** The rows that it was judged on; absent when it was judged on none. */
  readonly rows?: RowsNow;
  /** What the gates' `baseline` names stand for now. */
  readonly baselines: readonly Baseline[];
}

/** Held-out rows, and why these. */
export interface RowsNow {
  /** `run`: those that the version's run held out, byte for byte; `today`: those that today's data hold out. */
  readonly of: 'run' | 'today';
  readonly dataset: string;
  /** Of `held-out.parquet`. */
  readonly digest: Digest;
  /** A clause for people: `the data are as they were`. */
  readonly because: string;
}

/** A sentence that a report of the gates begins with. */
export function rowsSentence({ of, dataset, because }: RowsNow): string {
  return of === 'run'
    ? `judged on the rows of ${dataset} that the version's run held out: ${because}`
    : `judged on the rows that ${dataset} holds out today: ${because}`;
}
