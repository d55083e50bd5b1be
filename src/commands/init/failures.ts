import type { Failure, Place } from '../../base/index.ts';

export type InitFailure = Failure<
  | 'commands-workflow-outdated'
  | 'commands-workflow-edited'
  | 'commands-workflow-trigger'
  | 'commands-workflow-permissions'
  | 'commands-workflow-permissions-missing'
  | 'commands-workflow-unheard'
  | 'commands-workflow-unpinned'
  | 'commands-workflow-unreadable'
  | 'commands-workflow-source'
  | 'commands-workflow-secrets'
  | 'commands-workflow-target'
  | 'commands-workflow-permissions-open'
  | 'commands-workflow-branch'
  | 'commands-workflow-twice'
  | 'commands-workflow-missing'
  | 'commands-workflow-dead'
  | 'commands-workflow-unknown'
  | 'commands-check-path'
  | 'commands-init-pin'
  | 'commands-init-data'
  | 'commands-init-target'
  | 'commands-init-key'
  | 'commands-init-name'
  | 'commands-init-name-taken'
  | 'commands-init-folder'
  | 'commands-init-unwritable'
>;

const update = 'Run "trainyard init --update"';

/** The way that always works: what is not there is written anew. */
function anew(file: string): string {
  return `delete ${file} and run "trainyard init --update": it writes this file anew.`;
}

export function workflowOutdated(place: Place, section: string): InitFailure {
  return {
    code: 'commands-workflow-outdated',
    kind: 'input',
    place,
    message: `\`${section}\` is as \`trainyard init\` wrote it, and out of date`,
    remedy: `${update}: it changes this part.`,
  };
}

export function workflowEdited(place: Place, section: string): InitFailure {
  return {
    code: 'commands-workflow-edited',
    kind: 'input',
    place,
    message: `\`${section}\` was edited, and what \`trainyard init\` would write has changed since`,
    remedy: `Compare with "trainyard init --update --dry-run"; "trainyard init --update --force" replaces your part.`,
  };
}

export function triggerMissing(place: Place, trigger: string, file: string | undefined): InitFailure {
  return {
    code: 'commands-workflow-trigger',
    kind: 'input',
    place,
    message: `No workflow starts this pipeline by \`${trigger}\`${file === undefined ? '' : `: ${file} does not have it`}`,
    remedy: `${update}: it adds what is missing.`,
  };
}

export function workflowPermissions(
  place: Place,
  given: string,
  needed: Readonly<Record<string, string>>,
): InitFailure {
  const enough = Object.entries(needed).map(([scope, level]) => `${scope}: ${level}`);
  return {
    code: 'commands-workflow-permissions',
    kind: 'input',
    place,
    message: `\`${given}\` is more than the workflow needs: ${enough.join(', ')}`,
    remedy: `Take it away. Or ${anew(place.file)}`,
  };
}

export function permissionsMissing(place: Place, job: string, missing: readonly string[]): InitFailure {
  return {
    code: 'commands-workflow-permissions-missing',
    kind: 'input',
    place,
    message: `\`${job}\` does not grant what the workflow needs, so GitHub does not start it: ${missing.join(', ')}`,
    remedy: `Add ${missing.length === 1 ? 'it' : 'them'} below \`permissions:\` of this job. Or ${anew(place.file)}`,
  };
}

export function workflowUnheard(
  place: Place,
  heard: readonly string[],
  titles: readonly string[],
): InitFailure {
  const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  return {
    code: 'commands-workflow-unheard',
    kind: 'input',
    place,
    message: `No workflow for pull requests is called ${quoted(heard)}, so nothing is commented on those of forks`,
    remedy: `Name it as its \`name:\` does: ${quoted(titles)}.`,
  };
}

/** `isWritten`: by `init`, so that an update changes it. */
export function workflowUnpinned(place: Place, ref: string, isWritten: boolean): InitFailure {
  return {
    code: 'commands-workflow-unpinned',
    kind: 'input',
    place,
    message: `\`${ref}\` can be moved to other code: it is no commit`,
    remedy: isWritten
      ? `${update}: it names the commit of this version.`
      : 'Name the 40 digits of the commit: "trainyard init" did not write this file and does not change it.',
  };
}

export function workflowUnreadable(place: Place, why: string): InitFailure {
  return {
    code: 'commands-workflow-unreadable',
    kind: 'input',
    place,
    message: `The workflow cannot be read: ${why}`,
    remedy: `Mend it. Or ${anew(place.file)}`,
  };
}

export function sourceForeign(
  place: Place,
  { path, said, common }: { readonly path: string; readonly said: string; readonly common: string },
): InitFailure {
  const usual = common === '$' ? 'this repository' : common;
  return {
    code: 'commands-workflow-source',
    kind: 'input',
    place,
    message: `This calls code of ${said}, and the other callers that of ${usual}`,
    remedy: `Name ${usual} here, if nobody meant to change it. Or ${anew(path)}`,
  };
}

export function secretsInherited(place: Place): InitFailure {
  return {
    code: 'commands-workflow-secrets',
    kind: 'input',
    place,
    message: '`secrets: inherit` hands every secret of the repository to jobs that execute steps',
    remedy: 'Take it away. What steps need is named one by one, below `secrets: environment:`.',
  };
}

export function targetDangerous(place: Place): InitFailure {
  return {
    code: 'commands-workflow-target',
    kind: 'input',
    place,
    message:
      '`pull_request_target` runs with a token that writes and with secrets, also for pull requests of forks',
    remedy: 'Take it away: `pull_request` is enough, and trainyard-pull-request-comment comments for forks.',
  };
}

