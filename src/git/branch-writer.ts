import type { Failure, Result } from '../base/index.ts';
import type { ObjectId } from './object-id.ts';
import type { NewFile } from './repository.ts';

/**
 * A branch on a remote that grows by files which never change: over Git, or through the API of a forge. However many
 * write at once, nothing is lost; who was slower looks again, unites and tries again, for a bounded time.
 */
export interface BranchWriter {
  /** For people: where it stands. */
  readonly place: string;
  /**
   * Adds files in one commit or, where there are many, in a few. A file that is there already with the same bytes is
   * no mistake; the same path with other bytes is a failure that names it, and then nothing of its commit is written.
   */
  append(files: readonly NewFile[], note: CommitNote): Promise<Result<Grown, Failure>>;
}

export interface CommitNote {
  readonly message: string;
  readonly time: Date;
}

export interface Grown {
  /** The tip of the branch after it; `undefined` when there was nothing to add to a branch that is not there. */
  readonly commit: ObjectId | undefined;
  /** How many files were not there before. */
  readonly added: number;
}

/** How long a writer goes on that others keep overtaking. */
export interface Patience {
  readonly tries: number;
  /** The pause before a try is random below a bound that doubles from the first to the last of these, in milliseconds. */
  readonly pauseMs: readonly [number, number];
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
export function pauseBefore(attempt: number, { pauseMs: [first, last], random }: Patience): number {
  return random() * Math.min(last, first * 2 ** attempt);
}
