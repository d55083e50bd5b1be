import type { Json, Result } from '../base/index.ts';
import { canonicalJson, success } from '../base/index.ts';
import type { RunHistory } from '../runs/index.ts';
import { recordPath } from '../runs/index.ts';
import type { AttestationPlace } from './attestation-files.ts';
import { mostBytesOfRecord, readBoundedJson } from './bounded-json.ts';
import type { ProvenanceFailure } from './failures.ts';
import type { RecordAtHand } from './question.ts';

/**
 * The record of a run as the branch has it now, byte for byte. One that was moved to the archive counts as where it
 * was: its bytes are a function of what it says.
 */
export async function recordAtHand(
  { repository, branch, history }: AttestationPlace & { readonly history: RunHistory },
  run: { readonly id: string; readonly pipeline: string },
): Promise<Result<RecordAtHand | undefined, ProvenanceFailure>> {
  const path = recordPath(run.pipeline, run.id);
  const read = await repository.readFile(branch, path);
  if (!read.ok) return read;
  const bytes = read.value;
  // Too long or too deep to be a record: it is compared as bytes, and nobody looks inside.
  if (bytes !== undefined && !readBoundedJson(bytes, mostBytesOfRecord).ok) return success({ path, bytes });
  const found = await history.find(run.id, run.pipeline);
  if (bytes !== undefined) return success({ path, bytes, ...(found.ok ? { record: found.value } : {}) });
  if (!found.ok || found.value.id !== run.id) return success(undefined);
  const again = Buffer.from(`${canonicalJson(found.value as unknown as Json)}\n`);
  return success({ path, bytes: again, record: found.value });
}
