import type { Failure, Result } from '../../base/index.ts';
import type { AnswerTable } from './answer-table.ts';

/** Where complete segments go. A segment may be delivered twice, when a process dies in between: names and ids tell. */
export interface Sink {
  /** Takes a segment; the file is then as it shall stay, or gone. */
  deliver(segment: SealedSegment): Promise<Result<Delivered, SinkFailure>>;
}

export interface SealedSegment {
  /** Absolute, without an ending; `.jsonl` is there. */
  readonly path: string;
  /** The same from the folder of the log, with `/`. */
  readonly relative: string;
  /** What its lines say. Whoever takes it to another thread has it alone; a second delivery comes without it. */
  readonly table?: AnswerTable;
}

export interface Delivered {
  /** Lines that the sink refuses for good, which trying again would not change. */
  readonly rejected: number;
}

/** Trying again later may help. */
export type SinkFailure = Failure;
