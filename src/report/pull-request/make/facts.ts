import type { JsonScalar } from '../../../base/index.ts';
import type { Evaluation, PairedDifference } from '../../../evaluate/index.ts';
import type { FeatureDeclaration } from '../../../features/index.ts';
import type { RunRecord } from '../../../runs/index.ts';

/** What a report is made of, as it was found. */
export interface PullFacts {
  readonly head: RunRecord;
  readonly base: BaseFacts;
  /** Both models, measured side by side on the held-out rows of `head`. */
  readonly paired?: readonly PairedDifference[];
  /** Of the two pipelines; absent where one of them is not known. */
  readonly features?: {
    readonly base: readonly FeatureDeclaration[];
    readonly head: readonly FeatureDeclaration[];
  };
  /** Of the chosen models, with their curves; absent where the bytes are not at hand. */
  readonly evaluations: { readonly base?: Evaluation; readonly head?: Evaluation };
  /** As the pipeline file of `head` declares them; absent where it is not known. */
  readonly declaredParams?: Readonly<Record<string, JsonScalar>>;
  /** Texts of contract files, by dataset. */
  readonly contracts: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export type BaseFacts =
  | {
      readonly kind: 'record';
      readonly run: RunRecord;
      readonly target: string;
      readonly mergeBase: string;
      readonly behind: number;
    }
  | {
      readonly kind: 're-evaluated';
      readonly run: RunRecord;
      readonly target: string;
      readonly because: string;
    }
  | { readonly kind: 'none'; readonly target?: string; readonly because: string };
