import type { Failure } from '../../base/index.ts';
import type { PlanOutcome, Readiness } from '../fleet.ts';
import type { ProcessMetrics } from '../metrics/index.ts';
import type { ServingPlan } from '../plan.ts';
import type { ServerConfig } from '../server-config.ts';

/** What the parent tells a process that answers. */
export type ToWorker =
  | { readonly kind: 'start'; readonly config: ServerConfig; readonly canLook: boolean }
  | { readonly kind: 'apply'; readonly call: number; readonly plan: ServingPlan }
  | { readonly kind: 'measure'; readonly call: number }
  | { readonly kind: 'scraped'; readonly call: number; readonly text: string }
  | { readonly kind: 'looked'; readonly call: number }
  | { readonly kind: 'group'; readonly group: Group }
  /** Take no more requests, answer those that are there, end. */
  | { readonly kind: 'stop' };

/** What a process that answers tells its parent. */
export type FromWorker =
  /** It listens to its parent: what is said before is lost. */
  | { readonly kind: 'here' }
  | Started
  | ({ readonly kind: 'applied'; readonly call: number } & Applied)
  | { readonly kind: 'measured'; readonly call: number; readonly metrics: ProcessMetrics }
  /** Somebody asked this one for the metrics of all. */
  | { readonly kind: 'scrape'; readonly call: number }
  /** It is about to take no more connections, and waits until the parent lets go of it and of the socket. */
  | { readonly kind: 'closing' }
  /** Somebody asked this one to look again what is to be served. */
  | { readonly kind: 'look'; readonly call: number };

export type Started =
  | ({ readonly kind: 'started'; readonly url: string } & Applied)
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Applied {
  readonly outcome: PlanOutcome;
  readonly readiness: Readiness;
}

/** How the processes stand together; each of them tells it to whoever asks for the readiness. */
export interface Group {
  readonly ready: number;
  readonly wanted: number;
}
