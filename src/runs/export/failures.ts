import type { Failure } from '../../base/index.ts';

export type ExportFailure = Failure<
  | 'runs-export-exists'
  | 'runs-export-foreign-folder'
  | 'runs-export-nothing'
  | 'runs-export-io-failed'
  | 'runs-export-cancelled'
>;

export function outputExists(output: string): ExportFailure {
  return {
    code: 'runs-export-exists',
    kind: 'input',
    message: `${output} exists already`,
    remedy: 'Name another path after --output, or replace it with --force.',
  };
}

export function foreignFolder(output: string): ExportFailure {
  return {
    code: 'runs-export-foreign-folder',
    kind: 'input',
    message: `${output} is a folder that no export made, so it is not replaced`,
    remedy: 'Name a path after --output that does not exist yet.',
  };
}

export function nothingToExport(): ExportFailure {
  return {
    code: 'runs-export-nothing',
    kind: 'input',
    message: 'No recorded run is among those that were asked for',
    remedy: 'See the runs with "trainyard runs list".',
  };
}

export function exportIoFailed(output: string, cause: unknown): ExportFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'runs-export-io-failed',
    kind: 'world',
    message: `Could not write ${output}: ${reason}`,
    remedy: 'Free space or mend the permissions of the folder, then export again.',
    cause,
  };
}

export function exportCancelled(): ExportFailure {
  return {
    code: 'runs-export-cancelled',
    kind: 'world',
    message: 'The export was interrupted; nothing of it is left',
    remedy: 'Start it again.',
  };
}
