import type { Digest } from '../../base/index.ts';
import type { Deployment } from '../deployment.ts';
import type { Engine } from './engine.ts';
import type { GoldenQuestions } from './golden.ts';

/** What happened, in order; for whoever watches. */
export type RolloutStep =
  | { readonly kind: 'image'; readonly id: string }
  | { readonly kind: 'started' | 'ready' | 'golden' | 'kept'; readonly container: string }
  | { readonly kind: 'balancer-started'; readonly url: string }
  | { readonly kind: 'switched'; readonly to: readonly string[] }
  | { readonly kind: 'drained' | 'removed'; readonly container: string }
  | { readonly kind: 'rolled-back'; readonly removed: readonly string[] };

export interface RolloutOptions {
  readonly deployment: Deployment;
  /** By which this Docker may have the image, before its reference: the id of one that was loaded. */
  readonly localNames: readonly string[];
  readonly golden: GoldenQuestions;
  readonly replicas: number;
  /** Of this machine, for the balancer; absent: the one that it has, else one that is free. */
  readonly port?: number;
  /** For servers that ask who is there. */
  readonly key?: string;
  /** Of the file of environment variables: another one makes other servers. */
  readonly envFile?: Digest;
}

export interface RolloutWorld {
  readonly engine: Engine;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly freePort: (address: string) => Promise<number>;
  readonly signal: AbortSignal;
  readonly onStep: (step: RolloutStep) => void;
}

export interface Rollout {
  /** Where the model answers, through all versions. */
  readonly url: string;
  /** Names of the containers that answer. */
  readonly servers: readonly string[];
  /** Whether anything was started, switched or removed. */
  readonly changed: boolean;
}
