import type { Failure, Place } from '../../base/index.ts';

export type InitFailure = Failure<
  | 'commands-workflow-outdated'
  | 'commands-workflow-edited'
  | 'commands-workflow-trigger'
  | 'commands-workflow-permissions'
  | 'commands-workflow-unpinned'
  | 'commands-workflow-unreadable'
  | 'commands-init-pin'
  | 'commands-init-data'
  | 'commands-init-target'
  | 'commands-init-key'
  | 'commands-init-name'
  | 'commands-init-unwritable'
>;

const update = 'Run "trainyard init --update"';

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
    remedy: `Take it away, or run "trainyard init --update --force".`,
  };
}

export function workflowUnpinned(place: Place, ref: string): InitFailure {
  return {
    code: 'commands-workflow-unpinned',
    kind: 'input',
    place,
    message: `\`${ref}\` can be moved to other code: it is no commit`,
    remedy: `${update}: it names the commit of this version.`,
  };
}

export function workflowUnreadable(place: Place, why: string): InitFailure {
  return {
    code: 'commands-workflow-unreadable',
    kind: 'input',
    place,
    message: `The workflow cannot be read: ${why}`,
    remedy: 'Mend it, or delete it and run "trainyard init".',
  };
}

export function pinUnknown(repository: string, version: string, why: string): InitFailure {
  return {
    code: 'commands-init-pin',
    kind: 'world',
    message: `The commit of ${repository} ${version} could not be found: ${why}`,
    remedy:
      'Give it: "--pin <40 digits>"; or leave the workflows out: "--no-workflows". Nothing was written.',
  };
}

export function pinInvalid(pin: string): InitFailure {
  return {
    code: 'commands-init-pin',
    kind: 'input',
    message: `\`${pin}\` is no commit: a tag or branch can be moved to other code`,
    remedy: 'Give all 40 digits of the commit.',
  };
}

export function dataUnusable(file: string, why: string): InitFailure {
  return {
    code: 'commands-init-data',
    kind: 'input',
    message: `${file} cannot be the data of a pipeline: ${why}`,
    remedy: 'Give a CSV file with a header, UTF-8, and at least 20 rows.',
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

export function initUnwritable(file: string, error: unknown): InitFailure {
  return {
    code: 'commands-init-unwritable',
    kind: 'world',
    message: `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    remedy: 'Mend the permissions of the folder, or name another.',
    cause: error,
  };
}
