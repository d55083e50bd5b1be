import type { StepRequest } from './request.ts';

/** The native packages whose version can change the bytes that a step gives. */
export type Engine = 'duckdb' | 'onnxruntime';

/**
 * What a built-in step is made of, for fingerprints: `version` is raised whenever a change of the code can change the
 * outputs for the same inputs. Then every result of the older code is made anew.
 */
export interface StepCode {
  readonly version: number;
  readonly engines: readonly Engine[];
}

export const stepCode: Readonly<Record<StepRequest['uses'], StepCode>> = {
  prepare: { version: 1, engines: ['duckdb'] },
  validate: { version: 1, engines: ['duckdb'] },
  train: { version: 2, engines: ['duckdb', 'onnxruntime'] },
  evaluate: { version: 1, engines: ['duckdb', 'onnxruntime'] },
  choose: { version: 1, engines: [] },
  gates: { version: 1, engines: ['duckdb', 'onnxruntime'] },
};
