import type { Failure } from '../base/index.ts';

export type GithubFailure = Failure<
  | 'github-setting-missing'
  | 'github-denied'
  | 'github-not-found'
  | 'github-repository-empty'
  | 'github-limited'
  | 'github-unreachable'
  | 'github-answer-unclear'
  | 'github-path-exists'
  | 'github-overtaken'
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

export function denied(place: string, said: string): GithubFailure {
  return {
    code: 'github-denied',
    kind: 'world',
    message: `GitHub does not let this token at ${place}: ${said}`,
    remedy:
      'To write, give the job "permissions: contents: write" (a pull request of a fork never has that); to read teams, set TRAINYARD_GITHUB_TOKEN to a token that may.',
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
    remedy:
      'Nothing is lost: the records are on the local branch. Push them again, or let one job record for all.',
  };
}
