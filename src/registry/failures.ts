import type { Failure } from '../base/index.ts';
import type { GitFailure } from '../git/index.ts';

export type RegistryFailure = Failure<`registry-${string}`> | GitFailure;
