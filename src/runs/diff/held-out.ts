import type { Digest } from '../../base/index.ts';
import type { RunRecord } from '../record.ts';
import type { Sameness } from './run-diff.ts';

/** Whether two runs measured on the same rows: of one dataset, or of all that either has. */
export function heldOutSameness(base: RunRecord, head: RunRecord, dataset?: string): Sameness {
  const names =
    dataset === undefined ? new Set([...Object.keys(base.data), ...Object.keys(head.data)]) : [dataset];
  let all: Sameness = 'same';
  for (const name of names) {
    const [before, after] = [heldOutDigest(base, name), heldOutDigest(head, name)];
    if (before !== undefined && after !== undefined) {
      if (before !== after) return 'different';
    } else all = 'unknown';
  }
  return all;
}

/** Of the Parquet file with the held-out rows, which the step that prepared the dataset gave. */
export function heldOutDigest(run: RunRecord, dataset: string): Digest | undefined {
  const step = run.steps.find(({ id }) => id === `data.${dataset}`);
  return step?.artifacts.find(({ name }) => name === 'held-out' || name === 'held-out.parquet')?.digest;
}
