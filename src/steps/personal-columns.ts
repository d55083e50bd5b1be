import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { readContract } from '../contract/index.ts';
import type { DatasetSpec } from '../data/index.ts';
import { evaluateFailures as failures } from '../evaluate/index.ts';
import type { StepCall } from './request.ts';

/** Columns that the dataset's contract classifies as personal data; none without a contract. */
export async function personalColumns(
  dataset: DatasetSpec,
  call: StepCall,
): Promise<Result<ReadonlySet<string>, Failure | readonly Failure[]>> {
  if (dataset.contract === undefined) return success(new Set());
  const shown = relative(call.root, dataset.contract).split(sep).join('/');
  let content: Uint8Array;
  try {
    content = await readFile(dataset.contract);
  } catch (error) {
    return failed(failures.inputUnreadable(shown, error instanceof Error ? error.message : String(error)));
  }
  const contract = readContract(shown, content);
  if (!contract.ok) return contract;
  return success(new Set(contract.value.columns.filter(({ personal }) => personal).map(({ name }) => name)));
}
