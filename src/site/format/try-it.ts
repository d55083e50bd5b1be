import type { Digest } from '../../base/index.ts';
import type { RowProblem } from '../../contract/index.ts';
import type { WebDescription } from '../../embed/index.ts';
import type { Row, RowAnswer } from '../../servable/index.ts';

/** Whether a version can be tried in the page, or why not. */
export type TryOut =
  /** Below `data/`: its `TryFile`, beside `model.onnx`. */
  | { readonly can: true; readonly file: string; readonly bytes: number }
  | { readonly can: false; readonly because: string };

/** `models/<model>/<version>/try.json`: all that answering in the page needs, besides `model.onnx` and the runtime. */
export interface TryFile {
  readonly version: 1;
  readonly model: string;
  readonly modelVersion: string;
  /** Of the version; where `repairs` has any, other bytes run here that answer the same. */
  readonly digest: Digest;
  readonly description: WebDescription;
  /** What was changed of the bytes so that browsers take them, for people. */
  readonly repairs: readonly string[];
  /** Below `data/`. */
  readonly runtime: { readonly version: string; readonly module: string; readonly program: string };
  /** The column that is asked for. */
  readonly target?: string;
  readonly task: 'classification' | 'regression';
  readonly positive?: string;
  /** Columns that the model reads; the others of the contract may come along. */
  readonly reads: readonly string[];
  /** What the form begins with: an answerable row, from medians and most frequent values where the run's profile tells them. */
  readonly start: Row;
  /** By numeric column: where the run's data were, for sliders of columns without limits. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
}

/** What a page asks of the worker that runs a model; the answer has the same `id`. */
export type TryQuestion =
  | { readonly id: number; readonly ask: 'load'; readonly tried: TryFile; readonly urls: TryUrls }
  /** Each row by itself: one that breaks the contract stops no other. */
  | { readonly id: number; readonly ask: 'rows'; readonly rows: readonly unknown[] }
  /** A CSV file with a header, as its text or as the file. */
  | { readonly id: number; readonly ask: 'csv'; readonly text: string | Blob }
  /** Ends the question about a CSV file that has this `id`; the answer is that of the file. */
  | { readonly id: number; readonly ask: 'stop' };

/** What is pasted is for a look: beyond this it is work for `trainyard predict`. The same number of rows as a request may have. */
export const csvLimits = { rows: 10_000, columns: 1000, characters: 20_000_000 } as const;

/** Absolute. */
export interface TryUrls {
  readonly module: string;
  readonly program: string;
  /** The folder of `model.onnx`, with a slash at its end. */
  readonly folder: string;
}

export type TryReply = { readonly id: number } & (
  | { readonly is: 'loaded' }
  | { readonly is: 'rows'; readonly answers: readonly TriedRow[] }
  | { readonly is: 'csv'; readonly batch: TriedBatch }
  /** Of a CSV file: how many rows have been answered; more replies come. */
  | { readonly is: 'progress'; readonly done: number; readonly total: number }
  /** Nothing was answered, and why; for people. */
  | { readonly is: 'problem'; readonly problem: string }
);

/** What the server would answer to the row, or the rules of the contract that it would refuse it for. */
export type TriedRow = { readonly answer: RowAnswer } | { readonly problems: readonly RowProblem[] };

export type TriedBatch =
  /** Why the text is no table that can be asked about here. */
  | { readonly is: 'refused'; readonly problem: string; readonly tooMuch?: true }
  | { readonly is: 'stopped'; readonly done: number; readonly total: number }
  | AnsweredBatch;

export interface AnsweredBatch {
  readonly is: 'answered';
  /** Rows that have an answer. */
  readonly count: number;
  /** Rows that have none, and the first of them. */
  readonly refused: number;
  readonly firstRefused: readonly Pick<BatchRow, 'line' | 'problems'>[];
  /** Columns of the text that are none of the contract's: they are given back, and not asked about. */
  readonly ignored: readonly string[];
  /** To look at: the first columns of the text, of answers and of rows, with long cells cut. The file has all. */
  readonly shown: {
    readonly header: readonly string[];
    /** Columns of an answer: a class label and probabilities, or a value. */
    readonly answered: readonly string[];
    readonly rows: readonly BatchRow[];
    /** Columns of both kinds that are left out. */
    readonly columnsLeft: number;
  };
  /** The rows with their answers, as CSV that no spreadsheet runs. */
  readonly csv: Blob;
}

export interface BatchRow {
  /** In the text; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** As `answered`; absent for a row with problems. */
  readonly answer?: readonly (string | number)[];
  readonly problems: readonly RowProblem[];
}
