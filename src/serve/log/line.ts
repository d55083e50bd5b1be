import type { Digest } from '../../base/index.ts';
import type { LogicalType } from '../../contract/index.ts';
import type { AnswerRole } from '../fleet.ts';

/** Version of the lines, in each of them as `v`. */
export const lineVersion = 1;

/** One line of a segment of the prediction log, as JSON; members may be added, and none changes its meaning. */
export type PredictionLogLine = AnswerLine | LabelLine | VersionLine | GapLine;

/** The answer to one row of a request; a request that failed is one line, about none of its rows. */
export interface AnswerLine {
  readonly kind: 'answer';
  readonly v: 1;
  /** When it was answered: ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** Id of the request: from its header `x-request-id`, or made by the server. */
  readonly request: string;
  /** Of the request, from 0. Absent when the request failed. */
  readonly row?: number;
  /** How many rows the request has. */
  readonly rows: number;
  readonly model: string;
  /** Name of the model's version: `v1.4.0`. */
  readonly version?: string;
  /** Of the model's bytes. */
  readonly digest?: Digest;
  /** Id of the run that made the model. */
  readonly run?: string;
  /** Of the code of that run. */
  readonly commit?: string;
  readonly role: AnswerRole;
  /** Of the role `variant`: the value of the header that chose it. */
  readonly variant?: string;
  readonly protocol: 'simple' | 'v2';
  /** Milliseconds from the arrival of the request to its answer. */
  readonly latency: number;
  /** Of HTTP. */
  readonly status: number;
  /** Why there is no prediction: a code of docs/errors/serve.md. */
  readonly code?: string;
  /** The row as it was asked: columns of the contract by name, without personal ones unless they are hashed. */
  readonly input?: LoggedRow;
  /** What the model said. */
  readonly prediction?: LoggedPrediction;
}

export type LoggedRow = Readonly<Record<string, string | number | boolean | null>>;

export interface LoggedPrediction {
  /** Of a classification: an integer where all classes of the model are integers, else a text. */
  readonly label?: string | number;
  /** Of a classification, by class. */
  readonly probabilities?: Readonly<Record<string, number>>;
  /** Of a regression. */
  readonly value?: number;
}

/** What was true of a row, as somebody said later. */
export interface LabelLine {
  readonly kind: 'label';
  readonly v: 1;
  /** When it arrived here. Of several labels for one row, the last one counts. */
  readonly time: string;
  /** Id of the request that it is about; it may have been answered by another process. */
  readonly request: string;
  /** Of the request, from 0. */
  readonly row: number;
  readonly model: string;
  /** A class label, or the number of a regression. */
  readonly label: string | number;
  /** When it became known, as the sender says. */
  readonly known?: string;
}

/** Describes a version, before its first answer in a segment: what reading the segment with types needs. */
export interface VersionLine {
  readonly kind: 'version';
  readonly v: 1;
  readonly time: string;
  readonly model: string;
  readonly version: string;
  readonly digest: Digest;
  readonly run?: string;
  readonly commit?: string;
  /** Of `input`, in order. */
  readonly columns: readonly LoggedColumn[];
  /** Of a classification, in the model's order. */
  readonly classes?: readonly string[];
  /** What became of personal columns. */
  readonly personal: 'drop' | 'hash';
}

export interface LoggedColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** The value is personal: what is kept is its HMAC-SHA256. */
  readonly hashed?: true;
}

/** Rows that were answered and not kept, before this line: the buffer was full, or writing failed. */
export interface GapLine {
  readonly kind: 'gap';
  readonly v: 1;
  readonly time: string;
  readonly model: string;
  /** How many lines. */
  readonly dropped: number;
}
