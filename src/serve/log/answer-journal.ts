import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { DropReason, LogCounters, TellTrouble } from './counters.ts';
import { reasonOf } from './counters.ts';
import type { Entry } from './entry.ts';
import { linesOf } from './entry.ts';
import type { GapLine } from './line.ts';
import { lineVersion } from './line.ts';
import type { Segment } from './segment.ts';
import type { SegmentWriter } from './segment-writer.ts';

export interface BufferLimits {
  /** Rows that may wait to be written. */
  readonly rows: number;
  /** Bytes that they may hold, roughly. */
  readonly bytes: number;
  /** How long an answer waits at most, in milliseconds, when the disk keeps up. */
  readonly ms: number;
}

export interface AnswerJournalOptions {
  readonly model: string;
  readonly mode: 'sync' | 'buffered';
  /** Whether an answer may go out when its record cannot be written. */
  readonly whenLost: 'answer' | 'refuse';
  readonly buffer: BufferLimits;
  readonly segments: SegmentWriter;
  readonly counters: LogCounters;
  readonly trouble: TellTrouble;
  readonly now: () => number;
  /** Whether the disk may take more, in a folder that waits for a sink. */
  readonly hasRoom: () => boolean;
}

/** Rows that one write takes: a slice that the event loop does not notice. */
const sliceRows = 128;

/**
 * Keeps answers in memory for a moment and writes them as lines. `add` costs next to nothing; lines are made later, in
 * slices. In the mode `sync` they are made at once, and `settled` tells when the disk has them.
 */
export class AnswerJournal {
  readonly #options: AnswerJournalOptions;
  #entries: Entry[] = [];
  #waitingRows = 0;
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<boolean> | undefined;
  /** The flush that takes what is added now. */
  #next: Promise<boolean> | undefined;
  #lastWasDropped = false;
  /** Lines lost since the last gap line. */
  #gap = 0;

  constructor(options: AnswerJournalOptions) {
    this.#options = options;
  }

  add(entry: Entry): void {
    const { buffer, mode, counters } = this.#options;
    const lines = linesOf(entry);
    const isFull = this.#waitingRows + lines > buffer.rows || this.#waitingBytes + entry.bytes > buffer.bytes;
    this.#lastWasDropped = isFull && this.#waitingRows > 0;
    if (this.#lastWasDropped) {
      this.#lost('buffer-full', lines, 'Answers come faster than they can be written');
      return;
    }
    this.#entries.push(entry);
    this.#waitingRows += lines;
    this.#waitingBytes += entry.bytes;
    counters.waiting += lines;
    if (mode === 'sync') this.#next ??= this.#soon();
    // What waits is copied by each collection of garbage: as soon as it fills a write, it goes.
    else if (this.#waitingRows >= Math.min(sliceRows, buffer.rows / 4)) this.#next ??= this.#soon();
    else this.#timer ??= setTimeout(() => void this.flush(), buffer.ms).unref();
  }

  /** Of what was added last: resolves when it is on the disk, in the mode `sync`. */
  settled(): Promise<ServeFailure | undefined> | undefined {
    const { mode, whenLost } = this.#options;
    if (mode !== 'sync') return undefined;
    const kept = this.#lastWasDropped ? Promise.resolve(false) : (this.#next ?? this.#flushing);
    return kept?.then((isKept) =>
      isKept || whenLost === 'answer'
        ? undefined
        : serveFailure('serve-log-unavailable', 'The answer cannot be recorded, so it is not given', {
            retryAfter: 1,
          }),
    );
  }

  /** Writes everything that was added; whether all of it is kept. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next ??= this.#soon();
    return await this.#next;
  }

  /** One flush after the other; what is added meanwhile waits for the next. */
  #soon(): Promise<boolean> {
    const before = this.#flushing;
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const flushed: Promise<boolean> = turn
      .then(() => before)
      .then(() => {
        this.#flushing = flushed;
        this.#next = undefined;
        const entries = this.#entries;
        this.#entries = [];
        return this.#write(entries);
      });
    return flushed;
  }

  async #write(entries: readonly Entry[]): Promise<boolean> {
    const { segments, mode, counters } = this.#options;
    let isKept = true;
    let next = 0;
    let row = 0;
    while (next < entries.length) {
      const slice: Line[] = [];
      let bytes = 0;
      while (next < entries.length && slice.length < sliceRows) {
        const entry = entries[next]!;
        slice.push({ entry, row });
        if (++row >= linesOf(entry)) {
          bytes += entry.bytes;
          next += 1;
          row = 0;
        }
      }
      const isLast = next >= entries.length;
      isKept = (await this.#writeSlice(slice, segments, mode === 'sync' && isLast)) && isKept;
      this.#waitingRows -= slice.length;
      this.#waitingBytes -= bytes;
      counters.waiting -= slice.length;
    }
    return isKept;
  }

  async #writeSlice(slice: readonly Line[], segments: SegmentWriter, sync: boolean): Promise<boolean> {
    const { counters, hasRoom } = this.#options;
    if (!hasRoom()) {
      this.#lost('spool-full', slice.length, 'The sink is away, and the folder that waits for it is full');
      return false;
    }
    const gap = this.#gap;
    try {
      await segments.write((segment) => this.#text(slice, segment, gap), sync);
      this.#gap -= gap;
      counters.written += slice.length;
      return true;
    } catch (error) {
      this.#lost('write-failed', slice.length, `Lines cannot be written: ${reasonOf(error)}`);
      return false;
    }
  }

  #text(slice: readonly Line[], segment: Segment, gap: number): string {
    if (segment.table?.isGivenUp === true) segment.dropTable();
    const { described, table } = segment;
    let text = gap === 0 ? '' : this.#gapText(gap);
    if (table !== undefined) table.dropped += gap;
    for (const { entry, row } of slice) {
      const { lines } = entry;
      if (!described.has(lines)) {
        const description = lines.describe(entry.time);
        if (description !== undefined) text += `${JSON.stringify(description)}\n`;
        const part = table === undefined ? undefined : lines.partOf(table, description);
        described.set(lines, part === undefined ? undefined : { table: table!, part });
      }
      const gathering = described.get(lines);
      text += lines.line(entry, row, gathering?.table.isGivenUp === true ? undefined : gathering);
    }
    return text;
  }

  #gapText(dropped: number): string {
    const { model, now } = this.#options;
    const time = new Date(now()).toISOString();
    const line: GapLine = { kind: 'gap', v: lineVersion, time, model, dropped };
    return `${JSON.stringify(line)}\n`;
  }

  #lost(reason: DropReason, lines: number, message: string): void {
    const { counters, trouble, model } = this.#options;
    counters.dropped[reason] += lines;
    this.#gap += lines;
    trouble({
      model,
      code: reason,
      message: `${message}; ${lines} ${lines === 1 ? 'answer is' : 'answers are'} not recorded`,
    });
  }
}

interface Line {
  readonly entry: Entry;
  readonly row: number;
}
