import type { Digest } from '../base/index.ts';
import type { ColumnContract } from '../contract/index.ts';

/**
 * A **servable** is a folder with two files: `model.onnx`, the exact bytes that were evaluated, and this, `model.json`:
 * everything else that answering needs. The server, batch scoring, the browser bundle and the container image all start
 * from it, so that a request means the same everywhere and nothing has to be looked up while answering.
 */
export interface ServableManifest {
  /** Version of this format. */
  readonly version: 1;
  /** `heart-disease` */
  readonly model: string;
  /** `v1.4.0`; `run-<id>` for the model of a run that is no version; `file-<12 digits>` for a file that nobody registered. */
  readonly modelVersion: string;
  /** Of `model.onnx`. */
  readonly digest: Digest;
  readonly lineage: Lineage;
  /** What a request may hold, in order: the columns of the contract without the target; else the model's own inputs. */
  readonly columns: readonly ColumnContract[];
  /** Requests with the answers that the model gave when this was written: whoever loads it asks them first. */
  readonly golden: readonly GoldenRequest[];
}

/** Everything of a servable that is known before the model was asked anything. */
export type ServableParts = Omit<ServableManifest, 'golden' | 'version'>;

/** From a prediction back to everything that it comes from; what is not known is absent. */
export interface Lineage {
  readonly run?: string;
  /** Of the code. */
  readonly commit?: string;
  readonly pipeline?: string;
  /** Of the canonical JSON of the run record. */
  readonly record?: Digest;
  /** Fingerprints of the datasets, by name. */
  readonly data?: Readonly<Record<string, Digest>>;
  readonly contract?: { readonly id: string; readonly version: string; readonly digest: Digest };
  /** Name of the target column. */
  readonly target?: string;
}

export interface GoldenRequest {
  readonly row: Row;
  readonly answer: RowAnswer;
}

/** One row as a request holds it: a member a column; missing is a missing member or null. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** What a model says of one row, as an answer holds it. */
export type RowAnswer = ClassAnswer | ValueAnswer;

export interface ClassAnswer {
  /** An integer where all class labels of the model are integers, else a text. */
  readonly label: string | number;
  /** By class label, in the order of the model's classes. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface ValueAnswer {
  readonly value: number;
}
