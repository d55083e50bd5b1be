import type { Learning } from '../train/index.ts';

/**
 * `learning.json`: how a loss fell step by step. What the built-in `train` step writes, and what a step of a command may
 * write as its output `learning`. A model that is not learned in steps has no series.
 */
export interface LearningFile extends Learning {
  /** Version of this format. */
  readonly version: 1;
}

export function learningFile(learning: Learning | undefined): LearningFile {
  return { version: 1, unit: learning?.unit ?? 'step', series: learning?.series ?? [] };
}
