import type { Digest, Failure, Random } from '../../base/index.ts';
import type { Store } from '../../store/index.ts';
import type { Listener } from '../events.ts';
import type { Contexts } from '../expressions.ts';
import type { Environment } from '../plan/contexts.ts';
import type { LocalState } from '../plan/local-state.ts';
import type { Plan, StepId } from '../plan.ts';
import type { Mask } from './mask.ts';
import type { Workspace } from './workspace.ts';

/** What every step of one run shares. */
export interface RunContext {
  readonly plan: Plan;
  /** Absolute path of the repository. */
  readonly root: string;
  readonly store: Store;
  readonly state: LocalState;
  readonly env: Environment;
  /** What expressions can read, without `matrix` and `steps`. */
  readonly shared: Contexts;
  readonly mask: Mask;
  readonly listener: Listener;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  readonly random: Random;
  readonly jobs: number;
  readonly cores: number;
  readonly graceMilliseconds: number;
  readonly backOffMilliseconds: number;
  /** Made when the first step really runs. */
  readonly workspace: () => Promise<Workspace>;
  /** Why steps that other jobs execute gave no result, as far as those jobs said so. */
  readonly elsewhere: ReadonlyMap<StepId, Failure>;
  /** Fingerprints of what other jobs of this run have given. */
  readonly handed: ReadonlySet<Digest>;
}
