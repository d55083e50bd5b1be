import type { Failure } from '../base/index.ts';

export type ActionsFailure = Failure<
  | 'actions-input-missing'
  | 'actions-input-invalid'
  | 'actions-packages-failed'
  | 'actions-npm-missing'
  | 'actions-promotion-unclear'
  | 'actions-event-unsuited'
  | 'actions-event-unreadable'
  | 'actions-waves-too-many'
  | 'actions-environment-invalid'
  | 'actions-report-of-another'
  | 'actions-folder-is-link'
  | 'actions-machine-thrown-away'
>;

export function inputMissing(name: string, description: string): ActionsFailure {
  return {
    code: 'actions-input-missing',
    kind: 'input',
    message: `The input \`${name}\` is missing`,
    remedy: `Give it below \`with:\` of the step. ${description}`,
  };
}

export function inputInvalid(name: string, text: string, expected: string): ActionsFailure {
  return {
    code: 'actions-input-invalid',
    kind: 'input',
    message: `The input \`${name}\` is ${JSON.stringify(text.slice(0, 100))}, not ${expected}`,
    remedy: `Write ${expected} below \`with:\` of the step`,
  };
}

export function npmMissing(): ActionsFailure {
  return {
    code: 'actions-npm-missing',
    kind: 'world',
    message: 'There is no npm on this runner, to install the native packages with',
    remedy: 'Let a step with actions/setup-node come first, or put npm on the PATH of the runner',
  };
}

export function packagesFailed(said: string): ActionsFailure {
  return {
    code: 'actions-packages-failed',
    kind: 'world',
    message: `The native packages cannot be installed: ${said}`,
    remedy:
      'See whether the runner reaches the npm registry; a mirror is set with `npm_config_registry` in `env:`',
  };
}

export function promotionUnclear(message: string): ActionsFailure {
  return {
    code: 'actions-promotion-unclear',
    kind: 'input',
    message,
    remedy: 'Start the workflow by pushing a tag, or give `model` and `stage` below `with:`',
  };
}

export function wavesTooMany(pipeline: string, waves: number, most: number): ActionsFailure {
  return {
    code: 'actions-waves-too-many',
    kind: 'input',
    message: `The pipeline \`${pipeline}\` goes from runner to runner in ${waves} waves of jobs; the workflows have ${most}`,
    remedy: 'Give neighbouring steps the same `runs-on:`',
  };
}

/** Says nothing of the line: it may hold a secret. */
export function environmentInvalid(line: number, why: string): ActionsFailure {
  return {
    code: 'actions-environment-invalid',
    kind: 'input',
    message: `Line ${line} of the input \`environment\` cannot be used: ${why}`,
    remedy: 'Write one `NAME=value` a line, with names of your own',
  };
}

export function eventUnsuited(expected: string): ActionsFailure {
  return {
    code: 'actions-event-unsuited',
    kind: 'input',
    message: `The event of this workflow tells the action nothing: it needs ${expected}`,
    remedy: 'Use the action in a workflow that such an event starts, or give the input',
  };
}

/** What stands in it may be a stranger's: nothing of it is shown. */
export function eventUnreadable(): ActionsFailure {
  return {
    code: 'actions-event-unreadable',
    kind: 'world',
    message: 'The file of the event, which GITHUB_EVENT_PATH names, cannot be read as JSON',
    remedy:
      'Leave the variable as the runner sets it; by hand, name a file with the event as GitHub writes it',
  };
}

/** Repeats neither name: both may come from a fork. */
export function reportOfAnother(): ActionsFailure {
  return {
    code: 'actions-report-of-another',
    kind: 'input',
    message: 'A report names another pipeline than the artifact that holds it',
    remedy: 'Upload each report under the name that the output `artifact` of this action gives',
  };
}

export function folderIsLink(path: string): ActionsFailure {
  return {
    code: 'actions-folder-is-link',
    kind: 'input',
    message: `\`${path}\` is a link, and what is written there would go elsewhere`,
    remedy: 'Take `.trainyard/` out of the repository and into `.gitignore`',
  };
}

export function machineThrownAway(stage: string): ActionsFailure {
  return {
    code: 'actions-machine-thrown-away',
    kind: 'input',
    message: `${stage} runs its versions in containers of the machine that deploys, and this one ends with the job`,
    remedy:
      'Name a runner of your own in the caller (`with: { deploy-runner: ... }`), or take `target: manifests`',
  };
}
