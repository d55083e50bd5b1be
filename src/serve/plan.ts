import type { Digest } from '../base/index.ts';
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
}

export interface PlannedModel {
  readonly model: string;
  /** Everything that is loaded. */
  readonly versions: readonly PlannedVersion[];
  /** Name of the version that answers requests which ask for nothing else. */
  readonly served: string;
  /** Names of versions that get copies. */
  readonly shadows: readonly string[];
  readonly canary?: { readonly version: string; readonly share: number; readonly key?: string };
  /** Version names by the value of a header. */
  readonly variants?: { readonly header: string; readonly versions: Readonly<Record<string, string>> };
  readonly log?: PredictionLogFile;
  readonly limits?: { readonly maxRows?: number; readonly maxBytes?: number; readonly timeoutMs?: number };
}

export interface PlannedVersion {
  readonly name: string;
  readonly digest: Digest;
  /** Of the servable: absolute, or relative to the file of the plan. */
  readonly folder: string;
}
