import type { Failure } from '../../base/index.ts';
import type { DataFile } from '../../data/index.ts';
import type { RunRecord } from '../record.ts';

export type ReproductionFailure = Failure<
  | 'runs-reproduce-impossible'
  | 'runs-reproduce-data-missing'
  | 'runs-reproduce-path-unsafe'
  | 'runs-reproduce-io-failed'
  | 'runs-reproduce-cancelled'
>;

export function impossible(run: Pick<RunRecord, 'id'>, because: string, remedy: string): ReproductionFailure {
  return {
    code: 'runs-reproduce-impossible',
    kind: 'input',
    message: `Run ${run.id} cannot be reproduced: ${because}`,
    remedy,
  };
}

export function dataMissing(dataset: string, { path, digest }: DataFile): ReproductionFailure {
  return {
    code: 'runs-reproduce-data-missing',
    kind: 'input',
    message: `The run read ${path} of the dataset \`${dataset}\` as ${digest}; neither its commit, nor the work tree, nor the store has those bytes`,
    remedy: `Put the file with this digest back at ${path}. Commit it, or set "keep: true" on the dataset, so that later runs can be reproduced.`,
  };
}

export function pathUnsafe(path: string, where: string): ReproductionFailure {
  return {
    code: 'runs-reproduce-path-unsafe',
    kind: 'input',
    message: `${where} names the path ${JSON.stringify(path)}, which could lead out of the folder of the reproduction`,
    remedy: 'Nothing was run. Look at how this path came into the repository.',
  };
}

export function reproductionIoFailed(doing: string, cause: unknown): ReproductionFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'runs-reproduce-io-failed',
    kind: 'world',
    message: `Could not ${doing}: ${reason}`,
    remedy: 'Free space, or name another folder for temporary files: TMPDIR=/large/disk.',
    cause,
  };
}

export function reproductionCancelled(): ReproductionFailure {
  return {
    code: 'runs-reproduce-cancelled',
    kind: 'world',
    message: 'The reproduction was interrupted; its folder is removed, and nothing was compared',
    remedy: 'Start it again.',
  };
}
