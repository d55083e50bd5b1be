import type { Engine } from './engine.ts';

/** The models that are served now. It may change between two requests, never within one. */
export interface Fleet {
  /** Sorted by name. */
  models(): readonly ServedModel[];
  model(name: string): ServedModel | undefined;
  /** Whether every model that was asked for answers, and the words for it when not. */
  readiness(): Readiness;
}

export interface Readiness {
  readonly ready: boolean;
  /** One sentence a model. */
  readonly models: Readonly<Record<string, { readonly ready: boolean; readonly because: string }>>;
}

export interface ServedModel {
  readonly name: string;
  /** By version name: what answers when a request names its version. */
  readonly versions: ReadonlyMap<string, ServedVersion>;
  /** Who answers a request that names no version, and who gets a copy of it. */
  choose(facts: RoutingFacts): Choice;
}

export interface ServedVersion {
  readonly name: string;
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
  /** Never among them: `version`. */
  readonly shadows: readonly ServedVersion[];
}

/** Why a version answered: it is served, a canary, chosen by a header, named by the request, or asked only for the record. */
export type AnswerRole = 'served' | 'canary' | 'variant' | 'named' | 'shadow';
