import type { Failure } from '../base/index.ts';
import type { PredictionLogFile } from '../pipeline/index.ts';
import type { Servable } from '../servable/index.ts';
import type { Engine } from './engine.ts';
import type { PlannedLimits, ServingPlan } from './plan.ts';

/** The models that are served now. It may change between two requests, never within one. */
export interface Fleet {
  /** Sorted by name. */
  models(): readonly ServedModel[];
  model(name: string): ServedModel | undefined;
  /** Whether every model that was asked for answers, and the words for it when not. */
  readiness(): Readiness;
}

/** A fleet that is told what to serve, when it starts and ever after. Disposing waits for the requests that it has. */
export interface PlannedFleet extends Fleet, AsyncDisposable {
  /**
   * Loads, warms and compares what is new, and swaps each model at once when all of it is good. What fails is refused:
   * the model keeps what it had, and readiness tells. Resolves when everything is decided; plans are applied in turn.
   */
  apply(plan: ServingPlan): Promise<PlanOutcome>;
}

/** What became of a plan in one process: a plain value, so that processes can tell each other. */
export interface PlanOutcome {
  /** Versions that answer now and did not before. */
  readonly loaded: readonly OfVersion[];
  /** Versions of the plan that do not answer. */
  readonly refused: readonly (OfVersion & { readonly failure: Failure })[];
  /** Versions that answered before; what they are still busy with is answered. */
  readonly retired: readonly OfVersion[];
}

export interface OfVersion {
  readonly model: string;
  readonly version: string;
}

/** How a fleet gets the engine of a servable that it loaded from a folder; the engine owns the servable from then on. */
export type EngineOf = (servable: Servable, folder: string) => Engine;

export interface Readiness {
  readonly ready: boolean;
  /** One sentence a model. */
  readonly models: Readonly<Record<string, { readonly ready: boolean; readonly because: string }>>;
  /** What else whoever looks should know: stages that could not be looked up. */
  readonly notes?: readonly string[];
}

export interface ServedModel {
  readonly name: string;
  /** By version name: what answers when a request names its version. */
  readonly versions: ReadonlyMap<string, ServedVersion>;
  /** What the model is when nobody asks for a version: its ports and rules are those that descriptions show. */
  readonly served: ServedVersion;
  /** Who answers a request that names no version, and who gets a copy of it. */
  choose(facts: RoutingFacts): Choice;
  /** What `serving:` of its pipeline asks for; absent is the default of the server. */
  readonly limits?: PlannedLimits;
  readonly log?: PredictionLogFile;
}

export interface ServedVersion {
  readonly name: string;
  /** As a shadow, a version has an engine that takes its time and drops copies when it has too many. */
  readonly engine: Engine;
}

export interface RoutingFacts {
  /** Value of a request's header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Value of a column in the first row. */
  readonly column: (name: string) => unknown;
  readonly requestId: string;
}

export interface Choice {
  readonly version: ServedVersion;
  readonly role: AnswerRole;
  /** Of the role `variant`: the value of the header that chose it, as `serving:` declares it. */
  readonly variant?: string;
  /** Never among them: `version`. */
  readonly shadows: readonly ServedVersion[];
}

/** Why a version answered: it is served, a canary, chosen by a header, named by the request, or asked only for the record. */
export type AnswerRole = 'served' | 'canary' | 'variant' | 'named' | 'shadow';
