import type { Failure } from '../base/index.ts';

export type ActionsFailure = Failure<
  | 'actions-input-missing'
  | 'actions-input-invalid'
  | 'actions-packages-failed'
  | 'actions-npm-missing'
  | 'actions-promotion-unclear'
  | 'actions-event-unsuited'
  | 'actions-waves-too-many'
  | 'actions-environment-invalid'
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
