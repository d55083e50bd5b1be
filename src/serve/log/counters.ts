/** What the log did since the start of the process; the fields only grow, but for those that say "now". */
export interface LogCounters {
  /** Lines that are in a segment. */
  written: number;
  /** Lines that were lost, by reason. */
  readonly dropped: Record<DropReason, number>;
  /** Rows in the buffer now. */
  waiting: number;
  /** Labels that came by feedback and are in a segment. */
  labels: number;
  /** Segments that reached their place, and tries that failed. */
  delivered: number;
  deliveryFailures: number;
  /** Segments that wait for a place now. */
  undelivered: number;
}

/**
 * `buffer-full`: answers came faster than they could be written. `write-failed`: the disk refused. `spool-full`: the sink
 * was away for too long. `rejected`: the sink took them for wrong.
 */
export type DropReason = 'buffer-full' | 'write-failed' | 'spool-full' | 'rejected';

export function newCounters(): LogCounters {
  return {
    written: 0,
    dropped: { 'buffer-full': 0, 'write-failed': 0, 'spool-full': 0, rejected: 0 },
    waiting: 0,
    labels: 0,
    delivered: 0,
    deliveryFailures: 0,
    undelivered: 0,
  };
}

export function droppedLines({ dropped }: LogCounters): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** Something that an operator has to know; the same trouble is told at most twice a minute. */
export interface LogTrouble {
  readonly model: string;
  readonly code: DropReason | 'delivery-failed' | 'not-converted' | 'not-recovered';
  /** One sentence without values of rows. */
  readonly message: string;
}

export type TellTrouble = (trouble: LogTrouble) => void;

const quietMs = 30_000;

/** Lets a trouble through when it was not told lately. */
export function rarely(tell: TellTrouble, now: () => number): TellTrouble {
  const told = new Map<string, number>();
  return (trouble) => {
    const key = `${trouble.model} ${trouble.code}`;
    const time = now();
    if (time - (told.get(key) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    told.set(key, time);
    tell(trouble);
  };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
