import type { Sample } from './collect.ts';

/** One metric of one process with its values: a plain value, so that processes can tell each other. */
export interface MetricValues {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly Sample[];
}

export type ProcessMetrics = readonly MetricValues[];
