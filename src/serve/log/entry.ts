import type { ServeFailureCode } from '../failures.ts';
import type { AnswerEvent } from '../observer.ts';

/**
 * An answer on its way into the log. Rows are kept by reference, since they belong to the request alone; of the
 * prediction, which requests share, it holds a copy.
 */
export interface Entry {
  readonly lines: VersionLines;
  readonly requestId: string;
  readonly role: AnswerEvent['role'];
  readonly variant: string | undefined;
  readonly protocol: AnswerEvent['protocol'];
  /** Of the request; nothing of them is kept when it failed. */
  readonly rowCount: number;
  readonly rows: AnswerEvent['rows'];
  /** Of a classification: indices of the labels. */
  readonly labels: Int32Array | undefined;
  /** Probabilities row by row, or the values of a regression. Absent for a request that failed. */
  readonly values: Float64Array | undefined;
  readonly time: number;
  readonly latency: number;
  readonly status: number;
  readonly code: ServeFailureCode | undefined;
  /** About how many bytes it holds. */
  readonly bytes: number;
}

/**
 * Writes the lines of one version: everything that is the same in all of them is put together once, and of the columns
 * only those that may be kept are ever looked at.
 */
export interface VersionLines {
  /** The line that describes the version; it ends with a line feed. */
  description(time: number): string;
  /** The line of one row of an entry; it ends with a line feed. */
  line(entry: Entry, row: number): string;
  /** About how many bytes the rows of a request hold in memory beyond a fixed size, from texts without a bound. */
  extraBytes(rows: readonly Readonly<Record<string, unknown>>[]): number;
}

const none: AnswerEvent['rows'] = [];

/** Bytes of a row without long texts, roughly: for the bound of the buffer. */
const rowBytes = 512;

export function entryOf(event: AnswerEvent, lines: VersionLines): Entry {
  const { prediction, failure, firstRow, rows } = event;
  let labels: Int32Array | undefined;
  let values: Float64Array | undefined;
  if (prediction?.task === 'classification') {
    const width = prediction.classes.length;
    labels = prediction.labels.slice(firstRow, firstRow + rows.length);
    values = prediction.probabilities.slice(firstRow * width, (firstRow + rows.length) * width);
  } else if (prediction !== undefined) {
    values = prediction.values.slice(firstRow, firstRow + rows.length);
  }
  return {
    lines,
    requestId: event.requestId,
    role: event.role,
    variant: event.variant,
    protocol: event.protocol,
    rowCount: rows.length,
    rows: values === undefined ? none : rows,
    labels,
    values,
    time: event.time,
    latency: event.latency,
    status: failure?.status ?? 200,
    code: failure?.code,
    bytes: values === undefined ? rowBytes : rows.length * rowBytes + lines.extraBytes(rows),
  };
}

/** How many lines an entry becomes. */
export function linesOf(entry: Entry): number {
  return entry.values === undefined ? 1 : entry.rowCount;
}
