import path from 'node:path';
import type { Failure } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import { readContract } from '../contract/index.ts';
import type { PipelineDraft } from './checks/checking.ts';
import { members } from './checks/checking.ts';
import { mistake } from './file-failures.ts';
import type { ReadFile } from './read-source.ts';
import { relativePath } from './read-source.ts';
import { shown } from './shape-words.ts';
import type { YamlPlaces } from './yaml-places.ts';

export interface ContractSources {
  readonly root: string;
  readonly folder: string;
  readonly readFile: ReadFile;
}

export interface ContractsRead {
  /** By name of the dataset. */
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly failures: readonly Failure[];
}

/** Reads the contracts of all datasets; one that several datasets name is read once. */
export async function readContracts(
  draft: PipelineDraft,
  places: YamlPlaces,
  { root, folder, readFile }: ContractSources,
): Promise<ContractsRead> {
  const contracts = new Map<string, Contract>();
  const failures: Failure[] = [];
  for (const [name, { contract: written }] of members(draft.data)) {
    if (written === undefined || written.includes('${{')) continue;
    const file = path.resolve(folder, written);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(file);
    } catch (cause) {
      const place = places.place(['data', name, 'contract']);
      const remedy = `the path starts at the folder of the pipeline file: ${shown(relativePath(root, file))}`;
      const why = isAbsent(cause)
        ? `there is no contract ${shown(written)}`
        : `the contract ${shown(written)} cannot be read`;
      failures.push({ ...mistake('pipeline-contract-missing', why, place, remedy), cause });
      continue;
    }
    const contract = readContract(relativePath(root, file), bytes);
    if (contract.ok) contracts.set(name, contract.value);
    else failures.push(...contract.failure);
  }
  return { contracts, failures };
}

function isAbsent(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
