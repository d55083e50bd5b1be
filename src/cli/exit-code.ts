import type { Failure } from '../base/index.ts';

/** 0 done, 1 a verdict failed, 2 the input is wrong, 3 the outside world failed, 70 a bug, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 70 | 130;

/** The code for some failures: what the user can mend comes before what the world did, and both before a verdict. */
export function exitCodeOf(failures: readonly Failure[]): ExitCode {
  if (failures.length === 0) return 0;
  if (failures.some((failure) => failure.kind === 'input')) return 2;
  if (failures.some((failure) => failure.kind === 'world')) return 3;
  return 1;
}
