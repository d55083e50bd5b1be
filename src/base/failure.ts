/** Where in a file something is. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Number of characters to underline, from `column`. */
  readonly length?: number;
}

/**
 * Who can mend it; decides the exit code.
 * - `verdict`: the work was done and the answer is no (exit 1)
 * - `input`: something that the user wrote or asked for is wrong (exit 2)
 * - `world`: a disk, network, command or other part outside failed (exit 3)
 */
export type FailureKind = 'verdict' | 'input' | 'world';

/** An expected failure: a code for machines, a sentence for people, a place and a remedy. */
export interface Failure<Code extends string = string> {
  /** Stable, kebab-case, unique over the whole project; documented in docs/errors.md. */
  readonly code: Code;
  readonly kind: FailureKind;
  /** One sentence, without the place. */
  readonly message: string;
  /** What the reader can do about it, in the imperative. */
  readonly remedy?: string;
  readonly place?: Place;
  readonly cause?: unknown;
}
