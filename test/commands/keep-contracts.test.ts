import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepContracts } from '../../src/commands/keep-contracts.ts';
import { readContract } from '../../src/contract/index.ts';
import type { Pipeline } from '../../src/pipeline/index.ts';
import type { Store } from '../../src/store/index.ts';
import { openStore } from '../../src/store/index.ts';

const file = 'pipelines/heart-disease/patients.odcs.yaml';
const source = fileURLToPath(new URL(`../../${file}`, import.meta.url));

let root: string;
let store: Store;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-contracts-'));
  const opened = await openStore('file:store', { root });
  if (!opened.ok) throw new Error(opened.failure.message);
  store = opened.value;
  await mkdir(dirname(join(root, file)), { recursive: true });
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** A pipeline with two datasets under one contract, which was read from `bytes`. */
function pipelineUnder(bytes: Uint8Array): { readonly pipeline: Pipeline; readonly digest: never } {
  const contract = readContract(file, bytes);
  if (!contract.ok) throw new Error('no contract');
  const contracts = new Map([
    ['train', contract.value],
    ['more', contract.value],
  ]);
  return { pipeline: { contracts, root } as unknown as Pipeline, digest: contract.value.digest as never };
}

describe('keeping contracts', () => {
  it('V5: puts the bytes of a contract into the store under the digest that the record names', async () => {
    const bytes = await readFile(source);
    await writeFile(join(root, file), bytes);
    const { pipeline, digest } = pipelineUnder(bytes);
    expect(await keepContracts(pipeline, store)).toEqual([]);
    await rm(join(root, 'pipelines'), { recursive: true });
    const kept = await store.read(digest);
    expect(kept.ok && Buffer.from(kept.value).equals(bytes)).toBe(true);
    // What is there needs no file any more.
    expect(await keepContracts(pipeline, store)).toEqual([]);
  });

  it('says when the file changed after it was read, or is gone', async () => {
    const bytes = await readFile(source);
    const { pipeline } = pipelineUnder(bytes);
    expect((await keepContracts(pipeline, store))[0]).toMatch(/^the contract .* was not kept: /);
    await writeFile(join(root, file), `${bytes.toString()}\n# later\n`);
    expect(await keepContracts(pipeline, store)).toEqual([
      `the contract ${file} was not kept: it changed while it was read`,
    ]);
  });
});
