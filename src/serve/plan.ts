import type { Digest, Failure, Verdict } from '../base/index.ts';
import type { PredictionLogFile } from '../pipeline/index.ts';

/**
 * Which versions of which models a server answers with, and how requests are shared between them: a value that can be
 * saved, compared and sent to processes. The command makes it from references, stages and `serving:` of the pipelines;
 * a container has it beside its servables (`plan.json`).
 */
export interface ServingPlan {
  /** Version of this format. */
  readonly version: 1;
  /** Sorted by name, each once. */
  readonly models: readonly PlannedModel[];
  /** What whoever looks at the readiness should know: stages that could not be looked up, stages in which nothing stands. */
  readonly notes?: readonly string[];
}

export interface PlannedModel {
  readonly model: string;
  /** Everything that is to be loaded. */
  readonly versions: readonly PlannedVersion[];
  /** Name of the version that answers requests which ask for nothing else. */
  readonly served: string;
  /** Names of versions that get copies. */
  readonly shadows: readonly string[];
  readonly canary?: PlannedCanary;
  readonly variants?: PlannedVariants;
  readonly log?: PredictionLogFile;
  readonly limits?: PlannedLimits;
  /** Versions that belong here and may not be loaded or could not be packed; `served` may name one of them. */
  readonly refused?: readonly RefusedVersion[];
}

export interface PlannedVersion {
  readonly name: string;
  readonly digest: Digest;
  /** Of the servable: absolute, or relative to the file of the plan. */
  readonly folder: string;
  /** Whether somebody who is trusted signed for it, in one sentence; absent for what is no version of the registry. */
  readonly provenance?: { readonly verdict: Verdict; readonly because: string };
}

export interface PlannedCanary {
  readonly version: string;
  /** Of the requests, from 0 to 1. */
  readonly share: number;
  /** A column, or `header:<name>`; without it every request is on its own. */
  readonly key?: string;
}

export interface PlannedVariants {
  /** In lower case. */
  readonly header: string;
  /** Version names by the value of the header. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface PlannedLimits {
  readonly maxRows?: number;
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

/** A version that is not served, and why. */
export interface RefusedVersion {
  readonly name: string;
  /** Without its `cause`: processes tell each other. */
  readonly failure: Failure;
}