export function permissionsOpen(place: Place, file: string): InitFailure {
  return {
    code: 'commands-workflow-permissions-open',
    kind: 'input',
    place,
    message: `${file} says no \`permissions:\` at its top: a job without its own gets what the repository gives by default`,
    remedy: 'Write `permissions: {}` above `jobs:`, or run "trainyard init --update": it writes this part.',
  };
}

export function branchUnheard(place: Place, branch: string): InitFailure {
  return {
    code: 'commands-workflow-branch',
    kind: 'input',
    place,
    message: `No push to the default branch \`${branch}\` starts this workflow, so nothing is trained, recorded or registered`,
    remedy: `Name it: \`branches: [${JSON.stringify(branch)}]\`. If another is the default branch: "git remote set-head origin --auto".`,
  };
}

export function workflowTwice(place: Place, kept: string, extra: string): InitFailure {
  return {
    code: 'commands-workflow-twice',
    kind: 'input',
    place,
    message: `${kept} calls the same workflow at the same event: all of it would be done twice`,
    remedy: `Delete ${extra}, or give the two other events, branches or times.`,
  };
}

export function workflowMissing(path: string, calls: string): InitFailure {
  return {
    code: 'commands-workflow-missing',
    kind: 'input',
    place: { file: path },
    message: `No file calls Trainyard's workflow \`${calls}\`: ${path} is not there`,
    remedy: `${update}: it writes ${path}.`,
  };
}

export function workflowDead(path: string, calls: string): InitFailure {
  return {
    code: 'commands-workflow-dead',
    kind: 'input',
    place: { file: path },
    message: `${path} is there and does not call Trainyard's workflow \`${calls}\``,
    remedy: `D${anew(path).slice(1)}`,
  };
}

export function workflowUnknown(place: Place, name: string, known: readonly string[]): InitFailure {
  return {
    code: 'commands-workflow-unknown',
    kind: 'input',
    place,
    message: `Trainyard has no workflow \`${name}.yml\``,
    remedy: `Name one that is there: ${known.join(', ')}. Or ${anew(place.file)}`,
  };
}

export function pathUncheckable(path: string, why: string): InitFailure {
  return {
    code: 'commands-check-path',
    kind: 'input',
    message: `${path} cannot be checked: ${why}`,
    remedy:
      'Name a pipeline, its file, a contract (*.odcs.yaml), trainyard.yaml, a workflow that calls Trainyard, or a folder with such; or nothing, for all of the project.',
  };
}

export function pinUnknown(
  url: string,
  {
    repository,
    version,
    why,
  }: { readonly repository: string; readonly version: string; readonly why: string },
): InitFailure {
  return {
    code: 'commands-init-pin',
    kind: 'world',
    message: `The commit of ${repository} ${version} could not be found: ${why}`,
    remedy: `Nothing was written. Where there is a network, "git ls-remote ${url} ${version} '${version}^{}'" prints the commit (of two lines, take that with ^{}): give it after "--pin". Where there is none, "trainyard init --no-workflows" writes the rest; call "trainyard init" again later.`,
  };
}

export function pinInvalid(pin: string): InitFailure {
  return {
    code: 'commands-init-pin',
    kind: 'input',
    message: /^0+$/.test(pin)
      ? `\`${pin}\` is no commit: Git writes it where there is none`
      : `\`${pin}\` is no commit: a tag or branch can be moved to other code`,
    remedy:
      'Give all 40 digits of the commit, in lower case: that of the tag of your version in trainyard/trainyard.',
  };
}

export function dataUnusable(
  file: string,
  why: string,
  remedy = 'Give a CSV file with a header, UTF-8, and at least 20 rows.',
): InitFailure {
  return {
    code: 'commands-init-data',
    kind: 'input',
    message: `${file} cannot be the data of a pipeline: ${why}`,
    remedy,
  };
}

export function targetUnknown(target: string | undefined, columns: readonly string[]): InitFailure {
  return {
    code: 'commands-init-target',
    kind: 'input',
    message:
      target === undefined
        ? 'Nobody says which column is to be predicted'
        : `The data has no column \`${target}\``,
    remedy: `Give one after "--target": ${columns.join(', ')}.`,
  };
}

export function keyUnknown(why: string): InitFailure {
  return {
    code: 'commands-init-key',
    kind: 'input',
    message: `The rows have no key: ${why}`,
    remedy: 'Give columns that together identify a row: "--key patient_id" or "--key site,day".',
  };
}

export function nameInvalid(name: string): InitFailure {
  return {
    code: 'commands-init-name',
    kind: 'input',
    message: `\`${name}\` cannot be the name of a pipeline`,
    remedy: 'Give another after "--name": lower-case letters and digits, with single dashes between.',
  };
}

export function nameTaken(name: string, directory: string, place: Place | undefined): InitFailure {
  const where = directory === '.' ? 'the project at the root' : `the project in ${directory}`;
  return {
    code: 'commands-init-name-taken',
    kind: 'input',
    ...(place === undefined ? {} : { place }),
    message: `${where[0]!.toUpperCase()}${where.slice(1)} has a pipeline \`${name}\`, too: records, tags and comments of both would be one`,
    remedy: 'Give one of them another name ("--name" of "trainyard init").',
  };
}

export function folderClash(path: string, directory: string, other: string): InitFailure {
  return {
    code: 'commands-init-folder',
    kind: 'input',
    message: `${path} belongs to the project in ${other}, and would be that of ${directory}`,
    remedy: 'Rename one of the two folders, so that they differ in more than dashes and slashes.',
  };
}

export function initUnwritable(file: string, error: unknown): InitFailure {
  return {
    code: 'commands-init-unwritable',
    kind: 'world',
    message: `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Mend the permissions of the folder, or name another.',
    cause: error,
  };
}
