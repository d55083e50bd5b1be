import { randomBytes } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Effects } from '../commands/index.ts';
import type { CommonOptions, Console } from './console.ts';

/** The real world for the verbs. */
export function effectsOf(console: Console, options: CommonOptions): Effects {
  return {
    cwd: resolve(console.cwd, options.directory ?? '.'),
    env: console.env,
    now: () => new Date(),
    monotonic: () => performance.now(),
    randomBytes: (count) => randomBytes(count),
    machine: {
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      node: process.versions.node,
    },
    signal: console.signal,
  };
}
