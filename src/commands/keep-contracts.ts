import { join } from 'node:path';
import type { Pipeline } from '../pipeline/index.ts';
import type { Store } from '../store/index.ts';

/**
 * Puts the contracts of a pipeline into the store, by their digest, before anything runs under them: so a model can be
 * served with the contract that it was trained under whatever becomes of the work tree. One sentence for each that could
 * not be kept.
 */
export async function keepContracts(
  { contracts, root }: Pipeline,
  store: Pick<Store, 'has' | 'putFile'>,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const files = new Map([...contracts.values()].map(({ file, digest }) => [digest, file]));
  for (const [digest, file] of files) {
    if (await store.has(digest)) continue;
    const stored = await store.putFile(join(root, ...file.split('/')));
    if (!stored.ok) notes.push(`the contract ${file} was not kept: ${stored.failure.message}`);
    else if (stored.value.digest !== digest)
      notes.push(`the contract ${file} was not kept: it changed while it was read`);
  }
  return notes;
}
