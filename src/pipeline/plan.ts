import type { Digest, Json, JsonScalar } from '../base/index.ts';
import type { StepRequest } from '../steps/index.ts';
import type { CacheEntry } from './cache.ts';

/**
 * What a run would do: a value that can be printed, saved and compared. Steps come in an order in which they could
 * run one after the other.
 */
export interface Plan {
  readonly version: 1;
  readonly pipeline: string;
  readonly params: Readonly<Record<string, JsonScalar>>;
  readonly steps: readonly PlannedStep[];
}

/** `train`, or `train[random-forest]` for an instance of a matrix (values in the order of its keys, `, ` between). */
export type StepId = string;

export interface PlannedStep {
  readonly id: StepId;
  /** Key in the pipeline file; `data.<dataset>` for the preparation of a dataset, `gates` for the verdict. */
  readonly step: string;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  readonly needs: readonly StepId[];
  /** The `if` of the file, when it cannot be decided before the step's needs have ended. */
  readonly condition?: string;
  readonly work: Work;
  /** Names of the outputs that it gives when it succeeds. */
  readonly outputs: readonly string[];
  /** Outputs of other steps that it is handed: their digests are the rest of the fingerprint. */
  readonly reads: readonly OutputReference[];
  /** Everything that can change the result and is known before the step's needs have run, by a name for people. */
  readonly inputs: Readonly<Record<string, FingerprintInput>>;
  readonly retry: number;
  readonly timeoutMinutes?: number;
  readonly continueOnError: boolean;
  /** It runs in every run: what an earlier one gave is not re-used. */
  readonly cache?: false;
  /** Labels of the runner that executes it in CI; absent for that of the workflow. */
  readonly runsOn?: readonly string[];
  /** Another job executes it: here it is only re-used. */
  readonly elsewhere?: true;
  readonly decision: Decision;
}

/** What is executed: a built-in step in a process of its own, or the user's command. */
export type Work =
  | { readonly kind: 'builtin'; readonly request: StepRequest }
  | {
      readonly kind: 'command';
      readonly run: string;
      readonly workingDirectory: string;
      readonly env: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
      readonly data: readonly string[];
      readonly params: Readonly<Record<string, JsonScalar>>;
      readonly outs: Readonly<Record<string, string>>;
      /** `run` and `env` still hold `${{ }}` of what is known only when the needs have ended. */
      readonly open: boolean;
    };

export interface OutputReference {
  readonly step: StepId;
  readonly output: string;
}

/** A digest, or the value itself when it is small: `why` shows both sides of a change. */
export type FingerprintInput = { readonly digest: Digest } | { readonly value: Json };

export type Decision =
  | { readonly kind: 'cached'; readonly fingerprint: Digest; readonly entry: CacheEntry }
  | { readonly kind: 'run'; readonly fingerprint: Digest; readonly reasons: readonly Reason[] }
  /** Its fingerprint depends on outputs of steps that run first: when those come out as before, it is re-used. */
  | { readonly kind: 'pending'; readonly on: readonly StepId[]; readonly reasons: readonly Reason[] }
  | { readonly kind: 'skip'; readonly because: string };

/** Why a step is stale. */
export type Reason =
  | { readonly kind: 'never-ran' }
  | { readonly kind: 'forced' }
  /** It says `cache: false`. */
  | { readonly kind: 'uncached' }
  | {
      readonly kind: 'changed';
      readonly input: string;
      readonly before?: FingerprintInput;
      readonly after?: FingerprintInput;
    }
  | { readonly kind: 'lost'; readonly output: string; readonly problem: 'missing' | 'corrupted' };
