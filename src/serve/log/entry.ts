import type { ServeFailureCode } from '../failures.ts';
import type { AnswerEvent } from '../observer.ts';
import type { AnswerFacts, AnswerPart, AnswerTable, Gathering } from './answer-table.ts';
import type { VersionLine } from './line.ts';

/** An answer on its way into the log, by reference: nobody changes rows and predictions once they are answered. */
export interface Entry extends AnswerFacts {
  readonly lines: VersionLines;
  readonly role: AnswerEvent['role'];
  readonly variant: string | undefined;
  readonly protocol: AnswerEvent['protocol'];
  /** Of the request; nothing of them is kept when it failed. */
  readonly rowCount: number;
  readonly rows: AnswerEvent['rows'];
  /** Of a classification: indices of the labels. Of all requests that were answered together, as `values`. */
  readonly labels: Int32Array | undefined;
  /** Probabilities row by row, or the values of a regression. Absent for a request that failed. */
  readonly values: Float64Array | undefined;
  /** Of this request in `labels` and `values`. */
  readonly firstRow: number;
  readonly code: ServeFailureCode | undefined;
  /** About how many bytes it holds. */
  readonly bytes: number;
}

/**
 * Writes the lines of one version: everything that is the same in all of them is put together once, and of the columns
 * only those that may be kept are ever looked at.
 */
export interface VersionLines {
  /** Absent when there is nothing to describe. */
  describe(time: number): VersionLine | undefined;
  /** Makes the part of a table that takes answers of this version. */
  partOf(table: AnswerTable, described: VersionLine | undefined): AnswerPart;
  /** The line of one row of an entry, which ends with a line feed; what it says is gathered in a table as well. */
  line(entry: Entry, row: number, gathering?: Gathering): string;
  /** About how many bytes the rows of a request hold in memory beyond a fixed size, from texts without a bound. */
  extraBytes(rows: readonly Readonly<Record<string, unknown>>[]): number;
}

const none: AnswerEvent['rows'] = [];

/** Bytes of a row without long texts, roughly: for the bound of the buffer. */
const rowBytes = 512;

export function entryOf(event: AnswerEvent, lines: VersionLines): Entry {
  const { prediction, failure, firstRow, rows } = event;
  const isLabelled = prediction?.task === 'classification';
  const values = isLabelled ? prediction.probabilities : prediction?.values;
  return {
    lines,
    requestId: event.requestId,
    role: event.role,
    variant: event.variant,
    protocol: event.protocol,
    rowCount: rows.length,
    rows: values === undefined ? none : rows,
    labels: isLabelled ? prediction.labels : undefined,
    values,
    firstRow,
    time: Math.trunc(event.time),
    // Microseconds are enough.
    latency: Math.round(event.latency * 1000) / 1000,
    status: failure?.status ?? 200,
    code: failure?.code,
    bytes: values === undefined ? rowBytes : rows.length * rowBytes + lines.extraBytes(rows),
  };
}

/** How many lines an entry becomes. */
export function linesOf(entry: Entry): number {
  return entry.values === undefined ? 1 : entry.rowCount;
}
