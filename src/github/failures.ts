import type { Failure } from '../base/index.ts';

export type GithubFailure = Failure<
  | 'github-setting-missing'
  | 'github-denied'
  | 'github-not-found'
  | 'github-repository-empty'
  | 'github-limited'
  | 'github-unreachable'
  | 'github-answer-unclear'
  | 'github-branch-protected'
  | 'github-path-exists'
  | 'github-overtaken'
  | 'github-refused'
  | 'github-maybe-done'
  | 'github-too-large'
  | 'github-artifact-missing'
  | 'github-artifact-broken'
>;

export function settingMissing(name: string): GithubFailure {
  return {
    code: 'github-setting-missing',
    kind: 'input',
    message: `The environment has no ${name}`,
    remedy:
      'GitHub Actions sets it, the token as `env:` of the step, from `github.token`. Elsewhere push over Git: leave --via out.',
  };
}

/** With `needs`, the line of `permissions:` that the job lacks: `pull-requests: write`. */
export function denied(place: string, said: string, needs?: string): GithubFailure {
  return {
    code: 'github-denied',
    kind: 'world',
    message: `GitHub does not let this token at ${place}: ${said}`,
    remedy:
      needs === undefined
        ? 'To write, give the job "permissions: contents: write" (a pull request of a fork never has that); to read teams, set TRAINYARD_GITHUB_TOKEN to a token that may.'
        : `Give the job "permissions: ${needs}". The token of a fork's pull request never writes: let a workflow on workflow_run do that.`,
  };
}

export function notFound(place: string, said: string): GithubFailure {
  return {
    code: 'github-not-found',
    kind: 'input',
    message: `GitHub shows this token nothing at ${place}: ${said}`,
    remedy: 'Check GITHUB_REPOSITORY, and that the token may read it.',
  };
}

export function repositoryEmpty(place: string): GithubFailure {
  return {
    code: 'github-repository-empty',
    kind: 'input',
    message: `There is no commit at all yet at ${place}, so the API can add none`,
    remedy: 'Push the first commit over Git.',
  };
}

export function limited(place: string, seconds: number): GithubFailure {
  return {
    code: 'github-limited',
    kind: 'world',
    message: `GitHub asks to wait ${seconds} seconds before the next call at ${place}, which is longer than a job should`,
    remedy:
      'Run fewer jobs that record at the same moment, or let one job record for all. Nothing is lost: push again later.',
  };
}

export function unreachable(place: string, why: string, cause?: unknown): GithubFailure {
  return {
    code: 'github-unreachable',
    kind: 'world',
    message: `${place} cannot be reached: ${why}`,
    remedy: 'Look at https://www.githubstatus.com and the proxy settings, then push again. Nothing is lost.',
    cause,
  };
}

export function answerUnclear(place: string, why: string): GithubFailure {
  return {
    code: 'github-answer-unclear',
    kind: 'world',
    message: `What ${place} answers is not understood: ${why}`,
    remedy: 'Push over Git (leave --via out), and report this with the message.',
  };
}

export function branchProtected(branch: string, place: string, said: string): GithubFailure {
  return {
    code: 'github-branch-protected',
    kind: 'world',
    message: `The rules of the branch ${branch} of ${place} do not let this token write there: ${said}`,
    remedy:
      'Let the rules pass an app of yours, and hand its token to the workflow as the secret `token`; or bring the change as a pull request.',
  };
}

export function pathExists(branch: string, paths: readonly string[]): GithubFailure {
  return {
    code: 'github-path-exists',
    kind: 'input',
    message: `The branch ${branch} on GitHub holds other bytes under ${paths.join(', ')}`,
    remedy:
      'What is recorded never changes: one of the two was edited. Compare them, and take the edited one back.',
  };
}

export function overtaken(place: string, tries: number): GithubFailure {
  return {
    code: 'github-overtaken',
    kind: 'world',
    message: `Others wrote to ${place} before each of ${tries} tries`,
    remedy: 'Nothing was written, and nothing is lost: start it again, or let one job write for all.',
  };
}

export function refused(place: string, said: string): GithubFailure {
  return {
    code: 'github-refused',
    kind: 'input',
    message: `GitHub refuses what was asked of ${place}: ${said}`,
    remedy: 'Mend what the message names; sent again as it is, it is refused again.',
  };
}

export function maybeDone(what: string, why: string, cause?: unknown): GithubFailure {
  return {
    code: 'github-maybe-done',
    kind: 'world',
    message: `Nobody knows whether GitHub has ${what}: ${why}`,
    remedy: 'Look there first, and start it again only when it is not done: it was not tried twice.',
    cause,
  };
}

export function tooLarge(what: string): GithubFailure {
  return {
    code: 'github-too-large',
    kind: 'input',
    message: `There is ${what}, which is more than is taken`,
    remedy: 'Send less: put the bytes into the store, and hand their address or digest on.',
  };
}

export function artifactMissing(run: number, name: string): GithubFailure {
  return {
    code: 'github-artifact-missing',
    kind: 'input',
    message: `The workflow run ${run} has no artifact ${name} that is still there`,
    remedy:
      'Look whether the job that uploads it has run; artifacts go after the days that `retention-days` says.',
  };
}

export function artifactBroken(name: string, why: string, cause?: unknown): GithubFailure {
  return {
    code: 'github-artifact-broken',
    kind: 'input',
    message: `The artifact ${name} is not taken: ${why}`,
    remedy:
      'It has to be a ZIP with exactly the one file that is expected. What a fork uploads is refused otherwise.',
    cause,
  };
}
