import type { Failure, Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import { loadContract } from '../data/index.ts';
import type { StepCall } from './request.ts';

/** Columns that the dataset's contract classifies as personal data; none without a contract. */
export async function personalColumns(
  dataset: DatasetSpec,
  call: StepCall,
): Promise<Result<ReadonlySet<string>, readonly Failure[]>> {
  if (dataset.contract === undefined) return success(new Set());
  const contract = await loadContract(call.root, dataset.contract);
  if (!contract.ok) return contract;
  return success(new Set(contract.value.columns.filter(({ personal }) => personal).map(({ name }) => name)));
}
