import type { Failure, Result, Verdict } from '../base/index.ts';
import { success } from '../base/index.ts';
import { prepareDataset } from '../data/index.ts';
import type { PrepareRequest, StepCall } from './request.ts';

/** The step `data.<name>`: see `prepareDataset`. It judges nothing, so it passes or fails to run. */
export async function prepare(
  request: PrepareRequest,
  call: StepCall,
  say: (line: string) => void,
): Promise<Result<Verdict, readonly Failure[]>> {
  const { root, out, threads } = call;
  const prepared = await prepareDataset({ dataset: request.dataset, root, out, threads });
  if (!prepared.ok) return prepared;
  const { files, rows, duplicates, leftOut } = prepared.value.facts;
  say(
    `${rows.total} rows in ${files.length} ${files.length === 1 ? 'file' : 'files'}: ${rows.train} for training, ${rows.heldOut} held out`,
  );
  if (leftOut.length > 0) say(`left out, since the contract does not list them: ${leftOut.join(', ')}`);
  if (duplicates.keys > 0) {
    say(
      `keys with more than one row: ${duplicates.keys}, of ${duplicates.rows} rows; those of one key are on one side`,
    );
  }
  return success('pass');
}
