import { join } from 'node:path';
import type { AnswerTable } from './answer-table.ts';
import { newTable } from './answer-table.ts';
import type { Segment } from './segment.ts';
import { FileIsGone, openSegment } from './segment.ts';
import type { WriterId } from './segment-name.ts';
import { segmentPath } from './segment-name.ts';

export interface SegmentLimits {
  /** A segment of this size is complete. */
  readonly bytes: number;
  /** A segment is complete this many milliseconds after its first line. */
  readonly ms: number;
}

export interface SegmentWriterOptions {
  /** Of a model, or of its feedback. */
  readonly folder: string;
  readonly writer: WriterId;
  readonly limits: SegmentLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether what is written shall be gathered in a table, too. */
  readonly isGathered: boolean;
  /** A segment is complete: its path, without an ending, and what was gathered of it, when that is all of it. */
  readonly sealed: (path: string, table?: AnswerTable) => void;
}

/** Writes lines into one segment after the other, each write after the one before. Disposing seals the last one. */
export class SegmentWriter implements AsyncDisposable {
  readonly #options: SegmentWriterOptions;
  #segment: Segment | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /**
   * Appends the text that is made for the segment at hand. It is made a second time, for a new segment, when somebody
   * removed the file. Throws when it cannot be written; the next write tries a new segment.
   */
  write(make: (segment: Segment) => string, sync = false): Promise<void> {
    return this.#inTurn(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          const segment = await this.#current();
          await segment.append(make(segment));
          if (sync) await segment.sync();
          if (segment.bytes >= this.#options.limits.bytes) await this.#seal();
          return;
        } catch (error) {
          await this.#abandon();
          if (!(error instanceof FileIsGone) || attempt === 2) throw error;
        }
      }
    });
  }

  /** Completes the segment at hand. */
  seal(): Promise<void> {
    return this.#inTurn(() => this.#seal());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.seal();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #current(): Promise<Segment> {
    const { folder, writer, now, isGathered } = this.#options;
    const time = now();
    if (this.#segment !== undefined && !sameHour(this.#segment.openedAt, time)) await this.#seal();
    if (this.#segment === undefined) {
      this.#segment = await openSegment({
        path: join(folder, segmentPath(time, writer, ++this.#count)),
        openedAt: time,
        table: isGathered ? newTable() : undefined,
      });
      this.#timer = setTimeout(() => void this.seal(), this.#options.limits.ms).unref();
    }
    return this.#segment;
  }

  async #seal(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    try {
      await segment.seal();
    } catch {
      return await this.#abandon();
    }
    this.#forget();
    const { path, table } = segment;
    this.#options.sealed(path, table?.isGivenUp === true ? undefined : table);
  }

  async #abandon(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#forget();
    if (await segment.abandon()) this.#options.sealed(segment.path);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#segment = undefined;
  }
}

function sameHour(a: number, b: number): boolean {
  return Math.floor(a / 3_600_000) === Math.floor(b / 3_600_000);
}
