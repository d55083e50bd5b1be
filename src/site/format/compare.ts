/**
 * Files that a comparison of runs reads, each of which is named by the artifact of a run that it is made of, and what is
 * said between its page and the worker that measures differences.
 */
import type { Digest } from '../../base/index.ts';
import type { Curves } from '../../evaluate/index.ts';
import type { ProfileDrift, RunDiff, RunRecord } from '../../runs/index.ts';
import type { Learning } from '../../train/index.ts';

/** `compare.json`: which of the files below there are, so that nobody asks for one that is not. */
export interface CompareFile {
  readonly version: 1;
  /** `site.predictions` of `trainyard.yaml`. */
  readonly predictions: boolean;
  /** The first 16 hexadecimal digits of the artifacts' digests, sorted. */
  readonly curves: readonly string[];
  readonly answers: readonly string[];
  readonly learning: readonly string[];
}

export const compareFile = 'compare.json';

/** Of the artifact `evaluation`: `curves/<digest>.json`. */
export interface CurvesFile {
  readonly version: 1;
  readonly dataset: string;
  readonly rows: number;
  readonly candidates: readonly { readonly step: string; readonly digest: Digest; readonly curves: Curves }[];
}

/**
 * Of an artifact `predictions/<n>`: `answers/<digest>.json`. The truth of the held-out rows and what a model said of
 * them, in the rows' order; nothing by which a row could be found again.
 */
export type AnswersFile =
  | {
      readonly version: 1;
      readonly task: 'classification';
      /** In the order of the evaluation. */
      readonly classes: readonly string[];
      /** Places in `classes`. */
      readonly truth: readonly number[];
      readonly labels: readonly number[];
      /** Class by class, a probability for each row. */
      readonly probabilities: readonly (readonly number[])[];
    }
  | {
      readonly version: 1;
      readonly task: 'regression';
      readonly truth: readonly number[];
      readonly predicted: readonly number[];
    };

/** Of an artifact `learning`: `learning/<digest>.json`. */
export interface LearningFile extends Learning {
  readonly version: 1;
}

/** Of an artifact, in `CompareFile` and in names of files. */
export function shortName(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1, digest.indexOf(':') + 17);
}

export function artifactFile(kind: 'curves' | 'answers' | 'learning', digest: string): string {
  return `${kind}/${shortName(digest)}.json`;
}

/** Resamples and seed of differences that a page measures: the defaults of pipelines, so that numbers are those of records. */
export const pairing: { readonly resamples: number; readonly seed: number } = { resamples: 1000, seed: 0 };

/** A run as the worker `paired` gets it. */
export interface ComparedRun {
  readonly record: RunRecord;
  /** Id of the step whose model is compared; the chosen one when it is absent. */
  readonly step?: string;
  /** What that model said of the held-out rows, where the site has it. */
  readonly answers?: AnswersFile;
}

/** What the worker `paired` is asked: what each head is when compared with the base. */
export interface PairedQuestion {
  /** Comes back with the answer. */
  readonly number: number;
  readonly base: ComparedRun;
  readonly heads: readonly ComparedRun[];
}

export interface PairedAnswer {
  readonly number: number;
  /** In the order of the heads. */
  readonly compared: readonly RunComparison[];
}

export interface RunComparison {
  /** As `trainyard runs diff` has it. */
  readonly diff: RunDiff;
  /** By dataset that both runs have a profile of. */
  readonly drift: Readonly<Record<string, ProfileDrift>>;
  /** Both models answered the same rows and the difference was measured here; else why it was not. */
  readonly measured: true | NotMeasured;
}

/** `other-answers`: they do not give the metrics of the record, so that they are none that an evaluation wrote. */
export type NotMeasured =
  | 'other-rows'
  | 'rows-unknown'
  | 'no-answers'
  | 'other-answers'
  | 'other-question'
  | 'no-model';
