import type { Digest, Verdict } from '../../base/index.ts';
import type { CheckResult, NotChecked, ServiceLevel, SupportChannel } from '../../contract/index.ts';
import type { RunId } from '../../runs/index.ts';

/** `datasets.json`: every dataset that a pipeline file names or a run has read. */
export interface DatasetsFile {
  readonly version: 1;
  /** By pipeline, then by name. */
  readonly datasets: readonly ListedDataset[];
}

export interface ListedDataset {
  readonly pipeline: string;
  readonly name: string;
  /** Where its `DatasetFile` is. */
  readonly file: string;
  /** The pipeline file names it now; otherwise only records tell of it. */
  readonly declared: boolean;
  readonly contract?: DatasetWords;
  /** Classifications of its columns, each once, as the contract writes them. */
  readonly classifications: readonly string[];
  /** Columns of personal data. */
  readonly personal: number;
  /** What the newest run that read it says; absent before the first. */
  readonly newest?: DatasetState;
  /** Different fingerprints. */
  readonly versions: number;
  readonly runs: number;
  /** Other pipelines that read the same files. */
  readonly sharedWith: readonly string[];
  /** Versions of models that were trained on any version of it, the newest first. */
  readonly models: readonly UsedBy[];
}

/** What a contract says to people about a dataset. */
export interface DatasetWords {
  readonly name: string;
  readonly status?: string;
  readonly owner?: string;
  readonly domain?: string;
  readonly dataProduct?: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly serviceLevels: readonly ServiceLevel[];
  readonly support: readonly SupportChannel[];
}

export interface DatasetState {
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly fingerprint?: Digest;
  readonly rows?: number;
  readonly columns?: number;
  readonly contractVersion?: string;
  /** Of the contract's checks. */
  readonly verdict?: Verdict;
  readonly checks: number;
  /** Checks that did not pass, warnings too, and how many rows broke them. Without examples of rows. */
  readonly broken: readonly Omit<CheckResult, 'examples'>[];
}

export interface UsedBy {
  readonly model: string;
  readonly version: string;
  readonly stages: readonly string[];
}

/** `datasets/<digits>.json`. */
export interface DatasetFile {
  readonly version: 1;
  readonly pipeline: string;
  readonly name: string;
  readonly declared: boolean;
  /** As the pipeline file says now. */
  readonly source?: DatasetSource;
  /** As its file is now; the one of a run may have been another: `DatasetVersion.contract`. */
  readonly contract?: DatasetContract;
  readonly sharedWith: readonly string[];
  /** By fingerprint, the one that was read last first; at most `mostVersions`. */
  readonly versions: readonly DatasetVersion[];
  /** Versions that are older than those. */
  readonly earlierVersions: number;
  /** What the contract's checks said, run after run; the newest first, at most `mostSpans`. */
  readonly history: readonly DatasetSpan[];
  readonly earlierSpans: number;
}

export interface DatasetSource {
  /** Glob of files, relative to the root where it is below it. */
  readonly path: string;
  readonly format: 'csv' | 'parquet';
  readonly key: readonly string[];
  readonly target?: string;
  /** Share of rows that are held out. */
  readonly test: number;
  readonly stratify?: string;
}

export interface DatasetContract extends DatasetWords {
  readonly file: string;
  readonly id: string;
  readonly version: string;
  readonly digest: Digest;
  readonly limitations?: string;
  readonly usage?: string;
  readonly table?: string;
  /** What must hold of the whole table, in words. */
  readonly rules: readonly string[];
  readonly columns: readonly DatasetColumn[];
  readonly notChecked: readonly NotChecked[];
}

export interface DatasetColumn {
  readonly name: string;
  readonly businessName?: string;
  readonly type: string;
  readonly unit?: string;
  readonly description?: string;
  readonly classification?: string;
  readonly tags: readonly string[];
  readonly personal: boolean;
  /** What its values must fulfil, in words: `required`, `at least 18`. */
  readonly rules: readonly string[];
}

/** A fingerprint: the same bytes and shape in all runs that have it. */
export interface DatasetVersion {
  readonly fingerprint: Digest;
  readonly rows?: number;
  /** Digest of the contract that its newest run checked it by, and what came of that. */
  readonly contract?: Digest;
  readonly verdict?: Verdict;
  readonly runs: number;
  /** Its record has the profile and the checks: `recordFile()`. */
  readonly newest: RunId;
  readonly first: RunId;
  /** Milliseconds since 1970. */
  readonly newestAt: number;
  readonly firstAt: number;
  readonly models: readonly UsedBy[];
}

/** Runs one after the other with the same data, the same contract and the same verdict. */
export interface DatasetSpan {
  /** Absent when the data could not be read. */
  readonly fingerprint?: Digest;
  readonly contract?: Digest;
  readonly verdict?: Verdict;
  readonly runs: number;
  readonly newest: RunId;
  readonly newestAt: number;
  readonly firstAt: number;
}

export const datasetsFile = 'datasets.json';
