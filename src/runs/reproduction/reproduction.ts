import type { Digest, JsonScalar } from '../../base/index.ts';
import type { RunId } from '../record.ts';
import type { BroughtFile } from './bring-data.ts';

/** What came out when a run was made again from its commit and its data. */
export interface Reproduction {
  /** Version of this form. */
  readonly version: 1;
  readonly run: RunId;
  readonly pipeline: string;
  readonly commit: string;
  /** Everything that was compared is the same, to the last digit. */
  readonly identical: boolean;
  readonly compared: Compared;
  /** In the order of the steps: what comes first may be the reason of what follows. */
  readonly differences: readonly Difference[];
  /** Of the machine and the programs. By itself no difference: the results are what counts. */
  readonly environment: readonly EnvironmentChange[];
  /** What could explain the differences. */
  readonly explanations: readonly string[];
  /** What a reader must know of how it was made. */
  readonly notes: readonly string[];
  readonly data: readonly BroughtFile[];
  readonly seconds: number;
  /** Where everything still is, when it was to be kept. */
  readonly folder?: string;
}

export interface EnvironmentChange {
  readonly name: string;
  readonly recorded: string | number;
  readonly reproduced: string | number;
}

/** How many things were looked at. */
export interface Compared {
  readonly files: number;
  readonly outputs: number;
  readonly models: number;
  /** Values of evaluations and metrics, with the ends of their intervals. */
  readonly values: number;
  readonly gates: number;
}

export type Difference =
  | {
      readonly kind: 'dataset';
      readonly dataset: string;
      readonly recorded?: Digest;
      readonly reproduced?: Digest;
    }
  /** A step ended otherwise: `ran`, and now `failed`. */
  | {
      readonly kind: 'ending';
      readonly step: string;
      readonly recorded?: string;
      readonly reproduced?: string;
      readonly failure?: string;
    }
  /** A step was made of other inputs: another fingerprint. */
  | {
      readonly kind: 'inputs';
      readonly step: string;
      readonly recorded?: Digest;
      readonly reproduced?: Digest;
    }
  | {
      readonly kind: 'output';
      readonly step: string;
      readonly output: string;
      readonly recorded?: Digest;
      readonly reproduced?: Digest;
    }
  /** The model that the run chose. */
  | { readonly kind: 'model'; readonly recorded?: Digest; readonly reproduced?: Digest }
  | {
      readonly kind: 'value';
      readonly step: string;
      /** `metrics.roc_auc.low` */
      readonly name: string;
      readonly recorded?: JsonScalar;
      readonly reproduced?: JsonScalar;
      /** reproduced - recorded, of numbers. */
      readonly by?: number;
    }
  | { readonly kind: 'gate'; readonly gate: string; readonly recorded?: string; readonly reproduced?: string }
  | { readonly kind: 'verdict'; readonly recorded: string; readonly reproduced: string };
