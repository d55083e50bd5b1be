import type { Digest, JsonScalar, Verdict } from '../../base/index.ts';
import type { Estimate } from '../../evaluate/index.ts';

/** What the card of a version says, as facts: the page makes the text. Columns that are personal data are left out. */
export interface CardFacts {
  readonly description?: string;
  readonly task?: 'classification' | 'regression';
  readonly classes?: readonly string[];
  /** The class that recall and its like speak of. */
  readonly positive?: string;
  /** Held-out rows that it was measured on; absent when nobody measured it. */
  readonly rows?: number;
  readonly metrics: readonly CardMetric[];
  /** Metrics that could not be computed, with why. */
  readonly notComputed: Readonly<Record<string, string>>;
  /** By column and value, of the main metric. */
  readonly slices: readonly CardSlice[];
  /** Sentences that a reader has to know before trusting the model. */
  readonly limits: readonly string[];
  readonly data: readonly CardData[];
  /** That the model reads. */
  readonly columns: readonly CardColumn[];
  readonly params: Readonly<Record<string, JsonScalar>>;
  /** Step that trained it. */
  readonly trainedBy?: string;
  readonly madeWith: string;
  /** What the owner of the pipeline wrote, in Markdown, which pages show as text. */
  readonly notes: readonly { readonly heading: string; readonly text: string }[];
}

export interface CardMetric extends Estimate {
  readonly name: string;
  readonly better?: 'higher' | 'lower';
}

export interface CardSlice {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  /** Absent when it could not be computed. */
  readonly estimate?: Estimate;
}

export interface CardData {
  readonly name: string;
  readonly rows?: { readonly total: number; readonly train: number; readonly heldOut: number };
  readonly fingerprint?: Digest;
  readonly contract?: { readonly version: string; readonly verdict?: Verdict };
}

export interface CardColumn {
  readonly name: string;
  readonly type: string;
  readonly personal: boolean;
  /** Share of the rows, from 0 to 1; absent when nobody looked. */
  readonly missing?: number;
}
