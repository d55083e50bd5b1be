import { resolve } from 'node:path';
import type { Effects } from '../commands/index.ts';
import { processEffects } from '../commands/index.ts';
import type { CommonOptions, Console } from './console.ts';

/** The real world for the verbs. */
export function effectsOf({ cwd, env, signal }: Console, { directory }: CommonOptions): Effects {
  return processEffects({ cwd: resolve(cwd, directory ?? '.'), env, signal });
}
