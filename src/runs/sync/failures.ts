import type { Failure } from '../../base/index.ts';
import type { GitFailure } from '../../git/index.ts';

export type SyncFailure =
  | Failure<
      | 'runs-sync-no-remote'
      | 'runs-sync-clash'
      | 'runs-sync-overtaken'
      | 'runs-sync-no-repository'
      | 'runs-sync-removed-here'
    >
  | GitFailure;

export function noRepository(): SyncFailure {
  return {
    code: 'runs-sync-no-repository',
    kind: 'input',
    message: 'This folder is in no Git repository, so its run records can go nowhere',
    remedy: 'Make one: "git init", then run again; records are kept on a branch from then on.',
  };
}

export function noRemote(name: string): SyncFailure {
  return {
    code: 'runs-sync-no-remote',
    kind: 'input',
    message: `This repository has no remote "${name}"`,
    remedy: `Add one: "git remote add ${name} <url>". Until then the records are safe on the local branch.`,
  };
}

export function clash(branch: string, paths: readonly string[]): SyncFailure {
  const shown = paths.slice(0, 3).join(', ');
  return {
    code: 'runs-sync-clash',
    kind: 'input',
    message: `On the branch ${branch}, here and on the remote, the same path holds other bytes: ${shown}${paths.length > 3 ? `, and ${paths.length - 3} more` : ''}`,
    remedy:
      'What is recorded never changes, so one of the two was edited. Compare them with "git diff <remote>/<branch> <branch> -- <path>", and take the edited one back.',
  };
}

export function overtaken(place: string, tries: number): SyncFailure {
  return {
    code: 'runs-sync-overtaken',
    kind: 'world',
    message: `Others wrote to ${place} before each of ${tries} tries`,
    remedy: 'Nothing is lost: the records are on the local branch. Push them again: "trainyard runs push".',
  };
}

export function removedHere(branch: string, paths: readonly string[]): SyncFailure {
  return {
    code: 'runs-sync-removed-here',
    kind: 'input',
    message: `${paths.length} files of the branch ${branch} were taken away here, such as ${paths[0]}; the API of GitHub is used to add only`,
    remedy: 'Push over Git: "trainyard runs push".',
  };
}
