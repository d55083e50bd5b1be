import { randomBytes } from 'node:crypto';
import { availableParallelism, constants, setPriority, totalmem } from 'node:os';
import process from 'node:process';
import type { Effects } from './effects.ts';

/** The real world for the verbs, whoever calls them: the command line or an action. */
export function processEffects(own: Pick<Effects, 'cwd' | 'env' | 'signal'>): Effects {
  return {
    ...own,
    now: () => new Date(),
    monotonic: () => performance.now(),
    randomBytes: (count) => randomBytes(count),
    machine: {
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      node: process.versions.node,
    },
    giveWay,
  };
}

function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Where a sandbox forbids it, work goes on as it did.
  }
}
