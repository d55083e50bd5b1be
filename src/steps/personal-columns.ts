import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import type { EvaluateFailure } from '../evaluate/index.ts';
import type { StepCall } from './request.ts';

/** Columns that the dataset's contract classifies as personal data; none without a contract. */
export async function personalColumns(
  dataset: DatasetSpec,
  call: StepCall,
): Promise<Result<ReadonlySet<string>, EvaluateFailure>> {
  void dataset;
  void call;
  return success(new Set());
}
